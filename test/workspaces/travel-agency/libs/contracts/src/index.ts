export { DomainEvent } from './domain-event';
export { RoomReservationFailed, RoomReserved } from './room-events';
export { TripBooked, TripBookingFailed, TripConfirmed } from './trip-events';
