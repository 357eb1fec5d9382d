// snippet: event-pair
// description: Success and failure of one step as a pair of events, so that nobody waits for ever
// placeholder 1: Payment
// placeholder 2: Processed
// choice 3: Failed | Rejected | Declined | Expired
// placeholder 4: 'insufficient-funds'
// region body
/** What both events carry. */
interface PaymentEventMetadata {
  readonly version: 1;
  /** Consumers tell a repeated delivery by it. */
  readonly eventId: string;
  readonly occurredAt: string;
  /** Shared by all that one request set off. */
  readonly correlationId: string;
  /** The event whose handling led to this one. */
  readonly causationId: string;
}

/** States that the step succeeded. */
export interface PaymentProcessed extends PaymentEventMetadata {
  readonly type: 'PaymentProcessed';
  readonly data: { readonly paymentId: string; readonly orderId: string };
}

/** States that it failed: publish it wherever the other can't be published. */
export interface PaymentFailed extends PaymentEventMetadata {
  readonly type: 'PaymentFailed';
  /** Consumers decide by `reason`, so it is a fixed list. */
  readonly data: {
    readonly paymentId: string;
    readonly orderId: string;
    readonly reason: 'insufficient-funds' | 'provider-down';
  };
}

/** What the step may announce; exactly one of them ends it. */
export type PaymentOutcome = PaymentProcessed | PaymentFailed;

/** The metadata of the next event. `cause` is the event being handled. */
export function paymentEventMetadata(cause: {
  readonly correlationId: string;
  readonly eventId: string;
}): PaymentEventMetadata {
  return {
    version: 1,
    eventId: crypto.randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.eventId,
  };
}
// endregion body
