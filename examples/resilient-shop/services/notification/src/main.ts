import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Kafka } from 'kafkajs';
import { Alerts, Delivery, Inbox, Logger, platformTables, SqliteDatabase } from '@resilient-shop/platform';
import { Mailer } from './mailer.js';
import { NotificationController } from './notification.controller.js';
import { NotificationService, notificationTables } from './notification.service.js';

const env = (name: string, fallback: string) => process.env[name] ?? fallback;

const brokers = [env('KAFKA_BROKER', 'localhost:9092')];
const producer = new Kafka({ clientId: 'notification-service', brokers }).producer({ idempotent: true });

const log = new Logger('notification-service');
const alerts = new Alerts(env('PAGER_URL', 'http://pager:8080/alerts'), 'notification-service');
const db = new SqliteDatabase(
  env('NOTIFICATION_DB', 'notifications.sqlite'),
  platformTables,
  notificationTables,
);
const mailer = new Mailer(env('MAIL_API_URL', 'https://api.mailer.example/v3'));

@Module({
  controllers: [NotificationController],
  providers: [
    { provide: Delivery, useValue: new Delivery('notification-service', producer, alerts, log) },
    {
      provide: NotificationService,
      useValue: new NotificationService(mailer, new Inbox(db, 'notifications')),
    },
  ],
})
export class NotificationModule {}

await producer.connect();
const app = await NestFactory.createMicroservice<MicroserviceOptions>(NotificationModule, {
  transport: Transport.KAFKA,
  options: {
    client: { brokers },
    consumer: { groupId: 'notification-service' },
    subscribe: { fromBeginning: true },
  },
});
await app.listen();

process.once('SIGTERM', () => {
  void app.close().finally(() => producer.disconnect());
});
