import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';
import { TripBookingFailed, TripConfirmed } from '@travel/contracts';
import { isFirstDelivery, queueOf, retryOrBury } from '@travel/messaging';
import { DataSource } from 'typeorm';
import { sendMail } from './mailer';

@Injectable()
export class NotificationConsumer {
  constructor(private readonly dataSource: DataSource) {}

  @RabbitSubscribe({
    exchange: 'travel',
    routingKey: TripConfirmed.routingKey,
    queue: 'notification.trip-confirmed',
    queueOptions: queueOf('notification.trip-confirmed'),
    errorHandler: retryOrBury,
  })
  async onTripConfirmed(event: TripConfirmed): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await isFirstDelivery(manager, 'notification', event.eventId))) return;
      await sendMail(event.customerEmail, 'Your trip', `Trip ${event.tripId} is confirmed.`);
    });
  }

  @RabbitSubscribe({
    exchange: 'travel',
    routingKey: TripBookingFailed.routingKey,
    queue: 'notification.trip-booking-failed',
    queueOptions: queueOf('notification.trip-booking-failed'),
    errorHandler: retryOrBury,
  })
  async onTripBookingFailed(event: TripBookingFailed): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await isFirstDelivery(manager, 'notification', event.eventId))) return;
      await sendMail(event.customerEmail, 'Your trip', `Trip ${event.tripId} failed: ${event.reason}`);
    });
  }
}
