import { Injectable, Logger } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import type { PaymentProcessed } from '@happy-shop/contracts';
import { OrderEvents } from './order-events.publisher';
import { OrderRepository } from './order.repository';

@Injectable()
export class PaymentConsumer {
  private readonly logger = new Logger(PaymentConsumer.name);
  private readonly consumer = new Kafka({
    clientId: 'order-service',
    brokers: [process.env['KAFKA_BROKER'] ?? 'localhost:9092'],
  }).consumer({ groupId: 'order-service' });

  constructor(
    private readonly orders: OrderRepository,
    private readonly events: OrderEvents,
  ) {}

  async start(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: 'payment.processed' });
    await this.consumer.run({
      eachMessage: async ({ message }) => {
        const event: PaymentProcessed = JSON.parse(message.value!.toString());
        await this.onPaymentProcessed(event);
      },
    });
  }

  private async onPaymentProcessed(event: PaymentProcessed): Promise<void> {
    await this.orders.markPaid(event.orderId);
    await this.events.orderConfirmed({
      orderId: event.orderId,
      customerId: event.customerId,
      customerEmail: event.customerEmail,
      paymentId: event.paymentId,
    });
    this.logger.log(`Order ${event.orderId} is paid`);
  }
}
