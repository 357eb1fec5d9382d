// snippet: domain-event-zod
// description: Domain event as a zod schema: what comes from the broker is checked before it is believed
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: amountInCents: z.number().int(),
// region body
import { z } from 'zod';

/** States that something happened, in the past tense. Raise the version when a field changes its meaning. */
export const orderPlacedSchema = z.object({
  type: z.literal('OrderPlaced'),
  version: z.literal(1),
  /** Consumers tell a repeated delivery by it. */
  eventId: z.string().min(1),
  occurredAt: z.string().min(1),
  /** Shared by all that one request set off. */
  correlationId: z.string().min(1),
  /** The event that led to this one; null if a request did. */
  causationId: z.string().nullable(),
  data: z.object({
    orderId: z.string().min(1),
    amountInCents: z.number().int(),
  }),
});

export type OrderPlaced = z.infer<typeof orderPlacedSchema>;

/** Reads a message. It throws on one that breaks the schema: let it end in the dead letters. */
export function parseOrderPlaced(message: string): OrderPlaced {
  return orderPlacedSchema.parse(JSON.parse(message));
}

/** Makes the event. `cause` is the event being handled, or the request's correlation id. */
export function orderPlaced(
  data: OrderPlaced['data'],
  cause: { readonly correlationId: string; readonly eventId?: string },
): OrderPlaced {
  return {
    type: 'OrderPlaced',
    version: 1,
    eventId: crypto.randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.eventId ?? null,
    data,
  };
}
// endregion body
