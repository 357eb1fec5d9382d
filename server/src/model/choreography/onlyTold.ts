// Handlers of requests that nobody asks: whoever sends them waits for no answer.
import { givesNothing } from '../failures/swallowing.ts';
import type { ConsumerNode } from '../model.ts';

/** `@MessagePattern('card.charge')` of what is emitted and answered with nothing: what it publishes is what comes next. */
export function isOnlyTold({ handler, events }: ConsumerNode): boolean {
  const producers = events.flatMap((it) => it.producers);
  const isTold = producers.length > 0 && producers.every((it) => !it.role.isRequest);
  return isTold && handler !== undefined && givesNothing(handler);
}
