import type { OrderLine } from '@resilient-shop/contracts';
import type { Queryable } from '@resilient-shop/platform';

export const inventoryTables = `
  CREATE TABLE IF NOT EXISTS stock (
    sku TEXT PRIMARY KEY,
    quantity INTEGER NOT NULL CHECK (quantity >= 0)
  );
  CREATE TABLE IF NOT EXISTS reservations (
    order_id TEXT PRIMARY KEY,
    lines TEXT NOT NULL,
    status TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS shipments (
    order_id TEXT PRIMARY KEY,
    tracking_number TEXT NOT NULL
  );
`;

interface ReservationRow {
  readonly lines: string;
  readonly status: 'held' | 'released' | 'shipped';
}

/** Everything here runs in the caller's transaction. */
export class ReservationRepository {
  /** Gives true if this call made the reservation, false if it was held before. */
  async hold(tx: Queryable, orderId: string, lines: readonly OrderLine[]): Promise<boolean> {
    const created = await tx.query(
      `INSERT INTO reservations (order_id, lines, status) VALUES (?, ?, 'held')
       ON CONFLICT (order_id) DO NOTHING RETURNING order_id`,
      [orderId, JSON.stringify(lines)],
    );
    if (created.length > 0) return true;
    const [row] = await tx.query<ReservationRow>('SELECT * FROM reservations WHERE order_id = ?', [orderId]);
    if (row?.status === 'released') throw new Error(`The reservation of order ${orderId} was released`);
    return false;
  }

  /** Gives false if there is not enough left. */
  async take(tx: Queryable, line: OrderLine): Promise<boolean> {
    const taken = await tx.query(
      'UPDATE stock SET quantity = quantity - ? WHERE sku = ? AND quantity >= ? RETURNING sku',
      [line.quantity, line.sku, line.quantity],
    );
    return taken.length > 0;
  }

  /** Leaves a released reservation behind even where none was held, for a hold that comes late. */
  async release(tx: Queryable, orderId: string): Promise<void> {
    const [row] = await tx.query<ReservationRow>(
      `UPDATE reservations SET status = 'released' WHERE order_id = ? AND status = 'held' RETURNING *`,
      [orderId],
    );
    await tx.query(
      `INSERT INTO reservations (order_id, lines, status) VALUES (?, '[]', 'released')
       ON CONFLICT (order_id) DO NOTHING`,
      [orderId],
    );
    if (!row) return;
    for (const line of JSON.parse(row.lines) as OrderLine[]) {
      await tx.query('UPDATE stock SET quantity = quantity + ? WHERE sku = ?', [line.quantity, line.sku]);
    }
  }

  /** Gives false if the stock is no longer held for this order. */
  async ship(tx: Queryable, orderId: string, trackingNumber: string): Promise<boolean> {
    const shipped = await tx.query(
      `UPDATE reservations SET status = 'shipped' WHERE order_id = ? AND status = 'held' RETURNING order_id`,
      [orderId],
    );
    if (shipped.length === 0) return false;
    await tx.query(
      'INSERT INTO shipments (order_id, tracking_number) VALUES (?, ?) ON CONFLICT (order_id) DO NOTHING',
      [orderId, trackingNumber],
    );
    return true;
  }
}
