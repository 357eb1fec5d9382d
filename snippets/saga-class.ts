// snippet: saga-class
// description: Saga orchestrator as a class: each step and each compensation is a method, run by a `saga`
// after: saga
// placeholder 1: Order
// placeholder 2: reserveStock
// placeholder 3: releaseStock
// placeholder 4: chargeCard
// placeholder 5: refundCard
import { OrderSagaOrchestrator, OrderSagaRejection } from './saga.ts';
import type { OrderSaga, OrderSagaCall, OrderSagaInput, OrderSagaParts, OrderSagaStep } from './saga.ts';
// region body
/** Sends a request; gives the HTTP status. It must pass on `signal`, which ends a call that takes too long. */
export type OrderSagaRequest = (
  path: string,
  request: { readonly headers: Record<string, string>; readonly body: string; readonly signal: AbortSignal },
) => Promise<number>;

/** The saga of one order. Its methods are called again after a crash, always under the same key. */
export class OrderSagaFlow {
  readonly #send: OrderSagaRequest;
  readonly #orchestrator: OrderSagaOrchestrator;

  constructor(send: OrderSagaRequest, parts: Omit<OrderSagaParts, 'steps'>) {
    this.#send = send;
    this.#orchestrator = new OrderSagaOrchestrator({ ...parts, steps: this.#steps() });
  }

  /** Call it as often as the message comes: the id makes a repeat harmless. */
  async start(input: OrderSagaInput, correlationId: string): Promise<void> {
    await this.#orchestrator.start(`order-${input.orderId}`, correlationId, input);
  }

  async resumeAll(): Promise<void> {
    await this.#orchestrator.resumeAll();
  }

  async inspect(orderId: string): Promise<OrderSaga | undefined> {
    return this.#orchestrator.inspect(`order-${orderId}`);
  }

  /** For a human, once the cause of a stuck saga is mended. */
  async retryStuck(orderId: string): Promise<boolean> {
    return this.#orchestrator.retryStuck(`order-${orderId}`);
  }

  #steps(): readonly OrderSagaStep[] {
    return [
      {
        name: 'reserve-stock',
        run: (call) => this.reserveStock(call),
        compensate: (call) => this.releaseStock(call),
      },
      {
        name: 'charge-card',
        run: (call) => this.chargeCard(call),
        compensate: (call) => this.refundCard(call),
      },
      { name: 'confirm-order', run: (call) => this.confirmOrder(call), compensate: null },
    ];
  }

  async reserveStock(call: OrderSagaCall): Promise<void> {
    await this.#post('/stock/reservations', call);
  }

  async releaseStock(call: OrderSagaCall): Promise<void> {
    await this.#post('/stock/releases', call);
  }

  async chargeCard(call: OrderSagaCall): Promise<void> {
    await this.#post('/payments/charges', call);
  }

  async refundCard(call: OrderSagaCall): Promise<void> {
    await this.#post('/payments/refunds', call);
  }

  async confirmOrder(call: OrderSagaCall): Promise<void> {
    await this.#post('/orders/confirmations', call);
  }

  async #post(path: string, { input, key, runKey, correlationId, signal }: OrderSagaCall): Promise<void> {
    const headers = { 'idempotency-key': key, 'x-correlation-id': correlationId };
    const body = JSON.stringify({ ...input, runKey });
    const status = await this.#send(path, { headers, body, signal });
    if (status === 409 || status === 422) throw new OrderSagaRejection(`${path} answered ${status}.`);
    if (status >= 300) throw new Error(`${path} answered ${status}.`);
  }
}
// endregion body
