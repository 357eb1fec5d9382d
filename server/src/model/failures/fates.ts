// What becomes of an error that is thrown on the way from the handler of a message: whether the broker delivers the message again.
import type { CallAction, TryAction } from '../../facts/actions.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import type { Level } from '../calls/handling.ts';
import { refuses } from '../delivery/acknowledging.ts';
import { policiesOf } from '../delivery/queuePolicies.ts';
import { startedBy } from '../delivery/startedWork.ts';
import { isOverNetwork } from '../delivery/networks.ts';
import { eachAction } from '../fileIndex.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { swallowIn } from './swallowing.ts';

/** Whether nobody tries a message again whose handling fails at a call: the last of the levels. */
export type IsLost = (levels: readonly Level[]) => boolean;

/** How a consumer loses what fails: a catch that only logs, work that nobody waits for, a broker that forgets, a reject that keeps nothing. */
export function lossOf(model: EventModel, consumer: ConsumerNode): IsLost {
  const swallow = swallowIn(model, consumer)?.fn.fact;
  const left = consumer.transport === 'broker' ? startedBy(model, consumer)?.action : undefined;
  const { runBy } = consumer;
  const isForgotten =
    consumer.fact.acknowledges === 'before' ||
    consumer.isForgotten === true ||
    isOverNetwork(model, consumer);
  const ended = ({ entry, action }: Level): boolean | undefined => {
    if (entry.fact === swallow || (left && action === left)) return true;
    const attempt = attemptsAround(model, entry, action).find((it) => !throwsOn(it));
    return attempt && rejects(model, entry, attempt) && keepsNothing(model, consumer);
  };
  return (levels) => {
    const outer = runBy ? [{ entry: runBy.caller, action: runBy.action }] : [];
    for (const level of [...outer, ...levels].reverse()) {
      const isLost = ended(level);
      if (isLost !== undefined) return isLost;
    }
    return isForgotten;
  };
}

/** The attempts in whose body a call stands, innermost first. */
function attemptsAround(
  { files }: EventModel,
  { file, fact }: FunctionNode,
  { call }: CallAction,
): readonly TryAction[] {
  const around =
    files.get(file)?.functions.filter((it) => holds(fact.span, it.span) && holds(it.span, call.span)) ?? [];
  const tries = around.flatMap((it) => eachAction(it.body)).filter((it) => it.kind === 'try');
  return tries
    .filter(
      ({ body, handler }) =>
        handler !== null &&
        eachAction(body).some((it) => it.kind === 'call' && holds(it.call.span, call.span)),
    )
    .toSorted((a, b) => b.at.start - a.at.start);
}

function throwsOn({ handler }: TryAction): boolean {
  return actionsIn(handler ?? []).some((it) => it.kind === 'throw');
}

/** `channel.nack(message, false, false)` in the catch, and nothing that puts the message back. */
function rejects(model: EventModel, fn: FunctionNode, { handler }: TryAction): boolean {
  const calls = callsIn(handler ?? []);
  return calls.some((it) => refuses(model, fn, it)) && !calls.some(putsBack);
}

function putsBack({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'ack' && (it.what === 'requeue' || it.what === 'dead-letter'));
}

/** No declaration of its queue names a place where failed messages go. */
function keepsNothing(model: EventModel, consumer: ConsumerNode): boolean {
  return policiesOf(model, consumer).every((it) => it.deadLetter !== 'given');
}
