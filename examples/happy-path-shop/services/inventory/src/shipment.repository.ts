import { Inject, Injectable } from '@nestjs/common';
import { DATABASE, type Database } from '@happy-shop/database';

export interface Shipment {
  id: string;
  orderId: string;
  trackingNumber: string;
}

@Injectable()
export class ShipmentRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async insert(shipment: Shipment): Promise<void> {
    await this.db.query('INSERT INTO shipments (id, order_id, tracking_number) VALUES ($1, $2, $3)', [
      shipment.id,
      shipment.orderId,
      shipment.trackingNumber,
    ]);
  }
}
