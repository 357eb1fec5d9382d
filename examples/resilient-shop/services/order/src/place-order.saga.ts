import { firstOf, type OrderCancelled, type OrderLine, type OrderPlaced } from '@resilient-shop/contracts';
import {
  Saga,
  type Alerts,
  type Database,
  type Logger,
  type Outbox,
  type SagaStep,
  type SagaStore,
} from '@resilient-shop/platform';
import type { InventoryClient, PaymentClient, VoucherClient } from './clients.js';
import type { OrderRepository } from './order.repository.js';

export interface PlaceOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly customerEmail: string;
  readonly voucherCode: string;
  readonly cardToken: string;
  readonly lines: readonly OrderLine[];
  readonly total: number;
  readonly discount?: number;
  readonly authorizationId?: string;
}

interface Services {
  readonly db: Database;
  readonly orders: OrderRepository;
  readonly outbox: Outbox;
  readonly vouchers: VoucherClient;
  readonly inventory: InventoryClient;
  readonly payments: PaymentClient;
}

const STEP_TIMEOUT_MS = 5_000;

export class PlaceOrderSaga extends Saga<PlaceOrder> {
  protected readonly steps: readonly SagaStep<PlaceOrder>[] = [
    {
      name: 'create-order',
      kind: 'compensatable',
      timeoutMs: STEP_TIMEOUT_MS,
      execute: async (context, call) => {
        const { orderId, customerEmail, total } = context;
        await this.services.orders.create(orderId, customerEmail, total, call.correlationId);
        return context;
      },
      compensate: async (context, call) => {
        await this.cancel(context, call.correlationId);
      },
    },
    {
      name: 'redeem-voucher',
      kind: 'compensatable',
      timeoutMs: STEP_TIMEOUT_MS,
      execute: async (context, call) => {
        const discount = await this.services.vouchers.redeem(context.voucherCode, context.orderId, call);
        return { ...context, discount };
      },
      compensate: async (context, call) => {
        await this.services.vouchers.restore(context.voucherCode, context.orderId, call);
      },
    },
    {
      name: 'reserve-stock',
      kind: 'compensatable',
      timeoutMs: STEP_TIMEOUT_MS,
      execute: async (context, call) => {
        await this.services.inventory.reserve(context.orderId, context.lines, call);
        return context;
      },
      compensate: async (context, call) => {
        await this.services.inventory.release(context.orderId, call);
      },
    },
    {
      name: 'authorize-payment',
      kind: 'compensatable',
      timeoutMs: STEP_TIMEOUT_MS,
      execute: async (context, call) => {
        const { orderId, cardToken } = context;
        const id = await this.services.payments.authorize(orderId, cardToken, amountOf(context), call);
        return { ...context, authorizationId: id };
      },
      compensate: async (context, call) => {
        await this.services.payments.voidAuthorization(context.orderId, call);
      },
    },
    {
      name: 'announce-order',
      kind: 'pivot',
      timeoutMs: STEP_TIMEOUT_MS,
      execute: async (context, call) => {
        await this.announce(context, call.correlationId);
        return context;
      },
    },
  ];

  constructor(
    private readonly services: Services,
    store: SagaStore<PlaceOrder>,
    alerts: Alerts,
    log: Logger,
  ) {
    super(store, alerts, log);
  }

  private async announce(context: PlaceOrder, correlationId: string): Promise<void> {
    const { orderId, customerId, customerEmail, lines, authorizationId } = context;
    if (authorizationId === undefined) throw new Error(`Order ${orderId} has no authorization`);
    await this.services.db.transaction(async (tx) => {
      // The status decides whether an earlier attempt has announced the order already.
      const order = await this.services.orders.advance(tx, orderId, 'placed');
      if (!order) return;
      const event: OrderPlaced = {
        ...firstOf(correlationId),
        type: 'OrderPlaced',
        orderId,
        customerId,
        customerEmail,
        authorizationId,
        lines,
        total: amountOf(context),
      };
      await this.services.outbox.append(tx, 'order.placed', event);
    });
  }

  private async cancel(context: PlaceOrder, correlationId: string): Promise<void> {
    await this.services.db.transaction(async (tx) => {
      const order = await this.services.orders.advance(tx, context.orderId, 'cancelled');
      if (!order) return;
      const event: OrderCancelled = {
        ...firstOf(correlationId),
        type: 'OrderCancelled',
        orderId: context.orderId,
        customerEmail: context.customerEmail,
        reason: 'The order could not be placed.',
      };
      await this.services.outbox.append(tx, 'order.cancelled', event);
    });
  }
}

function amountOf(context: PlaceOrder): number {
  return context.total - (context.discount ?? 0);
}
