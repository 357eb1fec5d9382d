// snippet: process-manager
// description: Process manager: events move one stored state forward, commands leave through an outbox, deadlines
// placeholder 1: Order
// choice 2: 60_000 | 5_000 | 900_000
// choice 3: 5 | 3 | 10
// region body
import type { DatabaseSync } from 'node:sqlite';

/** What all messages of the process carry. `orderId` finds the process. */
interface OrderProcessMetadata {
  readonly version: 1;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly orderId: string;
}

/** What starts the process and what moves it. Each step has an answer for success and one for failure. */
export type OrderProcessEvent = OrderProcessMetadata & { readonly type: OrderProcessEventType };

type OrderProcessEventType =
  | 'OrderPlaced'
  | 'StockReserved'
  | 'StockReservationFailed'
  | 'CardCharged'
  | 'CardChargeFailed'
  | 'CardRefunded'
  | 'StockReleased';

/** What the process asks for. The receiver acts once per `key`, and refuses what it has undone already. */
export interface OrderProcessCommand {
  readonly type:
    'ReserveStock' | 'ChargeCard' | 'RefundCard' | 'ReleaseStock' | 'ConfirmOrder' | 'CancelOrder';
  readonly key: string;
  readonly orderId: string;
  readonly correlationId: string;
}

type State = 'reserving' | 'charging' | 'refunding' | 'releasing' | 'confirmed' | 'cancelled' | 'stuck';
type Move = readonly [next: State, command: OrderProcessCommand['type']];

/** Each state, what moves it on, and what is asked for then. `confirmed` and `cancelled` are final. */
const moves: Readonly<Record<State, Partial<Record<OrderProcessEventType | 'Expired', Move>>>> = {
  reserving: {
    StockReserved: ['charging', 'ChargeCard'],
    StockReservationFailed: ['cancelled', 'CancelOrder'],
    Expired: ['releasing', 'ReleaseStock'],
  },
  charging: {
    CardCharged: ['confirmed', 'ConfirmOrder'],
    CardChargeFailed: ['releasing', 'ReleaseStock'],
    Expired: ['refunding', 'RefundCard'],
  },
  refunding: { CardRefunded: ['releasing', 'ReleaseStock'], Expired: ['refunding', 'RefundCard'] },
  releasing: { StockReleased: ['cancelled', 'CancelOrder'], Expired: ['releasing', 'ReleaseStock'] },
  confirmed: {},
  cancelled: {},
  stuck: {},
};

/** Run these once, with the migrations. */
export const orderProcessTables = `
  create table if not exists order_processes (
    id text primary key, state text not null, correlation_id text not null,
    reminders integer not null default 0, expires_at integer);
  create table if not exists order_process_inbox (event_id text primary key);
  create table if not exists order_process_outbox (
    position integer primary key, key text not null, payload text not null, sent_at text)`;

const limits = { expireMs: 60_000, reminders: 5 };

/** Handles one delivery: inbox row, new state and command commit together, so a repeat does nothing. */
export function handleOrderProcessEvent(db: DatabaseSync, event: OrderProcessEvent, now = Date.now()): void {
  inTransaction(db, () => {
    const note = 'insert into order_process_inbox (event_id) values (?) on conflict (event_id) do nothing';
    if (db.prepare(note).run(event.eventId).changes === 0) return;
    if (event.type === 'OrderPlaced') startProcess(db, event, now);
    else moveOn(db, event.orderId, event.type, now);
  });
}

/**
 * Call it every few seconds: reminds of what was not answered in time, and tells people when that does not help.
 * A process that could not be handled does not stop the others; the errors come together in the end.
 */
