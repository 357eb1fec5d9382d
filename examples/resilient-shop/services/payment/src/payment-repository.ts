import type { Database, Queryable } from '@resilient-shop/platform';

export const paymentTables = `
  CREATE TABLE IF NOT EXISTS payments (
    order_id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    status TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS refunds (
    order_id TEXT PRIMARY KEY,
    reason TEXT NOT NULL
  );
`;

export type PaymentStatus = 'capturing' | 'captured' | 'declined' | 'cancelled';

export interface Payment {
  readonly order_id: string;
  readonly payment_id: string;
  readonly amount: number;
  readonly status: PaymentStatus;
}

export class PaymentRepository {
  constructor(private readonly db: Database) {}

  /** Opens the order's payment, or gives the one that is there: a cancellation may have come first. */
  async open(orderId: string, paymentId: string, amount: number): Promise<Payment> {
    const [payment] = await this.db.query<Payment>(
      `INSERT INTO payments (order_id, payment_id, amount, status) VALUES (?, ?, ?, 'capturing')
       ON CONFLICT (order_id) DO UPDATE SET order_id = excluded.order_id RETURNING *`,
      [orderId, paymentId, amount],
    );
    if (!payment) throw new Error(`The payment of order ${orderId} was not stored`);
    return payment;
  }

  async settle(tx: Queryable, orderId: string, status: 'captured' | 'declined'): Promise<void> {
    await tx.query(`UPDATE payments SET status = ? WHERE order_id = ? AND status = 'capturing'`, [
      status,
      orderId,
    ]);
  }

  /** Gives false while a capture is on its way: only its outcome tells whether there is money to return. */
  async cancel(orderId: string): Promise<boolean> {
    const cancelled = await this.db.query(
      `INSERT INTO payments (order_id, payment_id, amount, status) VALUES (?, '', 0, 'cancelled')
       ON CONFLICT (order_id) DO UPDATE SET status = 'cancelled' WHERE status <> 'capturing' RETURNING order_id`,
      [orderId],
    );
    return cancelled.length > 0;
  }

  async recordRefund(tx: Queryable, orderId: string, reason: string): Promise<void> {
    await tx.query('INSERT INTO refunds (order_id, reason) VALUES (?, ?) ON CONFLICT (order_id) DO NOTHING', [
      orderId,
      reason,
    ]);
  }
}
