import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { InventoryReserved, OrderConfirmed, OrderShipped } from '@happy-shop/contracts';
import { NotificationService } from './notification.service';

@Controller()
export class NotificationController {
  constructor(private readonly notifications: NotificationService) {}

  @EventPattern('order.confirmed')
  async onOrderConfirmed(@Payload() event: OrderConfirmed) {
    await this.notifications.notify(event.orderId, event.customerEmail, 'Thank you for your order');
  }

  @EventPattern('order.shipped')
  async onOrderShipped(@Payload() event: OrderShipped) {
    await this.notifications.notify(
      event.orderId,
      event.customerEmail,
      `Your order is on its way: ${event.trackingNumber}`,
    );
  }

  @EventPattern('inventory.reserved')
  async onInventoryReserved(@Payload() event: InventoryReserved) {
    await this.notifications.informWarehouse(event.orderId, event.items);
  }
}
