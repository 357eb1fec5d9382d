// snippet: idempotent-consumer
// description: Consumer with an inbox: each event takes effect once, however often it is delivered
// after: domain-event
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: revenue
import type { OrderPlaced } from './domain-event.ts';
// region body
import type { DatabaseSync } from 'node:sqlite';

/** Run these once, with the migrations. The primary key is what stops a repeated delivery. */
export const inboxTable = `create table if not exists inbox (
  consumer text not null, event_id text not null, handled_at text not null,
  primary key (consumer, event_id))`;

/**
 * Handles one delivery. The inbox row and the effect commit together or not at all, so a repeat finds
 * the row and does nothing. It throws when it fails: acknowledge only after it has returned.
 */
export function handleOrderPlaced(db: DatabaseSync, event: OrderPlaced): void {
  db.exec('begin immediate');
  try {
    const insert = `insert into inbox (consumer, event_id, handled_at) values (?, ?, ?)
      on conflict (consumer, event_id) do nothing`;
    const row = db.prepare(insert).run('revenue', event.eventId, new Date().toISOString());
    if (row.changes === 1) applyOrderPlaced(db, event);
    db.exec('commit');
  } catch (error) {
    if (db.isTransaction) db.exec('rollback');
    throw error;
  }
}

/** The effect, in the same database. A remote call does not belong here: write an outbox row instead. */
function applyOrderPlaced(db: DatabaseSync, event: OrderPlaced): void {
  const { amountInCents } = event.data;
  db.prepare('update revenue set total_in_cents = total_in_cents + ?').run(amountInCents);
}
// endregion body
