import type { Database, Queryable } from '@resilient-shop/platform';

export const orderTables = `
  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    customer_email TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    total INTEGER NOT NULL,
    status TEXT NOT NULL,
    rank INTEGER NOT NULL,
    placed_at TEXT
  );
`;

/** An order only moves to a higher rank, in whatever order events arrive. */
const RANKS = { pending: 0, placed: 1, paid: 2, shipped: 3, cancelled: 4 } as const;

export type OrderStatus = keyof typeof RANKS;

/** Nothing happens to an order after these. */
export const FINAL_STATUSES: readonly OrderStatus[] = ['shipped', 'cancelled'];

export interface Order {
  readonly id: string;
  readonly customer_email: string;
  readonly correlation_id: string;
  readonly total: number;
  readonly status: OrderStatus;
}

export class OrderRepository {
  constructor(private readonly db: Database) {}

  async create(id: string, customerEmail: string, total: number, correlationId: string): Promise<void> {
    await this.db.query(
      `INSERT INTO orders (id, customer_email, correlation_id, total, status, rank)
       VALUES (?, ?, ?, ?, 'pending', 0) ON CONFLICT (id) DO NOTHING`,
      [id, customerEmail, correlationId, total],
    );
  }

  async find(id: string): Promise<Order | undefined> {
    const [order] = await this.db.query<Order>('SELECT * FROM orders WHERE id = ?', [id]);
    return order;
  }

  /** Gives the order if this call moved it forward, and undefined if it was already there or beyond. */
  async advance(tx: Queryable, id: string, status: OrderStatus): Promise<Order | undefined> {
    const [order] = await tx.query<Order>(
      `UPDATE orders SET status = ?, rank = ?, placed_at = COALESCE(placed_at, ?)
       WHERE id = ? AND rank < ? RETURNING *`,
      [status, RANKS[status], new Date().toISOString(), id, RANKS[status]],
    );
    return order;
  }

  /** Orders that were placed before a moment and have not reached an end. */
  async unfinishedSince(moment: Date): Promise<Order[]> {
    return this.db.query<Order>(`SELECT * FROM orders WHERE status IN ('placed', 'paid') AND placed_at < ?`, [
      moment.toISOString(),
    ]);
  }
}
