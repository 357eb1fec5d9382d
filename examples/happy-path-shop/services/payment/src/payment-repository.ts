import type { Database } from '@happy-shop/database';

export interface Payment {
  id: string;
  orderId: string;
  amount: number;
  chargeId: string;
}

export class PaymentRepository {
  constructor(private readonly db: Database) {}

  async save(payment: Payment): Promise<void> {
    await this.db.query('INSERT INTO payments (id, order_id, amount, charge_id) VALUES ($1, $2, $3, $4)', [
      payment.id,
      payment.orderId,
      payment.amount,
      payment.chargeId,
    ]);
  }
}
