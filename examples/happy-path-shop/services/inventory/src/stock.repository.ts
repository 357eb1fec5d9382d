import { Inject, Injectable } from '@nestjs/common';
import { DATABASE, type Database } from '@happy-shop/database';

@Injectable()
export class StockRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async available(sku: string): Promise<number> {
    const { rows } = await this.db.query<{ quantity: number }>('SELECT quantity FROM stock WHERE sku = $1', [
      sku,
    ]);
    return rows[0]?.quantity ?? 0;
  }

  async decrement(sku: string, quantity: number): Promise<void> {
    await this.db.query('UPDATE stock SET quantity = quantity - $1 WHERE sku = $2', [quantity, sku]);
  }
}
