import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Mailer } from './mailer';
import { NotificationController } from './notification.controller';
import { NotificationService } from './notification.service';

const brokers = [process.env['KAFKA_BROKER'] ?? 'localhost:9092'];

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'KAFKA',
        transport: Transport.KAFKA,
        options: { client: { clientId: 'notification', brokers } },
      },
    ]),
  ],
  controllers: [NotificationController],
  providers: [Mailer, NotificationService],
})
export class NotificationModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(NotificationModule, {
  transport: Transport.KAFKA,
  options: { client: { brokers }, consumer: { groupId: 'notification-service' } },
});
await app.listen();
