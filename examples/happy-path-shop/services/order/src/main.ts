import 'reflect-metadata';
import { Module, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connect, DATABASE } from '@happy-shop/database';
import { InventoryClient, PaymentClient, VoucherClient } from './clients';
import { OrderController } from './order.controller';
import { OrderEvents } from './order-events.publisher';
import { OrderRepository } from './order.repository';
import { PlaceOrderSaga } from './place-order.saga';
import { PaymentConsumer } from './payment.consumer';

@Module({
  controllers: [OrderController],
  providers: [
    { provide: DATABASE, useFactory: () => connect(process.env['ORDER_DB_URL'] ?? 'http://localhost:5001') },
    InventoryClient,
    OrderEvents,
    OrderRepository,
    PaymentClient,
    PaymentConsumer,
    PlaceOrderSaga,
    VoucherClient,
  ],
})
export class OrderModule implements OnModuleInit {
  constructor(
    private readonly events: OrderEvents,
    private readonly consumer: PaymentConsumer,
  ) {}

  async onModuleInit() {
    await this.events.connect();
    await this.consumer.start();
  }
}

const app = await NestFactory.create(OrderModule);
await app.listen(3001);
