import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import type { OrderConfirmed, OrderPlaced } from '@happy-shop/contracts';

@Injectable()
export class OrderEvents {
  private readonly producer = new Kafka({
    clientId: 'order-service',
    brokers: [process.env['KAFKA_BROKER'] ?? 'localhost:9092'],
  }).producer();

  async connect(): Promise<void> {
    await this.producer.connect();
  }

  async orderPlaced(event: OrderPlaced): Promise<void> {
    await this.producer.send({
      topic: 'order.placed',
      messages: [{ key: event.orderId, value: JSON.stringify(event) }],
    });
  }

  async orderConfirmed(event: OrderConfirmed): Promise<void> {
    await this.producer.send({
      topic: 'order.confirmed',
      messages: [{ key: event.orderId, value: JSON.stringify(event) }],
    });
  }
}
