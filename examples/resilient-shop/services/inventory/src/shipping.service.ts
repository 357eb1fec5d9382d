import {
  causedBy,
  type OrderCancelled,
  type OrderShipmentFailed,
  type OrderShipped,
  type PaymentProcessed,
} from '@resilient-shop/contracts';
import type { Inbox, Outbox } from '@resilient-shop/platform';
import type { ReservationRepository } from './reservation.repository.js';

export class ShippingService {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
  ) {}

  async onPaymentProcessed(payment: PaymentProcessed): Promise<void> {
    await this.inbox.processOnce(payment, async (tx) => {
      const trackingNumber = `TRK-${payment.orderId}`;
      if (await this.reservations.ship(tx, payment.orderId, trackingNumber)) {
        await this.outbox.append(tx, 'order.shipped', shipped(payment, trackingNumber));
      } else {
        await this.outbox.append(tx, 'order.shipment-failed', shipmentFailed(payment));
      }
    });
  }

  async onOrderCancelled(event: OrderCancelled): Promise<void> {
    await this.inbox.processOnce(event, async (tx) => {
      await this.reservations.release(tx, event.orderId);
    });
  }
}

function shipped(payment: PaymentProcessed, trackingNumber: string): OrderShipped {
  return {
    ...causedBy(payment),
    type: 'OrderShipped',
    orderId: payment.orderId,
    customerEmail: payment.customerEmail,
    trackingNumber,
  };
}

function shipmentFailed(payment: PaymentProcessed): OrderShipmentFailed {
  return {
    ...causedBy(payment),
    type: 'OrderShipmentFailed',
    orderId: payment.orderId,
    reason: 'The stock is no longer held for this order.',
  };
}
