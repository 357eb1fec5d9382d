// snippet: outbox-postgres
// description: Outbox in PostgreSQL: the event is stored in the transaction of the change, one relay publishes it
// after: domain-event
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: amount_in_cents
import type { OrderPlaced } from './domain-event.ts';
// region body
import { setTimeout as sleep } from 'node:timers/promises';

import type { Pool, PoolClient } from 'pg';

/** Run this once, with the migrations. */
export const outboxTable = `create table if not exists outbox (
  position bigint generated always as identity primary key, event_id text not null unique,
  topic text not null, payload jsonb not null, published_at timestamptz);
  create index if not exists outbox_waiting on outbox (position) where published_at is null`;

/** Saves the change and its event in one transaction: both are kept, or neither. */
export async function saveOrderPlaced(pool: Pool, event: OrderPlaced): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { orderId, amountInCents } = event.data;
    const insert = 'insert into order_records (id, amount_in_cents) values ($1, $2)';
    await client.query(insert, [orderId, amountInCents]);
    await toOutbox(client, 'order.placed', event);
  });
}

/** Stores an event. Call it with the client of the transaction that makes the change. */
export async function toOutbox(
  client: PoolClient,
  topic: string,
  event: { readonly eventId: string },
): Promise<void> {
  const insert = 'insert into outbox (event_id, topic, payload) values ($1, $2, $3)';
  await client.query(insert, [event.eventId, topic, JSON.stringify(event)]);
}

/** Gives a message to the broker and waits until the broker has it. */
export type Publish = (topic: string, eventId: string, payload: string) => Promise<void>;

/**
 * Publishes what waits in the outbox, oldest first; gives how many. One relay at a time: the others find the lock
 * taken. A crash between publish and commit publishes again, so consumers must be idempotent.
 */
export async function relayOutbox(pool: Pool, publish: Publish): Promise<number> {
  const failures: unknown[] = [];
  let published = 0;
  await inTransaction(pool, async (client) => {
    const lock = `select pg_try_advisory_xact_lock(hashtext('outbox')) as mine`;
    const { rows: locks } = await client.query<{ mine: boolean }>(lock);
    if (locks[0]?.mine !== true) return;
    const select = `select position, event_id, topic, payload from outbox
      where published_at is null order by position limit 100`;
    const { rows } = await client.query<OutboxRow>(select);
    for (const { position, event_id, topic, payload } of rows) {
      const send = publish(topic, event_id, JSON.stringify(payload));
      // It is thrown after the commit, so that what was published before it is not published again.
      await send.catch((error: unknown) => failures.push(error));
      if (failures.length > 0) return;
      await client.query('update outbox set published_at = now() where position = $1', [position]);
      published += 1;
    }
  });
  if (failures.length > 0) throw failures[0];
  return published;
}

/** Relays until it is told to stop, and waits longer after each failure. `report` makes failures visible. */
export async function runOutboxRelay(
  pool: Pool,
  publish: Publish,
  { signal, report }: { signal: AbortSignal; report: (error: unknown, failures: number) => void },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await relayOutbox(pool, publish);
      failures = 0;
    } catch (error) {
      failures += 1;
      report(error, failures);
    }
    const waitMs = Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

interface OutboxRow {
  readonly position: string;
  readonly event_id: string;
  readonly topic: string;
  readonly payload: unknown;
}

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener the process would end when the connection does.
  const onLost = (error: Error): void => void (broken = error);
  client.on('error', onLost);
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(onLost);
    throw error;
  } finally {
    client.off('error', onLost);
    client.release(broken);
  }
}
// endregion body
