import type { DomainEvent } from './event.js';

export type ShippingEvent = DomainEvent &
  (
    | {
        readonly type: 'OrderShipped';
        readonly orderId: string;
        readonly customerEmail: string;
        readonly trackingNumber: string;
      }
    | { readonly type: 'OrderShipmentFailed'; readonly orderId: string; readonly reason: string }
  );

export type OrderShipped = Extract<ShippingEvent, { type: 'OrderShipped' }>;
export type OrderShipmentFailed = Extract<ShippingEvent, { type: 'OrderShipmentFailed' }>;
