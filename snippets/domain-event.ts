// snippet: domain-event
// description: Domain event with id, time, correlation, causation and version, and the function that makes it
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: readonly amountInCents: number;
// region body
/** States that something happened, in the past tense. Raise the version when a field changes its meaning. */
export interface OrderPlaced {
  readonly type: 'OrderPlaced';
  readonly version: 1;
  /** Consumers tell a repeated delivery by it. */
  readonly eventId: string;
  readonly occurredAt: string;
  /** Shared by all that one request set off. */
  readonly correlationId: string;
  /** The event that led to this one; null if a request did. */
  readonly causationId: string | null;
  readonly data: {
    readonly orderId: string;
    readonly amountInCents: number;
  };
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
