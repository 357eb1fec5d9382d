// Whether a message that failed is kept by the code: in the catch of its handler, or on a topic that is named after failures.
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { reachedFrom } from './redelivered.ts';

const deadLetters = /dlq|dlt|dlx|dead|parking|parked|poison|quarantine|fail|error|retry/i;

/** The handler keeps what failed: it publishes or stores it, or asks the broker to park it. */
export function isParkedByHand(
  model: EventModel,
  { handler }: { readonly handler: FunctionNode | undefined },
): boolean {
  if (!handler) return true;
  const isKept = model.bodyOf(handler).effects.some(({ role, inCatch }) => inCatch && role.kind !== 'remote');
  return isKept || namesParking(model, handler);
}

function namesParking(model: EventModel, handler: FunctionNode): boolean {
  for (const { fact } of reachedFrom(model, handler))
    if (/dead_?letter|dlq|park|quarantine/i.test(fact.name)) return true;
  return false;
}

/** A topic of the service that is named after failures. */
export function parksSomewhere(model: EventModel, file: FilePath): boolean {
  const service = model.serviceOf(file);
  return model.producers.some(({ file: other, role }) => {
    if (model.serviceOf(other) !== service) return false;
    const channel = role.channel ?? role.event;
    return deadLetters.test(model.program.stringOf(other, channel) ?? pathOf(channel));
  });
}
