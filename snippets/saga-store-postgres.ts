// snippet: saga-store-postgres
// description: Saga log store in PostgreSQL, for a `saga`: lease by the database's clock, fencing, inspection
// after: saga
// placeholder 1: Order
import type { OrderSaga, OrderSagaStore } from './saga.ts';
// region body
import type { Pool } from 'pg';

/** Run this once, with the migrations. */
export const orderSagasTable = `create table if not exists order_sagas (
  id text primary key, status text not null, fence integer not null default 0,
  lease_until timestamptz not null default '-infinity', state jsonb not null);
  create index if not exists order_sagas_by_status on order_sagas (status)`;

/** Keeps sagas in PostgreSQL. All workers go by the database's clock, so theirs may differ. */
export function postgresOrderSagaStore(pool: Pool): OrderSagaStore {
  return {
    async create(saga) {
      const insert = `insert into order_sagas (id, status, state) values ($1, $2, $3)
        on conflict (id) do nothing`;
      await pool.query(insert, [saga.id, saga.status, JSON.stringify(saga)]);
    },
    async claim(id, what, leaseMs) {
      const isWanted = what === 'stuck' ? "status = 'stuck'" : "status in ('running', 'compensating')";
      const take = `update order_sagas
        set fence = fence + 1, lease_until = now() + $2 * interval '1 millisecond'
        where id = $1 and lease_until <= now() and ${isWanted} returning fence, state`;
      const { rows } = await pool.query<SagaRow>(take, [id, leaseMs]);
      return rows[0] && { ...rows[0].state, fence: rows[0].fence };
    },
    async save(saga, leaseMs) {
      const write = `update order_sagas
        set status = $3, lease_until = now() + $4 * interval '1 millisecond', state = $5
        where id = $1 and fence = $2`;
      const values = [saga.id, saga.fence, saga.status, leaseMs, JSON.stringify(saga)];
      const { rowCount } = await pool.query(write, values);
      return rowCount === 1;
    },
    async unfinished() {
      const select = `select id from order_sagas
        where status in ('running', 'compensating') and lease_until <= now()`;
      const { rows } = await pool.query<{ id: string }>(select);
      return rows.map(({ id }) => id);
    },
    async find(id) {
      const { rows } = await pool.query<SagaRow>('select fence, state from order_sagas where id = $1', [id]);
      return rows[0] && { ...rows[0].state, fence: rows[0].fence };
    },
    async withStatus(status) {
      const select = 'select id from order_sagas where status = $1';
      const { rows } = await pool.query<{ id: string }>(select, [status]);
      return rows.map(({ id }) => id);
    },
  };
}

interface SagaRow {
  readonly fence: number;
  readonly state: OrderSaga;
}
// endregion body