export async function expireOrderProcesses(
  db: DatabaseSync,
  alert: (orderId: string) => Promise<void>,
  now = Date.now(),
): Promise<void> {
  const errors: unknown[] = [];
  const select = 'select id, reminders from order_processes where expires_at <= ?';
  for (const { id, reminders } of db.prepare(select).all(now)) {
    try {
      if (Number(reminders) < limits.reminders) remind(db, String(id), now);
      else await giveUp(db, String(id), { alert, now });
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Some processes could not be expired.');
}

/** An answer, or another worker's reminder, may have come meanwhile. */
function remind(db: DatabaseSync, orderId: string, now: number): void {
  inTransaction(db, () => {
    const isExpired = db.prepare('select 1 from order_processes where id = ? and expires_at <= ?');
    if (isExpired.get(orderId, now) !== undefined) moveOn(db, orderId, 'Expired', now);
  });
}

/** Told before it is stored: a crash in between tells twice instead of never. */
async function giveUp(
  db: DatabaseSync,
  orderId: string,
  { alert, now }: { alert: (orderId: string) => Promise<void>; now: number },
): Promise<void> {
  await alert(orderId);
  const update = `update order_processes set state = 'stuck', expires_at = null
    where id = ? and expires_at <= ?`;
  db.prepare(update).run(orderId, now);
}

/** Call it again and again: sends what is asked for, oldest first. A crash sends again, under the same key. */
export async function sendOrderProcessCommands(
  db: DatabaseSync,
  send: (command: OrderProcessCommand) => Promise<void>,
): Promise<number> {
  const select = `select position, payload from order_process_outbox
    where sent_at is null order by position limit 100`;
  const rows = db.prepare(select).all();
  for (const { position, payload } of rows) {
    const command: OrderProcessCommand = JSON.parse(String(payload));
    await send(command);
    const mark = 'update order_process_outbox set sent_at = ? where position = ?';
    db.prepare(mark).run(new Date().toISOString(), Number(position));
  }
  return rows.length;
}

function startProcess(db: DatabaseSync, { orderId, correlationId }: OrderProcessEvent, now: number): void {
  const insert = `insert into order_processes (id, state, correlation_id, expires_at)
    values (?, 'reserving', ?, ?) on conflict (id) do nothing`;
  const { changes } = db.prepare(insert).run(orderId, correlationId, now + limits.expireMs);
  if (changes === 1) ask(db, 'ReserveStock', { orderId, correlationId });
}

/** A late answer to what was given up finds no move: the receiver has refused or undone it. */
function moveOn(
  db: DatabaseSync,
  orderId: string,
  type: OrderProcessEventType | 'Expired',
  now: number,
): void {
  const process = db.prepare('select state, correlation_id from order_processes where id = ?').get(orderId);
  // The command that this answers was stored with the process, so it must be there: let the broker try again.
  if (process === undefined) throw new Error(`There is no process of order ${orderId}.`);
  const move = moves[stateOf(String(process.state))][type];
  if (move === undefined) return;
  const [next, command] = move;
  const isFinal = next === 'confirmed' || next === 'cancelled';
  const update = `update order_processes
    set state = ?, expires_at = ?, reminders = case when state = ? then reminders + 1 else 0 end where id = ?`;
  db.prepare(update).run(next, isFinal ? null : now + limits.expireMs, next, orderId);
  ask(db, command, { orderId, correlationId: String(process.correlation_id) });
}

function ask(
  db: DatabaseSync,
  type: OrderProcessCommand['type'],
  process: { orderId: string; correlationId: string },
): void {
  const command: OrderProcessCommand = { type, key: `${process.orderId}:${type}`, ...process };
  const insert = 'insert into order_process_outbox (key, payload) values (?, ?)';
  db.prepare(insert).run(command.key, JSON.stringify(command));
}

function stateOf(text: string): State {
  const known = Object.keys(moves).find((it): it is State => it === text);
  if (known === undefined) throw new Error(`${text} is not a state of the process.`);
  return known;
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('begin immediate');
  try {
    work();
    db.exec('commit');
  } catch (error) {
    if (db.isTransaction) db.exec('rollback');
    throw error;
  }
}
// endregion body
