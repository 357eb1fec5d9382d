// snippet: saga-temporal
// description: Saga as a Temporal workflow: compensations registered first, run in reverse, people told when one gives up
// placeholder 1: Order
// placeholder 2: reserveStock
// placeholder 3: releaseStock
// placeholder 4: chargeCard
// placeholder 5: refundCard
// choice 6: 30 seconds | 10 seconds | 2 minutes
// region body
import { CancellationScope, log, proxyActivities, workflowInfo } from '@temporalio/workflow';

export interface OrderSagaInput {
  readonly orderId: string;
  readonly amountInCents: number;
  readonly correlationId: string;
}

/** What an activity is called with: it acts once per `key`; undoing nothing is success. */
export interface OrderSagaCall extends OrderSagaInput {
  readonly key: string;
}

/** The activities. Throw `ApplicationFailure.nonRetryable` where a retry can't help, such as a declined card. */
export interface OrderSagaActivities {
  reserveStock(call: OrderSagaCall): Promise<void>;
  releaseStock(call: OrderSagaCall): Promise<void>;
  chargeCard(call: OrderSagaCall): Promise<void>;
  refundCard(call: OrderSagaCall): Promise<void>;
  confirmOrder(call: OrderSagaCall): Promise<void>;
  alertPeople(problem: { sagaId: string; correlationId: string; steps: string[] }): Promise<void>;
}

const steps = proxyActivities<OrderSagaActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { maximumAttempts: 5 },
});

/** Compensations are tried for a day: giving up means that a human must act. */
const compensations = proxyActivities<OrderSagaActivities>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 day',
});

/** Start it under an id of the order, so that starting twice is harmless. */
export async function orderSaga(input: OrderSagaInput): Promise<void> {
  const undo: Undo[] = [];
  const call = (step: string): OrderSagaCall => ({ ...input, key: `${input.orderId}:${step}` });
  try {
    undo.push({ step: 'reserve-stock', run: () => compensations.releaseStock(call('reserve-stock')) });
    await steps.reserveStock(call('reserve-stock'));
    undo.push({ step: 'charge-card', run: () => compensations.refundCard(call('charge-card')) });
    await steps.chargeCard(call('charge-card'));
  } catch (error) {
    log.warn('The saga compensates.', { correlationId: input.correlationId, error });
    await CancellationScope.nonCancellable(() => compensate(undo, input.correlationId));
    throw error;
  }
  // The pivot: from here on the saga only goes forward, so it is retried until it is done, or people are told.
  try {
    await compensations.confirmOrder(call('confirm-order'));
  } catch (error) {
    await tellPeople(['confirm-order'], input.correlationId);
    throw error;
  }
}

interface Undo {
  readonly step: string;
  readonly run: () => Promise<void>;
}

/** Last to first. One that fails does not stop the others: people are told of it. */
async function compensate(undo: readonly Undo[], correlationId: string): Promise<void> {
  const stuck: string[] = [];
  for (const { step, run } of [...undo].reverse()) {
    try {
      await run();
    } catch (error) {
      log.error('A compensation failed.', { step, correlationId, error });
      stuck.push(step);
    }
  }
  if (stuck.length > 0) await tellPeople(stuck, correlationId);
}

async function tellPeople(steps: string[], correlationId: string): Promise<void> {
  const sagaId = workflowInfo().workflowId;
  await compensations.alertPeople({ sagaId, correlationId, steps });
}
// endregion body
