import { DomainEvent } from './domain-event';

export class TripBooked extends DomainEvent {
  static readonly routingKey = 'trip.booked';

  constructor(
    readonly tripId: string,
    readonly customerEmail: string,
    readonly hotelId: string,
    readonly nights: number,
    correlationId: string,
    causationId: string | null = null,
  ) {
    super(correlationId, causationId);
  }
}

export class TripBookingFailed extends DomainEvent {
  static readonly routingKey = 'trip.booking-failed';

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

export class TripConfirmed extends DomainEvent {
  static readonly routingKey = 'trip.confirmed';

  constructor(
    readonly tripId: string,
    readonly customerEmail: string,
    correlationId: string,
    causationId: string | null = null,
  ) {
    super(correlationId, causationId);
  }
}
