// snippet: saga-store-sqlite
// description: Saga log store in SQLite (node:sqlite), for a `saga`: lease, fencing, inspection
// after: saga
// placeholder 1: Order
import type { OrderSaga, OrderSagaStore } from './saga.ts';
// region body
import type { DatabaseSync } from 'node:sqlite';

/** Keeps sagas in SQLite. With another database keep the two conditions: a free lease, the same fence. */
export function sqliteOrderSagaStore(db: DatabaseSync, now: () => number = Date.now): OrderSagaStore {
  db.exec(`create table if not exists order_sagas (
    id text primary key, status text not null, fence integer not null,
    lease_until integer not null, state text not null);
    create index if not exists order_sagas_by_status on order_sagas (status)`);
  return {
    async create(saga) {
      const insert = `insert into order_sagas (id, status, fence, lease_until, state)
        values (?, ?, 0, 0, ?) on conflict (id) do nothing`;
      db.prepare(insert).run(saga.id, saga.status, JSON.stringify(saga));
    },
    async claim(id, what, leaseMs) {
      const isWanted = what === 'stuck' ? "status = 'stuck'" : "status in ('running', 'compensating')";
      const take = `update order_sagas set fence = fence + 1, lease_until = ?
        where id = ? and lease_until <= ? and ${isWanted} returning fence, state`;
      const row = db.prepare(take).get(now() + leaseMs, id, now());
      if (row === undefined) return undefined;
      const saga: OrderSaga = JSON.parse(String(row.state));
      return { ...saga, fence: Number(row.fence) };
    },
    async save(saga, leaseMs) {
      const write =
        'update order_sagas set status = ?, lease_until = ?, state = ? where id = ? and fence = ?';
      const state = JSON.stringify(saga);
      return db.prepare(write).run(saga.status, now() + leaseMs, state, saga.id, saga.fence).changes === 1;
    },
    async unfinished() {
      const select = `select id from order_sagas
        where status in ('running', 'compensating') and lease_until <= ?`;
      return db
        .prepare(select)
        .all(now())
        .map((row) => String(row.id));
    },
    async find(id) {
      const row = db.prepare('select fence, state from order_sagas where id = ?').get(id);
      return row && { ...JSON.parse(String(row.state)), fence: Number(row.fence) };
    },
    async withStatus(status) {
      const rows = db.prepare('select id from order_sagas where status = ?').all(status);
      return rows.map((row) => String(row.id));
    },
  };
}
// endregion body
