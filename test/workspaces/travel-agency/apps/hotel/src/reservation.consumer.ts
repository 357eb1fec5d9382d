import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';
import { RoomReservationFailed, RoomReserved, TripBooked, TripBookingFailed } from '@travel/contracts';
import { isFirstDelivery, queueOf, retryOrBury, storeInOutbox } from '@travel/messaging';
import { DataSource, IsNull } from 'typeorm';
import { Room } from './room.entity';

@Injectable()
export class ReservationConsumer {
  constructor(private readonly dataSource: DataSource) {}

  @RabbitSubscribe({
    exchange: 'travel',
    routingKey: TripBooked.routingKey,
    queue: 'hotel.trip-booked',
    queueOptions: queueOf('hotel.trip-booked'),
    errorHandler: retryOrBury,
  })
  async onTripBooked(event: TripBooked): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await isFirstDelivery(manager, 'hotel', event.eventId))) return;
      const room = await manager.findOne(Room, {
        where: { hotelId: event.hotelId, tripId: IsNull() },
        lock: { mode: 'pessimistic_write' },
      });
      if (!room) {
        await storeInOutbox(
          manager,
          RoomReservationFailed.routingKey,
          new RoomReservationFailed(
            event.tripId,
            event.customerEmail,
            'The hotel is full.',
            event.correlationId,
            event.eventId,
          ),
        );
        return;
      }
      await manager.update(Room, { number: room.number }, { tripId: event.tripId });
      await storeInOutbox(
        manager,
        RoomReserved.routingKey,
        new RoomReserved(event.tripId, event.customerEmail, room.number, event.correlationId, event.eventId),
      );
    });
  }

  @RabbitSubscribe({
    exchange: 'travel',
    routingKey: TripBookingFailed.routingKey,
    queue: 'hotel.trip-booking-failed',
    queueOptions: queueOf('hotel.trip-booking-failed'),
    errorHandler: retryOrBury,
  })
  async onTripBookingFailed(event: TripBookingFailed): Promise<void> {
    await this.dataSource.manager.update(Room, { tripId: event.tripId }, { tripId: null });
  }
}
