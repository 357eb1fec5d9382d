import { randomUUID } from 'node:crypto';
import type { Producer } from 'kafkajs';
import { PaymentProcessed, type OrderPlaced } from '@happy-shop/contracts';
import type { CardGateway } from './card-gateway';
import type { PaymentRepository } from './payment-repository';

export class PaymentService {
  constructor(
    private readonly gateway: CardGateway,
    private readonly payments: PaymentRepository,
    private readonly producer: Producer,
  ) {}

  async handleOrderPlaced(order: OrderPlaced): Promise<void> {
    const charge = await this.gateway.capture(order.authorizationId, order.total);

    const paymentId = randomUUID();
    await this.payments.save({
      id: paymentId,
      orderId: order.orderId,
      amount: order.total,
      chargeId: charge.id,
    });

    const event = new PaymentProcessed(
      order.orderId,
      paymentId,
      order.customerId,
      order.customerEmail,
      order.total,
      order.lines,
    );
    await this.producer.send({
      topic: 'payment.processed',
      messages: [{ key: order.orderId, value: JSON.stringify(event) }],
    });
  }
}
