// Mutants that no rule can tell from sound code, or does not yet: each with its reason.

export interface Excuse {
  readonly operator: RegExp;
  /** Matched against the file and the changed member: `apps/hotel/src/reservation.consumer.ts onTripBookingFailed`. */
  readonly where: RegExp;
  readonly reason: string;
}

/** Changes that leave the system as sound as before: they count neither way. */
export const equivalent: readonly Excuse[] = [
  {
    operator: /guard against redeliveries/,
    where: /shipping\.service\.ts\S* ShippingService\.onOrderCancelled/,
    reason: 'The stock is given back only where this very call moved the reservation out of `held`.',
  },
  {
    operator: /guard against redeliveries/,
    where: /notification\.service\.ts\S* NotificationService\.notify/,
    reason: 'The mailer knows the repeat by the event id, and the row is inserted once under that id.',
  },
  {
    operator: /guard against redeliveries/,
    where: /order-progress\.ts\S* OrderProgress\.onOrderShipped/,
    reason: 'The one write moves the order to a higher rank only; the second time it changes nothing.',
  },
  {
    operator: /guard against redeliveries/,
    where: /payment-service\.ts\S* PaymentService\.onOrderCancelled/,
    reason: 'The gateway knows the repeat by the event id, and the refund is inserted once under the order.',
  },
  {
    operator: /guard against redeliveries/,
    where: /kitchen\.ts\S* onMealOrderCancelled/,
    reason: 'Slots are set to free: the second time they are free already.',
  },
  {
    operator: /guard against redeliveries/,
    where: /order-process\.ts\S* onPaymentCaptured/,
    reason:
      'The only write is on the condition that the order is pending: a second delivery changes nothing.',
  },
  {
    operator: /state is not there yet/,
    where: /order-process\.ts\S* onFailure|trip\.consumer\.ts\S* TripConsumer\.onRoomReserved/,
    reason:
      'The service stores the row together with the event by which the flow begins: whoever answers, it is there by then.',
  },
  {
    operator: /instead of by the outbox/,
    where: /reservation\.service\.ts\S* ReservationService\.announceFailure/,
    reason: 'Nothing is stored beside the announcement, so there is nothing it could disagree with.',
  },
];

/** Faults that the rules do not see: they count as survivors. */
export const missed: readonly Excuse[] = [
  {
    operator: /guard against redeliveries/,
    where: /ShippingService\.onPaymentProcessed/,
    reason: 'The branch for a change that did not happen is taken for guarded by the condition of the write.',
  },
  {
    operator: /guard against redeliveries/,
    where: /PaymentService\.(?:succeed|fail)|onIngredientsReserved/,
    reason:
      'A return or throw on the state that the event leads to is taken for a guard; only two deliveries at once pass it.',
  },
  {
    operator: /state is not there yet/,
    where: /order-process\.ts/,
    reason:
      'A status that is not reached yet, or a write that hits no row, is not told from a message that was handled before.',
  },
  {
    operator: /acknowledge before/,
    where: /batch\.ts\S* eachRecord/,
    reason: 'The handler is a parameter of the loop over the records, and starts below it.',
  },
  {
    operator: /instead of by the outbox/,
    where: /onMealOrderPlaced|onPaymentCaptured/,
    reason:
      'The row of the inbox is all that the transaction writes on this branch, and is taken for the guard.',
  },
  {
    operator: /try for ever/,
    where: /consumer-nestjs\.ts/,
    reason: 'The queue has a limit of its own: the broker gives up after five deliveries.',
  },
  {
    operator: /drop a compensation/,
    where: /saga-medusa\.ts.*confirmOrderStep/,
    reason: 'The last step needs none by the rule: that its answer may be lost each time is not seen.',
  },
  {
    operator: /nobody announces/,
    where: /PaymentService\.(?:succeed|fail)/,
    reason:
      'What the handler calls in another file still names the event, and that file may publish it in a way that is not understood.',
  },
  {
    operator: /success and not the failure/,
    where: /reservation\.consumer|notification\.consumer/,
    reason: 'Another service still handles the failure, so it is not unheard.',
  },
  {
    operator: /wait for ever/,
    where: /clients\.ts/,
    reason: 'A compensation without a limit: only steps are asked for one.',
  },
];
