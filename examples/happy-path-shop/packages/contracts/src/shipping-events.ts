export type ShippingEvent =
  | { type: 'OrderPacked'; orderId: string; shipmentId: string; parcels: number }
  | {
      type: 'OrderShipped';
      orderId: string;
      shipmentId: string;
      customerEmail: string;
      trackingNumber: string;
    };

export type OrderShipped = Extract<ShippingEvent, { type: 'OrderShipped' }>;
