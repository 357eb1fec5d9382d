// snippet: domain-event-class
// description: Domain event as a class with id, time, correlation, causation and version
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: readonly amountInCents: number;
// region body
/** States that something happened, in the past tense. Raise the version when a field changes its meaning. */
export class OrderPlaced {
  readonly type = 'OrderPlaced';
  readonly version = 1;
  /** Consumers tell a repeated delivery by it. */
  readonly eventId: string = crypto.randomUUID();
  readonly occurredAt: string = new Date().toISOString();
  /** Shared by all that one request set off. */
  readonly correlationId: string;
  /** The event that led to this one; null if a request did. */
  readonly causationId: string | null;
  readonly data: {
    readonly orderId: string;
    readonly amountInCents: number;
  };

  /** `cause` is the event being handled, or the request's correlation id. */
  constructor(
    data: OrderPlaced['data'],
    cause: { readonly correlationId: string; readonly eventId?: string },
  ) {
    this.correlationId = cause.correlationId;
    this.causationId = cause.eventId ?? null;
    this.data = data;
  }
}
// endregion body
