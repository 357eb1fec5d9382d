import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Kafka } from 'kafkajs';
import {
  Alerts,
  Delivery,
  Inbox,
  Logger,
  Outbox,
  OutboxRelay,
  platformTables,
  SqliteDatabase,
} from '@resilient-shop/platform';
import { InventoryController } from './inventory.controller.js';
import { inventoryTables, ReservationRepository } from './reservation.repository.js';
import { ReservationService } from './reservation.service.js';
import { ShippingService } from './shipping.service.js';

const env = (name: string, fallback: string) => process.env[name] ?? fallback;

const brokers = [env('KAFKA_BROKER', 'localhost:9092')];
const producer = new Kafka({ clientId: 'inventory-service', brokers }).producer({ idempotent: true });

const log = new Logger('inventory-service');
const alerts = new Alerts(env('PAGER_URL', 'http://pager:8080/alerts'), 'inventory-service');
const db = new SqliteDatabase(env('INVENTORY_DB', 'inventory.sqlite'), platformTables, inventoryTables);
const outbox = new Outbox();
const reservations = new ReservationRepository();
const relay = new OutboxRelay(db, producer, alerts, log);

@Module({
  controllers: [InventoryController],
  providers: [
    { provide: Delivery, useValue: new Delivery('inventory-service', producer, alerts, log) },
    { provide: ReservationService, useValue: new ReservationService(db, reservations, outbox) },
    {
      provide: ShippingService,
      useValue: new ShippingService(reservations, new Inbox(db, 'shipping'), outbox),
    },
  ],
})
export class InventoryModule {}

await producer.connect();
const app = await NestFactory.create(InventoryModule);
app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.KAFKA,
  options: {
    client: { brokers },
    consumer: { groupId: 'inventory-service' },
    subscribe: { fromBeginning: true },
  },
});
await app.startAllMicroservices();
await app.listen(3002);

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await relay.run(stop.signal);
await app.close();
await producer.disconnect();
