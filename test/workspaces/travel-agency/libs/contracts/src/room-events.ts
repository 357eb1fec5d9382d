import { DomainEvent } from './domain-event';

export class RoomReserved extends DomainEvent {
  static readonly routingKey = 'room.reserved';

  constructor(
    readonly tripId: string,
    readonly customerEmail: string,
    readonly roomNumber: string,
    correlationId: string,
    causationId: string | null = null,
  ) {
    super(correlationId, causationId);
  }
}

export class RoomReservationFailed extends DomainEvent {
  static readonly routingKey = 'room.reservation-failed';

  constructor(
    readonly tripId: string,
    readonly customerEmail: string,
    readonly reason: string,
    correlationId: string,
    causationId: string | null = null,
  ) {
    super(correlationId, causationId);
  }
}
