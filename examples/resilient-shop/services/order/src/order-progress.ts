import {
  causedBy,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderShipmentFailed,
  type OrderShipped,
  type PaymentFailed,
  type PaymentProcessed,
} from '@resilient-shop/contracts';
import type { Inbox, Outbox } from '@resilient-shop/platform';
import type { OrderRepository } from './order.repository.js';

export type ProgressEvent = PaymentProcessed | PaymentFailed | OrderShipped | OrderShipmentFailed;

export const PROGRESS_TOPICS = [
  'payment.processed',
  'payment.failed',
  'order.shipped',
  'order.shipment-failed',
];

/** Moves an order forward by what the other services tell. */
export class OrderProgress {
  constructor(
    private readonly orders: OrderRepository,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
  ) {}

  async handle(event: ProgressEvent): Promise<void> {
    switch (event.type) {
      case 'PaymentProcessed':
        return this.onPaymentProcessed(event);
      case 'OrderShipped':
        return this.onOrderShipped(event);
      case 'PaymentFailed':
      case 'OrderShipmentFailed':
        return this.onFailure(event);
    }
  }

  private async onPaymentProcessed(event: PaymentProcessed): Promise<void> {
    await this.inbox.processOnce(event, async (tx) => {
      const order = await this.orders.advance(tx, event.orderId, 'paid');
      if (!order) return;
      const confirmed: OrderConfirmed = {
        ...causedBy(event),
        type: 'OrderConfirmed',
        orderId: event.orderId,
        customerEmail: event.customerEmail,
        paymentId: event.paymentId,
      };
      await this.outbox.append(tx, 'order.confirmed', confirmed);
    });
  }

  private async onOrderShipped(event: OrderShipped): Promise<void> {
    await this.inbox.processOnce(event, async (tx) => {
      await this.orders.advance(tx, event.orderId, 'shipped');
    });
  }

  private async onFailure(event: PaymentFailed | OrderShipmentFailed): Promise<void> {
    await this.inbox.processOnce(event, async (tx) => {
      const order = await this.orders.advance(tx, event.orderId, 'cancelled');
      if (!order) return;
      const cancelled: OrderCancelled = {
        ...causedBy(event),
        type: 'OrderCancelled',
        orderId: event.orderId,
        customerEmail: order.customer_email,
        reason: event.reason,
      };
      await this.outbox.append(tx, 'order.cancelled', cancelled);
    });
  }
}
