import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type {
  InventoryReservationFailed,
  InventoryReserved,
  OrderCancelled,
  OrderConfirmed,
  OrderShipped,
} from '@resilient-shop/contracts';
import { Delivery } from '@resilient-shop/platform';
import { NotificationService } from './notification.service.js';

const WAREHOUSE = 'warehouse@shop.example';
const PURCHASING = 'purchasing@shop.example';

@Controller()
export class NotificationController {
  constructor(
    private readonly notifications: NotificationService,
    private readonly delivery: Delivery,
  ) {}

  @EventPattern('order.confirmed')
  async onOrderConfirmed(@Payload() event: OrderConfirmed) {
    await this.delivery.run('order.confirmed', JSON.stringify(event), async () => {
      const text = `Your order number is ${event.orderId}.`;
      await this.notifications.notify(event, {
        to: event.customerEmail,
        subject: 'Thank you for your order',
        text,
      });
    });
  }

  @EventPattern('order.shipped')
  async onOrderShipped(@Payload() event: OrderShipped) {
    await this.delivery.run('order.shipped', JSON.stringify(event), async () => {
      const text = `Its tracking number is ${event.trackingNumber}.`;
      await this.notifications.notify(event, {
        to: event.customerEmail,
        subject: 'Your order is on its way',
        text,
      });
    });
  }

  @EventPattern('order.cancelled')
  async onOrderCancelled(@Payload() event: OrderCancelled) {
    await this.delivery.run('order.cancelled', JSON.stringify(event), async () => {
      const text = `${event.reason} You get back what you have paid.`;
      await this.notifications.notify(event, {
        to: event.customerEmail,
        subject: 'Your order is cancelled',
        text,
      });
    });
  }

  @EventPattern('inventory.reserved')
  async onInventoryReserved(@Payload() event: InventoryReserved) {
    await this.delivery.run('inventory.reserved', JSON.stringify(event), async () => {
      const text = event.items.map((item) => `${item.quantity} x ${item.sku}`).join('\n');
      await this.notifications.notify(event, {
        to: WAREHOUSE,
        subject: `Please pick order ${event.orderId}`,
        text,
      });
    });
  }

  @EventPattern('inventory.reservation-failed')
  async onInventoryReservationFailed(@Payload() event: InventoryReservationFailed) {
    await this.delivery.run('inventory.reservation-failed', JSON.stringify(event), async () => {
      const text = `Order ${event.orderId} was turned away. ${event.reason}`;
      await this.notifications.notify(event, {
        to: PURCHASING,
        subject: `Please reorder ${event.sku}`,
        text,
      });
    });
  }
}
