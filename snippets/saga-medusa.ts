// snippet: saga-medusa
// description: Saga as a Medusa workflow: each step with its compensation, which the engine runs in reverse
// placeholder 1: Order
// placeholder 2: reserveStock
// placeholder 3: releaseStock
// placeholder 4: chargeCard
// placeholder 5: refundCard
// choice 6: 30 | 10 | 120
// region body
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from '@medusajs/workflows-sdk';
import type { StepExecutionContext } from '@medusajs/workflows-sdk';

export interface OrderSagaInput {
  readonly orderId: string;
  readonly amountInCents: number;
}

/** What a service is called with: it acts once per `key`. */
interface OrderSagaCall extends OrderSagaInput {
  readonly key: string;
}

/** What it undoes: all that was done under `key`. "Nothing to undo" is success, and a run that comes later is refused. */
interface OrderSagaUndo {
  readonly key: string;
}

/** Registered in the container as `orderSagaServices`. */
interface OrderSagaServices {
  reserveStock(call: OrderSagaCall): Promise<void>;
  releaseStock(undo: OrderSagaUndo): Promise<void>;
  chargeCard(call: OrderSagaCall): Promise<void>;
  refundCard(undo: OrderSagaUndo): Promise<void>;
  confirmOrder(call: OrderSagaCall): Promise<void>;
  cancelOrder(undo: OrderSagaUndo): Promise<void>;
  alertPeople(problem: { key: string; error: string }): Promise<void>;
}

/** Seconds and retries of each step. */
const limits = { timeout: 30, maxRetries: 5 };

/**
 * Known to a step and to its compensation: a step that timed out may have taken effect, and leaves nothing to hand on.
 * Run the workflow with the id of the order as its `transactionId`, so that starting twice is harmless.
 */
function keyOf({ transactionId, stepName }: StepExecutionContext): string {
  return `${transactionId}:${stepName}`;
}

/** Tells people when the engine gives up a compensation. It goes on with the others; the execution ends as failed. */
async function undo(
  context: StepExecutionContext,
  compensate: (services: OrderSagaServices, undo: OrderSagaUndo) => Promise<void>,
): Promise<void> {
  const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
  const key = keyOf(context);
  try {
    await compensate(services, { key });
  } catch (error) {
    if (context.attempt > limits.maxRetries) await services.alertPeople({ key, error: String(error) });
    throw error;
  }
}

export const reserveStockStep = createStep(
  { name: 'reserve-stock', ...limits },
  async (input: OrderSagaInput, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.reserveStock({ ...input, key: keyOf(context) });
    return new StepResponse(input.orderId);
  },
  (_, context) => undo(context, (services, call) => services.releaseStock(call)),
);

export const chargeCardStep = createStep(
  { name: 'charge-card', ...limits },
  async (input: OrderSagaInput, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.chargeCard({ ...input, key: keyOf(context) });
    return new StepResponse(input.orderId);
  },
  (_, context) => undo(context, (services, call) => services.refundCard(call)),
);

/** It has a compensation too: when its answers are lost the engine undoes the whole saga, and must undo this with it. */
export const confirmOrderStep = createStep(
  { name: 'confirm-order', ...limits },
  async (input: OrderSagaInput, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.confirmOrder({ ...input, key: keyOf(context) });
    return new StepResponse(input.orderId);
  },
  (_, context) => undo(context, (services, call) => services.cancelOrder(call)),
);

/** `store` keeps the execution, so that it goes on after a restart. */
export const orderSaga = createWorkflow(
  { name: 'order-saga', store: true, retentionTime: 7 * 24 * 60 * 60 },
  (input: OrderSagaInput) => {
    reserveStockStep(input);
    chargeCardStep(input);
    return new WorkflowResponse(confirmOrderStep(input));
  },
);
// endregion body
