import { Inject, Injectable } from '@nestjs/common';
import { DATABASE, type Database } from '@happy-shop/database';
import type { PlaceOrderContext } from './place-order.saga';

export interface OrderRow {
  id: string;
  customer_id: string;
  total: number;
  status: 'pending' | 'paid';
}

@Injectable()
export class OrderRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async create(order: PlaceOrderContext): Promise<void> {
    await this.db.query('INSERT INTO orders (id, customer_id, total, status) VALUES ($1, $2, $3, $4)', [
      order.orderId,
      order.customerId,
      order.total,
      'pending',
    ]);
  }

  async findById(id: string): Promise<OrderRow | undefined> {
    const { rows } = await this.db.query<OrderRow>('SELECT * FROM orders WHERE id = $1', [id]);
    return rows[0];
  }

  async markPaid(id: string): Promise<void> {
    await this.db.query('UPDATE orders SET status = $1 WHERE id = $2', ['paid', id]);
  }
}
