import { randomUUID } from 'node:crypto';
import { ConflictException, Inject, Injectable, Logger } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import {
  type InventoryReserved,
  type OrderLine,
  type PaymentProcessed,
  type ShippingEvent,
} from '@happy-shop/contracts';
import { ShipmentRepository } from './shipment.repository';
import { StockRepository } from './stock.repository';

@Injectable()
export class InventoryService {
  private readonly logger = new Logger(InventoryService.name);

  constructor(
    private readonly stock: StockRepository,
    private readonly shipments: ShipmentRepository,
    @Inject('KAFKA') private readonly client: ClientKafka,
  ) {}

  async reserve(orderId: string, lines: OrderLine[]): Promise<string> {
    for (const line of lines) {
      const available = await this.stock.available(line.sku);
      if (available < line.quantity) {
        throw new ConflictException(`Not enough stock for ${line.sku}`);
      }
    }

    const reservationId = randomUUID();
    for (const line of lines) {
      await this.stock.decrement(line.sku, line.quantity);
    }

    const event: InventoryReserved = {
      reservationId,
      orderId,
      items: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    };
    this.client.emit('inventory.reserved', event);
    return reservationId;
  }

  async ship(payment: PaymentProcessed): Promise<void> {
    const shipmentId = randomUUID();
    const trackingNumber = `TRK-${shipmentId.slice(0, 8).toUpperCase()}`;
    await this.shipments.insert({ id: shipmentId, orderId: payment.orderId, trackingNumber });

    const packed: ShippingEvent = { type: 'OrderPacked', orderId: payment.orderId, shipmentId, parcels: 1 };
    this.client.emit('order.packed', packed);

    const shipped: ShippingEvent = {
      type: 'OrderShipped',
      orderId: payment.orderId,
      shipmentId,
      customerEmail: payment.customerEmail,
      trackingNumber,
    };
    this.client.emit('order.shipped', shipped);
    this.logger.log(`Order ${payment.orderId} shipped as ${trackingNumber}`);
  }
}
