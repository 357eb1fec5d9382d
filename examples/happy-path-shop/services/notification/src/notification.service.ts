import { Inject, Injectable } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import type { CustomerNotified } from '@happy-shop/contracts';
import { Mailer } from './mailer';

@Injectable()
export class NotificationService {
  constructor(
    private readonly mailer: Mailer,
    @Inject('KAFKA') private readonly client: ClientKafka,
  ) {}

  async notify(orderId: string, customerEmail: string, subject: string): Promise<void> {
    await this.mailer.send(customerEmail, subject, `Your order number is ${orderId}.`);

    const event: CustomerNotified = { orderId, customerEmail, subject };
    this.client.emit('customer.notified', event);
  }

  async informWarehouse(orderId: string, items: { sku: string; quantity: number }[]): Promise<void> {
    const list = items.map((item) => `${item.quantity} x ${item.sku}`).join('\n');
    await this.mailer.send('warehouse@shop.example', `Please pick order ${orderId}`, list);
  }
}
