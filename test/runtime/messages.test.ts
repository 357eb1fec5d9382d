// Outbox and inbox together: orders are placed, relayed, delivered twice and out of sequence, and handled,
// while each process on the way dies now and then. In the end each order counts once.
import { DatabaseSync } from 'node:sqlite';

import { array, assert, asyncProperty, check, constantFrom, integer, option, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';

import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { paymentFailed } from '../../snippets/failure-event.ts';
import { handleOrderPlaced, inboxTable } from '../../snippets/idempotent-consumer.ts';
import { outboxTable, relayOutbox, runOutboxRelay, saveOrderPlaced } from '../../snippets/outbox-publish.ts';
import type { Publish } from '../../snippets/outbox-publish.ts';
import { countSchedule, seed } from './faults.ts';
import { Crash, FaultyDatabase } from './faultyDatabase.ts';

test('Outbox and inbox count each order once under 300 schedules', { timeout: 300_000 }, async (context) => {
  await assert(
    countedOnce(handleOrderPlaced, (schedule) => countSchedule(context, schedule)),
    { seed, numRuns: 300 },
  );
});

test('The same harness finds a fault in a consumer without inbox within 100 schedules', async () => {
  const naive: Handle = (db, { data }) => {
    db.prepare('update revenue set total_in_cents = total_in_cents + ?').run(data.amountInCents);
  };
  expect((await check(countedOnce(naive), { seed, numRuns: 100, endOnFailure: true })).failed).toBe(true);
});

test('The same harness finds a fault in an inbox row outside the transaction within 300 schedules', async () => {
  const split: Handle = (db, { eventId, data }) => {
    const insert = "insert into inbox values ('revenue', ?, '') on conflict do nothing";
    if (db.prepare(insert).run(eventId).changes === 0) return;
    db.prepare('update revenue set total_in_cents = total_in_cents + ?').run(data.amountInCents);
  };
  expect((await check(countedOnce(split), { seed, numRuns: 300, endOnFailure: true })).failed).toBe(true);
});

test('The relay goes on after a failure, reports it and stops when told', async () => {
  const db = shopDatabase();
  saveOrderPlaced(db, placed(0));
  const stop = new AbortController();
  const failures: number[] = [];
  const topics: string[] = [];
  await runOutboxRelay(
    db,
    async (topic) => {
      if (failures.length === 0) throw new Error('the broker is down');
      topics.push(topic);
      stop.abort();
    },
    { signal: stop.signal, report: (_, count) => failures.push(count) },
  );
  expect({ topics, failures }).toEqual({ topics: ['order.placed'], failures: [1] });
});

test('A follow-up event carries the correlation and names its cause', () => {
  const cause = placed(0);
  const data = { paymentId: 'payment-1', reason: 'provider-down', detail: '', isRetriable: true } as const;
  const event = paymentFailed(data, cause);
  expect(event).toMatchObject({ correlationId: 'request-0', causationId: cause.eventId, version: 1 });
  expect(event.eventId).not.toBe(cause.eventId);
  expect(cause.causationId).toBeNull();
});

type Handle = (db: DatabaseSync, event: OrderPlaced) => void;
type Moment = number | null;

/** What goes wrong. A moment says at which write a process dies. */
interface Faults {
  readonly saves: readonly { readonly crashAt: Moment; readonly isRetried: boolean }[];
  readonly marks: readonly Moment[];
  readonly publishes: readonly ('ok' | 'fail' | 'lost')[];
  readonly handles: readonly Moment[];
  readonly deliveries: readonly number[];
}

const moment = (max: number): Arbitrary<Moment> => option(integer({ min: 0, max }), { freq: 2 });
const faults: Arbitrary<Faults> = record({
  saves: array(record({ crashAt: moment(8), isRetried: constantFrom(true, false) }), {
    minLength: 1,
    maxLength: 5,
  }),
  marks: array(moment(4), { maxLength: 5 }),
  publishes: array(constantFrom('ok', 'fail', 'lost'), { maxLength: 8 }),
  handles: array(moment(8), { maxLength: 8 }),
  deliveries: array(integer({ min: 0, max: 9 }), { maxLength: 12 }),
});

function countedOnce(
  handle: Handle,
  count: (schedule: Faults) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Faults]>> {
  return asyncProperty(faults, async (schedule) => {
    const { saves, marks, publishes, handles, deliveries } = schedule;
    const db = shopDatabase();
    saves.forEach((save, index) => place(db, placed(index), save));
    const messages = await relay(db, [...marks], [...publishes]);
    const repeated = deliveries.flatMap((at) => messages.slice(at, at + 1));
    deliver(db, [...repeated, ...messages.reverse()], handle, [...handles]);
    const total = 'select coalesce(sum(amount_in_cents), 0) as total from order_records';
    expect(db.prepare('select total_in_cents as total from revenue').get()).toEqual(db.prepare(total).get());
    const orders = db.prepare('select id from order_records order by id').all();
    const published = new Set(messages.map((it) => it.data.orderId));
    expect([...published].sort()).toEqual(orders.map(({ id }) => id));
    count(schedule);
  });
}

function shopDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(`${inboxTable}; ${outboxTable};
    create table order_records (id text primary key, amount_in_cents integer not null);
    create table revenue (total_in_cents integer not null); insert into revenue values (0)`);
  return db;
}

function placed(index: number): OrderPlaced {
  const data = { orderId: `order-${index}`, amountInCents: 10 ** index };
  return orderPlaced(data, { correlationId: `request-${index}` });
}

function place(db: DatabaseSync, event: OrderPlaced, { crashAt, isRetried }: Faults['saves'][number]): void {
  if (inProcess(db, crashAt, (it) => saveOrderPlaced(it, event)) || !isRetried) return;
  const isSaved = db.prepare('select 1 from order_records where id = ?').get(event.data.orderId);
  if (!isSaved) saveOrderPlaced(db, event);
}

/** Relays until the outbox is empty; gives what the broker got. */
async function relay(
  db: DatabaseSync,
  marks: Moment[],
  publishes: Faults['publishes'][number][],
): Promise<OrderPlaced[]> {
  const messages: OrderPlaced[] = [];
  const publish: Publish = async (_, __, payload) => {
    const fault = publishes.shift() ?? 'ok';
    if (fault === 'fail') throw new Error('the broker is down');
    messages.push(JSON.parse(payload));
    if (fault === 'lost') throw new Error('the answer of the broker is lost');
  };
  while (db.prepare('select 1 from outbox where published_at is null').get()) {
    const connection = new FaultyDatabase(db, marks.shift() ?? null);
    await relayOutbox(connection.connect(), publish).catch(() => connection.disconnect());
  }
  return messages;
}

/** Delivers each message until its handler has returned. */
function deliver(db: DatabaseSync, messages: OrderPlaced[], handle: Handle, crashes: Moment[]): void {
  for (const message of messages) {
    while (!inProcess(db, crashes.shift() ?? null, (it) => handle(it, message)));
  }
}

function inProcess(db: DatabaseSync, crashAt: Moment, work: (db: DatabaseSync) => void): boolean {
  const connection = new FaultyDatabase(db, crashAt);
  try {
    work(connection.connect());
    return true;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    connection.disconnect();
    return false;
  }
}
