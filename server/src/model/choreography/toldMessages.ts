// Messages that tell something, and whose sender waits for no answer.
import { givesNothing } from '../failures/swallowing.ts';
import type { ConsumerNode, EventModel, EventNode } from '../model.ts';
import { isParticiple, wordsOf } from '../names/names.ts';

/** An event; a job that says what came of something; a request of NestJS that is answered with nothing. */
export function tells(model: EventModel, { fact, file, events, handler }: ConsumerNode): boolean {
  if (!fact.isRequest) return true;
  if (fact.library === '@nestjs/microservices') return handler !== undefined && givesNothing(handler);
  if (fact.library !== 'bullmq' || events.length === 0) return false;
  const producers = events.flatMap((it) => it.producers);
  if (producers.length === 0) return events.every(isOutcome);
  const service = model.serviceOf(file);
  return producers.every((it) => model.serviceOf(it.file) !== service);
}

/** `payment-result-queue`, `order.paid`: whoever puts that in has done its work. */
function isOutcome({ name }: EventNode): boolean {
  return wordsOf(name).some(
    (it, index) => /^(?:results?|outcomes?|events?)$/.test(it) || (index > 0 && isParticiple(it)),
  );
}
