import { Injectable, Logger } from '@nestjs/common';
import type { OrderLine } from '@happy-shop/contracts';
import { InventoryClient, PaymentClient, VoucherClient } from './clients';
import { OrderEvents } from './order-events.publisher';
import { OrderRepository } from './order.repository';

export interface PlaceOrderContext {
  orderId: string;
  customerId: string;
  customerEmail: string;
  voucherCode: string;
  cardToken: string;
  lines: OrderLine[];
  total: number;
  discount?: number;
  authorizationId?: string;
}

interface SagaStep {
  name: string;
  execute(context: PlaceOrderContext): Promise<void>;
  compensate?(context: PlaceOrderContext): Promise<void>;
}

@Injectable()
export class PlaceOrderSaga {
  private readonly logger = new Logger(PlaceOrderSaga.name);

  private readonly steps: SagaStep[] = [
    {
      name: 'create-order',
      execute: async (context) => {
        await this.orders.create(context);
      },
    },
    {
      name: 'redeem-voucher',
      execute: async (context) => {
        context.discount = await this.vouchers.redeem(context.voucherCode, context.orderId);
      },
      compensate: async (context) => {
        await this.vouchers.restore(context.voucherCode, context.orderId);
      },
    },
    {
      name: 'reserve-stock',
      execute: async (context) => {
        await this.inventory.reserve(context.orderId, context.lines);
      },
    },
    {
      name: 'authorize-payment',
      execute: async (context) => {
        const amount = context.total - (context.discount ?? 0);
        context.authorizationId = await this.payments.authorize(context.orderId, context.cardToken, amount);
      },
    },
    {
      name: 'announce-order',
      execute: async (context) => {
        await this.events.orderPlaced({
          orderId: context.orderId,
          customerId: context.customerId,
          customerEmail: context.customerEmail,
          authorizationId: context.authorizationId!,
          lines: context.lines,
          total: context.total - (context.discount ?? 0),
        });
      },
    },
  ];

  constructor(
    private readonly orders: OrderRepository,
    private readonly vouchers: VoucherClient,
    private readonly inventory: InventoryClient,
    private readonly payments: PaymentClient,
    private readonly events: OrderEvents,
  ) {}

  async run(context: PlaceOrderContext): Promise<void> {
    const completed: SagaStep[] = [];
    try {
      for (const step of this.steps) {
        this.logger.log(`Order ${context.orderId}: ${step.name}`);
        await step.execute(context);
        completed.push(step);
      }
    } catch (error) {
      this.logger.error(`Order ${context.orderId} failed, rolling back`, error);
      for (const step of completed.reverse()) {
        if (step.compensate) {
          await step.compensate(context);
        }
      }
      throw error;
    }
  }
}
