import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';
import { RoomReservationFailed, RoomReserved, TripBookingFailed, TripConfirmed } from '@travel/contracts';
import { isFirstDelivery, queueOf, retryOrBury, storeInOutbox } from '@travel/messaging';
import { DataSource } from 'typeorm';
import { Trip } from './trip.entity';

/** Moves a trip forward by what the hotel says. */
@Injectable()
export class TripConsumer {
  constructor(private readonly dataSource: DataSource) {}

  @RabbitSubscribe({
    exchange: 'travel',
    routingKey: RoomReserved.routingKey,
    queue: 'booking.room-reserved',
    queueOptions: queueOf('booking.room-reserved'),
    errorHandler: retryOrBury,
  })
  async onRoomReserved(event: RoomReserved): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await isFirstDelivery(manager, 'booking', event.eventId))) return;
      const trip = await manager.findOneByOrFail(Trip, { id: event.tripId });
      await manager.update(Trip, { id: trip.id }, { status: 'confirmed' });
      await storeInOutbox(
        manager,
        TripConfirmed.routingKey,
        new TripConfirmed(trip.id, event.customerEmail, event.correlationId, event.eventId),
      );
    });
  }

  @RabbitSubscribe({
    exchange: 'travel',
    routingKey: RoomReservationFailed.routingKey,
    queue: 'booking.room-reservation-failed',
    queueOptions: queueOf('booking.room-reservation-failed'),
    errorHandler: retryOrBury,
  })
  async onRoomReservationFailed(event: RoomReservationFailed): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await isFirstDelivery(manager, 'booking', event.eventId))) return;
      await manager.update(Trip, { id: event.tripId }, { status: 'cancelled' });
      await storeInOutbox(
        manager,
        TripBookingFailed.routingKey,
        new TripBookingFailed(
          event.tripId,
          event.customerEmail,
          event.reason,
          event.correlationId,
          event.eventId,
        ),
      );
    });
  }
}
