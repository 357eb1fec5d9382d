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

/** What a service is called with: it acts once per `idempotencyKey`. */
interface OrderSagaCall extends OrderSagaInput {
  readonly idempotencyKey: string;
}

/** What it undoes: all that was done under `idempotencyKey`. "Nothing to undo" is success, and a run that comes later is refused. */
interface OrderSagaUndo {
  readonly idempotencyKey: string;
}

/** Registered in the container as `orderSagaServices`. */
interface OrderSagaServices {
  reserveStock(call: OrderSagaCall): Promise<void>;
  releaseStock(undo: OrderSagaUndo): Promise<void>;
  chargeCard(call: OrderSagaCall): Promise<void>;
  refundCard(undo: OrderSagaUndo): Promise<void>;
  confirmOrder(call: OrderSagaCall): Promise<void>;
  cancelOrder(undo: OrderSagaUndo): Promise<void>;
}

/** Seconds and retries of each step. */
const limits = { timeout: 30, maxRetries: 5 };

/**
 * Known to a step and to its compensation: a step that timed out may have taken effect, and leaves nothing to hand on.
 * Run the workflow with the id of the order as its `transactionId`, so that starting twice is harmless.
 */
function stepKey({ transactionId, stepName }: StepExecutionContext): string {
  return `${transactionId}:${stepName}`;
}

export const reserveStockStep = createStep(
  { name: 'reserve-stock', ...limits },
  async (input: OrderSagaInput, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.reserveStock({ ...input, idempotencyKey: stepKey(context) });
    return new StepResponse(input.orderId);
  },
  async (_, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.releaseStock({ idempotencyKey: stepKey(context) });
  },
);

export const chargeCardStep = createStep(
  { name: 'charge-card', ...limits },
  async (input: OrderSagaInput, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.chargeCard({ ...input, idempotencyKey: stepKey(context) });
    return new StepResponse(input.orderId);
  },
  async (_, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.refundCard({ idempotencyKey: stepKey(context) });
  },
);

/** It has a compensation too: when its answers are lost the engine undoes the whole saga, and must undo this with it. */
export const confirmOrderStep = createStep(
  { name: 'confirm-order', ...limits },
  async (input: OrderSagaInput, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.confirmOrder({ ...input, idempotencyKey: stepKey(context) });
    return new StepResponse(input.orderId);
  },
  async (_, context) => {
    const services = context.container.resolve<OrderSagaServices>('orderSagaServices');
    await services.cancelOrder({ idempotencyKey: stepKey(context) });
  },
);

/**
 * `store` keeps the execution, so that it goes on after a restart. The engine goes on with the others when a compensation
 * gives up, and ends as `failed`: have people told of that.
 */
export const orderSaga = createWorkflow(
  { name: 'order-saga', store: true, retentionTime: 7 * 24 * 60 * 60 },
  (input: OrderSagaInput) => {
    reserveStockStep(input);
    chargeCardStep(input);
    return new WorkflowResponse(confirmOrderStep(input));
  },
);
// endregion body
