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

export interface OrderSagaInput {
  readonly orderId: string;
  readonly amountInCents: number;
}

/** What a service is called with: it acts once per `key`; undoing nothing is success. */
interface OrderSagaCall extends OrderSagaInput {
  readonly key: string;
}

/** Registered in the container as `orderSagaServices`. */
interface OrderSagaServices {
  reserveStock(call: OrderSagaCall): Promise<void>;
  releaseStock(call: OrderSagaCall): Promise<void>;
  chargeCard(call: OrderSagaCall): Promise<void>;
  refundCard(call: OrderSagaCall): Promise<void>;
  confirmOrder(call: OrderSagaCall): Promise<void>;
}

/** Seconds and retries of each step. */
const limits = { timeout: 30, maxRetries: 5 };

export const reserveStockStep = createStep(
  { name: 'reserve-stock', ...limits },
  async (input: OrderSagaInput, { container }) => {
    const services = container.resolve<OrderSagaServices>('orderSagaServices');
    const call = { ...input, key: `${input.orderId}:reserve-stock` };
    await services.reserveStock(call);
    return new StepResponse(call.key, call);
  },
  async (call, { container }) => {
    if (call === undefined) return;
    await container.resolve<OrderSagaServices>('orderSagaServices').releaseStock(call);
  },
);

export const chargeCardStep = createStep(
  { name: 'charge-card', ...limits },
  async (input: OrderSagaInput, { container }) => {
    const services = container.resolve<OrderSagaServices>('orderSagaServices');
    const call = { ...input, key: `${input.orderId}:charge-card` };
    await services.chargeCard(call);
    return new StepResponse(call.key, call);
  },
  async (call, { container }) => {
    if (call === undefined) return;
    await container.resolve<OrderSagaServices>('orderSagaServices').refundCard(call);
  },
);

/** The pivot comes last, so nothing has to undo it. */
export const confirmOrderStep = createStep(
  { name: 'confirm-order', ...limits },
  async (input: OrderSagaInput, { container }) => {
    const services = container.resolve<OrderSagaServices>('orderSagaServices');
    await services.confirmOrder({ ...input, key: `${input.orderId}:confirm-order` });
    return new StepResponse(input.orderId);
  },
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
