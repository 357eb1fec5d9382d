// snippet: outbox-publish
// description: Outbox: the event is stored in the transaction of the change, and a relay publishes it
// after: domain-event
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: amount_in_cents
import type { OrderPlaced } from './domain-event.ts';
// region body
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** Run this once, with the migrations. */
export const outboxTable = `create table if not exists outbox (
  position integer primary key, event_id text not null unique, topic text not null,
  payload text not null, published_at text)`;

/** Saves the change and its event in one transaction: both are kept, or neither. */
export function saveOrderPlaced(db: DatabaseSync, event: OrderPlaced): void {
  db.exec('begin immediate');
  try {
    const { orderId, amountInCents } = event.data;
    db.prepare('insert into order_records (id, amount_in_cents) values (?, ?)').run(orderId, amountInCents);
    const insert = 'insert into outbox (event_id, topic, payload) values (?, ?, ?)';
    db.prepare(insert).run(event.eventId, 'order.placed', JSON.stringify(event));
    db.exec('commit');
  } catch (error) {
    if (db.isTransaction) db.exec('rollback');
    throw error;
  }
}

/** Gives a message to the broker and waits until the broker has it. */
export type Publish = (topic: string, eventId: string, payload: string) => Promise<void>;

/**
 * Publishes what waits in the outbox, oldest first. A crash between publish and mark publishes again,
 * so consumers must be idempotent. It throws when the broker fails, and the rest keeps its sequence.
 */
export async function relayOutbox(db: DatabaseSync, publish: Publish): Promise<void> {
  const select = `select position, event_id, topic, payload from outbox
    where published_at is null order by position limit 100`;
  for (const row of db.prepare(select).all()) {
    await publish(String(row.topic), String(row.event_id), String(row.payload));
    const mark = 'update outbox set published_at = ? where position = ?';
    db.prepare(mark).run(new Date().toISOString(), Number(row.position));
  }
}

/** Relays until it is told to stop, and waits longer after each failure. `report` makes failures visible. */
export async function runOutboxRelay(
  db: DatabaseSync,
  publish: Publish,
  { signal, report }: { signal: AbortSignal; report: (error: unknown, failures: number) => void },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await relayOutbox(db, publish);
      failures = 0;
    } catch (error) {
      failures += 1;
      report(error, failures);
    }
    const waitMs = Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
// endregion body
