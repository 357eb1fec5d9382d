// Messages that tell something, and whose sender waits for no answer.
import type { FileFacts } from '../../facts/facts.ts';
import { givesNothing } from '../failures/swallowing.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, EventNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { isParticiple, wordsOf } from '../names/names.ts';

/** An event; a job that says what came of something; a request of NestJS that is answered with nothing. */
export function tells(model: EventModel, { fact, file, events, handler }: ConsumerNode): boolean {
  if (!fact.isRequest) return true;
  if (fact.library === '@nestjs/microservices')
    return handler !== undefined && givesNothing(handler) && !isAwaited(model, events);
  if (fact.library !== 'bullmq' || events.length === 0) return false;
  const producers = events.flatMap((it) => it.producers);
  if (producers.length === 0) return events.every(isOutcome);
  const service = model.serviceOf(file);
  return producers.every((it) => model.serviceOf(it.file) !== service);
}

/** `client.send(…)`: who asks hears of what is thrown, and nobody delivers the request again. */
function isAwaited(model: EventModel, events: readonly EventNode[]): boolean {
  const asked = new Set(saidOfFiles(model, 'names of requests', (facts) => requestsIn(model, facts)));
  return events.some(({ name, wireNames }) => [name, ...wireNames].some((it) => asked.has(it)));
}

function requestsIn({ program }: EventModel, facts: FileFacts): readonly string[] {
  const roles = indexOf(facts).publishes.flatMap(({ action }) => action.roles);
  return roles.flatMap((it) =>
    it.kind === 'publish' && it.isRequest ? (commandSaid(program, facts.file, it.event) ?? []) : [],
  );
}

/** `payment-result-queue`, `order.paid`: whoever puts that in has done its work. */
function isOutcome({ name }: EventNode): boolean {
  return wordsOf(name).some(
    (it, index) => /^(?:results?|outcomes?|events?)$/.test(it) || (index > 0 && isParticiple(it)),
  );
}
