export { causedBy, eventSchema, firstOf, parseEvent, type DomainEvent } from './event.js';
export type { OrderCancelled, OrderConfirmed, OrderEvent, OrderLine, OrderPlaced } from './order-events.js';
export type { PaymentEvent, PaymentFailed, PaymentProcessed } from './payment-events.js';
export {
  inventoryReservationFailedSchema,
  inventoryReservedSchema,
  type InventoryReservationFailed,
  type InventoryReserved,
} from './inventory-events.js';
export type { OrderShipmentFailed, OrderShipped, ShippingEvent } from './shipping-events.js';
