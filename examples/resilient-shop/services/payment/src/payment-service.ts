import { randomUUID } from 'node:crypto';
import {
  causedBy,
  type OrderCancelled,
  type OrderPlaced,
  type PaymentFailed,
  type PaymentProcessed,
} from '@resilient-shop/contracts';
import { Refused, type Inbox, type Logger, type Outbox } from '@resilient-shop/platform';
import type { CardGateway } from './card-gateway.js';
import type { PaymentRepository } from './payment-repository.js';

export class PaymentService {
  constructor(
    private readonly gateway: CardGateway,
    private readonly payments: PaymentRepository,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  async handle(event: OrderPlaced | OrderCancelled): Promise<void> {
    switch (event.type) {
      case 'OrderPlaced':
        return this.onOrderPlaced(event);
      case 'OrderCancelled':
        return this.onOrderCancelled(event);
    }
  }

  private async onOrderPlaced(order: OrderPlaced): Promise<void> {
    const payment = await this.payments.open(order.orderId, randomUUID(), order.total);
    if (payment.status !== 'capturing') return;
    const refusal = await this.capture(order);
    if (refusal === null) await this.succeed(order, payment.payment_id);
    else await this.fail(order, refusal);
  }

  private async onOrderCancelled(event: OrderCancelled): Promise<void> {
    const isCancelled = await this.payments.cancel(event.orderId);
    // Thrown to be delivered again after a pause, when the capture has an outcome.
    if (!isCancelled) throw new Error(`The payment of order ${event.orderId} is being captured`);
    await this.gateway.refund(event.orderId, {
      idempotencyKey: event.eventId,
      correlationId: event.correlationId,
    });
    await this.inbox.processOnce(event, async (tx) => {
      await this.payments.recordRefund(tx, event.orderId, event.reason);
    });
  }

  /** Gives the reason if the card was refused; all other trouble is thrown and tried again. */
  private async capture(order: OrderPlaced): Promise<string | null> {
    try {
      await this.gateway.capture(order.authorizationId, order.total, {
        idempotencyKey: order.eventId,
        correlationId: order.correlationId,
      });
      return null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.log.warn({ orderId: order.orderId, error }, 'capture refused');
      return error.message;
    }
  }

  private async succeed(order: OrderPlaced, paymentId: string): Promise<void> {
    await this.inbox.processOnce(order, async (tx) => {
      await this.payments.settle(tx, order.orderId, 'captured');
      const event: PaymentProcessed = {
        ...causedBy(order),
        type: 'PaymentProcessed',
        orderId: order.orderId,
        paymentId,
        customerEmail: order.customerEmail,
        amount: order.total,
      };
      await this.outbox.append(tx, 'payment.processed', event);
    });
  }

  private async fail(order: OrderPlaced, reason: string): Promise<void> {
    await this.inbox.processOnce(order, async (tx) => {
      await this.payments.settle(tx, order.orderId, 'declined');
      const event: PaymentFailed = {
        ...causedBy(order),
        type: 'PaymentFailed',
        orderId: order.orderId,
        reason,
      };
      await this.outbox.append(tx, 'payment.failed', event);
    });
  }
}
