// snippet: failure-event
// description: The event which announces that a step failed, with its reason and metadata
// placeholder 1: Payment
// choice 2: Failed | Rejected | Declined | Expired
// placeholder 3: 'insufficient-funds'
// placeholder 4: 'provider-down'
// region body
/** States that the step failed: publish it wherever the success event can't be published. */
export interface PaymentFailed {
  readonly type: 'PaymentFailed';
  readonly version: 1;
  /** Consumers tell a repeated delivery by it. */
  readonly eventId: string;
  readonly occurredAt: string;
  /** Shared by all that one request set off. */
  readonly correlationId: string;
  /** The event whose handling failed. */
  readonly causationId: string;
  readonly data: {
    readonly paymentId: string;
    /** Consumers decide by it, so it is a fixed list; `detail` is for people. */
    readonly reason: 'insufficient-funds' | 'provider-down';
    readonly detail: string;
    readonly isRetriable: boolean;
  };
}

/** Makes the event. `cause` is the event whose handling failed. */
export function paymentFailed(
  data: PaymentFailed['data'],
  cause: { readonly correlationId: string; readonly eventId: string },
): PaymentFailed {
  return {
    type: 'PaymentFailed',
    version: 1,
    eventId: crypto.randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.eventId,
    data,
  };
}
// endregion body
