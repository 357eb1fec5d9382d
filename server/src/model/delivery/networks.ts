// Consumers that hear of other services at most once: a network brings the messages, and nobody keeps them.
import type { ConsumerNode, EventModel } from '../model.ts';

const networks = /^(?:@nestjs\/microservices|nats|redis)$/;

/** Core NATS, the pub/sub of Redis, TCP: no events of one process, which come in their order. */
export function isOverNetwork(model: EventModel, { transport, fact, file, events }: ConsumerNode): boolean {
  if (transport !== 'in-process' || !networks.test(fact.library)) return false;
  const service = model.serviceOf(file);
  const producers = events.flatMap((it) => it.producers);
  return producers.some((it) => model.serviceOf(it.file) !== service);
}
