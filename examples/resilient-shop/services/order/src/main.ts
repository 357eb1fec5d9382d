import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Kafka } from 'kafkajs';
import { parseEvent } from '@resilient-shop/contracts';
import {
  Alerts,
  Delivery,
  Inbox,
  Logger,
  Outbox,
  OutboxRelay,
  platformTables,
  SagaStore,
  SqliteDatabase,
} from '@resilient-shop/platform';
import { InventoryClient, PaymentClient, VoucherClient } from './clients.js';
import { OrderDeadlines } from './order-deadlines.js';
import { OrderProgress, PROGRESS_TOPICS, type ProgressEvent } from './order-progress.js';
import { OrderController } from './order.controller.js';
import { OrderRepository, orderTables } from './order.repository.js';
import { periodically } from './periodic.js';
import { PlaceOrderSaga, type PlaceOrder } from './place-order.saga.js';

const env = (name: string, fallback: string) => process.env[name] ?? fallback;

const kafka = new Kafka({ clientId: 'order-service', brokers: [env('KAFKA_BROKER', 'localhost:9092')] });
const producer = kafka.producer({ idempotent: true });
const consumer = kafka.consumer({ groupId: 'order-service' });

const log = new Logger('order-service');
const alerts = new Alerts(env('PAGER_URL', 'http://pager:8080/alerts'), 'order-service');
const db = new SqliteDatabase(env('ORDER_DB', 'orders.sqlite'), platformTables, orderTables);
const outbox = new Outbox();
const orders = new OrderRepository(db);
const progress = new OrderProgress(orders, new Inbox(db, 'order-progress'), outbox);
const deadlines = new OrderDeadlines(orders, alerts);
const delivery = new Delivery('order-service', producer, alerts, log);
const relay = new OutboxRelay(db, producer, alerts, log);
const saga = new PlaceOrderSaga(
  {
    db,
    orders,
    outbox,
    vouchers: new VoucherClient(env('VOUCHER_URL', 'http://vouchers:3005')),
    inventory: new InventoryClient(env('INVENTORY_URL', 'http://inventory:3002')),
    payments: new PaymentClient(env('CARD_API_URL', 'https://api.cardpay.example/v1')),
  },
  new SagaStore<PlaceOrder>(db, 'place-order'),
  alerts,
  log,
);

@Module({
  controllers: [OrderController],
  providers: [
    { provide: OrderRepository, useValue: orders },
    { provide: PlaceOrderSaga, useValue: saga },
  ],
})
export class OrderModule {}

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: PROGRESS_TOPICS, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message }) => {
    await delivery.run(topic, message.value, async () => {
      await progress.handle(parseEvent<ProgressEvent>(message.value));
    });
  },
});

const app = await NestFactory.create(OrderModule);
await app.listen(3001);

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await Promise.all([
  relay.run(stop.signal),
  periodically(() => saga.resumeAbandoned(), 15_000, stop.signal, log),
  periodically(() => deadlines.reportOverdue(), 60_000, stop.signal, log),
]);
await consumer.disconnect();
await producer.disconnect();
await app.close();
