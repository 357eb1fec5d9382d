// snippet: domain-event-type
// description: Domain event as a type over the generic envelope of `event-envelope`
// after: event-envelope
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: readonly amountInCents: number;
import { newEvent } from './event-envelope.ts';
import type { EventCause, EventEnvelope } from './event-envelope.ts';
// region body
/** States that something happened, in the past tense. Raise the version when a field changes its meaning. */
export type OrderPlaced = EventEnvelope<
  'OrderPlaced',
  1,
  {
    readonly orderId: string;
    readonly amountInCents: number;
  }
>;

/** Makes the event. `cause` is the event being handled, or the request's correlation id. */
export function orderPlaced(data: OrderPlaced['data'], cause: EventCause): OrderPlaced {
  return newEvent('OrderPlaced', 1, data, cause);
}
// endregion body
