// The snippets for PostgreSQL against a real server: connections die before and after statements, processes
// are killed, messages come twice and out of sequence. In the end each order counts once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import { array, assert, asyncProperty, check, constantFrom, integer, record } from 'fast-check';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { handlePaymentFailed, handlePaymentProcessed } from '../../snippets/choreography.ts';
import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { paymentEventMetadata } from '../../snippets/event-pair.ts';
import { inboxTable, once } from '../../snippets/inbox-postgres.ts';
import { outboxTable, relayOutbox, saveOrderPlaced } from '../../snippets/outbox-postgres.ts';
import * as typeormOutbox from '../../snippets/outbox-typeorm.ts';
import { readReplay, replay } from '../../snippets/replay.ts';
import * as snippet from '../../snippets/saga.ts';
import { orderSagasTable, postgresOrderSagaStore } from '../../snippets/saga-store-postgres.ts';
import { countSchedule, schedules, seed } from './faults.ts';
import type { Schedule } from './faults.ts';
import { faultyPool } from './faultyPool.ts';
import type { ConnectionFault } from './faultyPool.ts';
import { run } from './killedRuns.ts';
import { missing, startPostgres } from './services.ts';
import type { Service } from './services.ts';
import { imbalances } from './shop.ts';
import { snippetSaga } from './subjects.ts';
import { outcomeUnder } from './world.ts';

describe.skipIf(missing('initdb', 'postgres') !== '')('PostgreSQL', () => {
  let server: Service;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres();
    pool = await connect(server.port);
    await pool.query(`${inboxTable}; ${outboxTable}; ${orderSagasTable};
      create table order_records (id text primary key, amount_in_cents integer not null);
      create table order_status (order_id text primary key, status text not null, correlation_id text not null);
      create table revenue (total_in_cents integer not null)`);
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });

  test('The saga survives 150 schedules of faults', { timeout: 300_000 }, async (context) => {
    const makeSubject = snippetSaga(snippet, () => ({
      store: postgresOrderSagaStore(pool),
      expireLeases: async () => void (await pool.query("update order_sagas set lease_until = '-infinity'")),
    }));
    const balances = asyncProperty(schedules, async (schedule: Schedule) => {
      await pool.query('truncate order_sagas');
      expect((await outcomeUnder(schedule, makeSubject)).faults).toEqual([]);
      countSchedule(context);
    });
    await assert(balances, { seed, numRuns: 150 });
  });

  test.each([
    ['completed', '-', 2],
    ['completed', '-', 7],
    ['completed', '-', 12],
    ['completed', '-', 17],
    ['compensated', 'confirm', 15],
    ['compensated', 'confirm', 24],
    ['compensated', 'charge', 13],
    ['compensated', 'charge', 20],
  ])('A saga is %s though its process is killed (declined: %s, moment %i)', async (status, declined, at) => {
    await pool.query('truncate order_sagas');
    const folder = await mkdtemp(join(tmpdir(), 'killed-saga-'));
    const file = join(folder, 'shop.db');
    for (const [moment, end] of [
      [String(at), 'SIGKILL'],
      ['5', 'SIGKILL'],
      ['never', 0],
    ] as const) {
      expect(await run(file, declined, moment, '0', String(server.port))).toBe(end);
      await pool.query("update order_sagas set lease_until = '-infinity'");
    }
    const { rows } = await pool.query<{ status: string }>('select status from order_sagas');
    expect(rows).toEqual([{ status }]);
    expect(imbalances(new DatabaseSync(file))).toEqual([]);
    await rm(folder, { recursive: true });
  });

  test('Only one of two workers gets a saga, and the slower one may not write', async () => {
    const store = postgresOrderSagaStore(pool);
    const input = { orderId: 'order-1', amountInCents: 1 };
    await store.create({ id: 'two', correlationId: 'c', input, fence: 0, status: 'running', steps: {} });
    const claims = await Promise.all([1, 2, 3].map(() => store.claim('two', 'open', 60_000)));
    const [first, ...others] = claims.filter((it) => it !== undefined);
    expect(others).toEqual([]);
    await pool.query("update order_sagas set lease_until = now() - interval '1 second'");
    const second = await store.claim('two', 'open', 60_000);
    expect(second?.fence).toBe(2);
    expect(first && (await store.save(first, 60_000))).toBe(false);
    expect(second && (await store.save(second, 0))).toBe(true);
  });

  test('Outbox and inbox count each order once under 60 schedules', { timeout: 300_000 }, async (context) => {
    await assert(
      countedOnce(onceHandled, () => countSchedule(context)),
      { seed, numRuns: 60 },
    );
  });

  test('The same harness finds a fault in a consumer without inbox within 100 schedules', async () => {
    const naive: Handle = async (db, { data }) => void (await add(db, data.amountInCents));
    expect((await check(countedOnce(naive), { seed, numRuns: 100, endOnFailure: true })).failed).toBe(true);
  });

  test('Two relays at once publish each event, and keep the sequence', async () => {
    await empty();
    for (let index = 0; index < 9; index += 1) await saveOrderPlaced(pool, placed(index));
    const topics: string[] = [];
    const publish = async (_: string, eventId: string): Promise<void> => {
      await sleep(1);
      topics.push(eventId);
    };
    await Promise.all([relayOutbox(pool, publish), relayOutbox(pool, publish)]);
    const { rows } = await pool.query<{ event_id: string }>('select event_id from outbox order by position');
    expect(topics).toEqual(rows.map((it) => it.event_id));
  });

  test('The outbox with TypeORM keeps both or neither, and publishes after each failure', async () => {
    const source = new DataSource({
      type: 'postgres',
      url: urlOf(server.port),
      schema: 'typeorm',
      entities: [typeormOutbox.orderRecords, typeormOutbox.outboxRows],
    });
    await pool.query('create schema typeorm');
    await source.initialize();
    await source.synchronize();
    const events = [placed(0), placed(1), placed(2)];
    for (const event of events) await typeormOutbox.saveOrderPlaced(source, event);
    const twice = events[0] ?? placed(9);
    await expect(typeormOutbox.saveOrderPlaced(source, { ...twice, eventId: 'another' })).rejects.toThrow();
    const sent: string[] = [];
    let failures = 2;
    const publish = async (_: string, eventId: string): Promise<void> => {
      sent.push(eventId);
      if (eventId === events[1]?.eventId && (failures -= 1) >= 0) throw new Error('the answer is lost');
    };
    while ((await typeormOutbox.relayOutbox(source, publish).catch(() => 1)) > 0);
    expect([...new Set(sent)]).toEqual(events.map((it) => it.eventId));
    expect(sent.filter((it) => it === events[1]?.eventId)).toHaveLength(3);
    await source.destroy();
  });

  test('The failure of a payment that comes late does not cancel a paid order', async () => {
    const metadata = paymentEventMetadata({ correlationId: 'request-1', eventId: 'cause' });
    const data = { paymentId: 'payment-1', orderId: 'order-1' };
    const isPaid = { ...metadata, type: 'PaymentProcessed', data } as const;
    const later = { ...paymentEventMetadata({ correlationId: 'request-1', eventId: 'cause' }) };
    const hasFailed = {
      ...later,
      type: 'PaymentFailed',
      data: { ...data, reason: 'provider-down' },
    } as const;
    for (const _ of [1, 2]) await handlePaymentProcessed(pool, isPaid);
    for (const _ of [1, 2]) await handlePaymentFailed(pool, hasFailed);
    const { rows } = await pool.query('select status, correlation_id from order_status');
    expect(rows).toEqual([{ status: 'paid', correlation_id: 'request-1' }]);
  });

  test('A replay counts first, then publishes for one consumer, which forgets what it is told to', async () => {
    await empty();
    for (const index of [0, 1]) await saveOrderPlaced(pool, placed(index));
    const deliver = async (_: string, __: string, payload: string): Promise<void> =>
      void (await onceHandled(pool, JSON.parse(payload)));
    await relayOutbox(pool, deliver);
    const times = ['--from', '2000-01-01', '--to', '2999-01-01', '--per-second', '1000'];
    const total = async (): Promise<unknown> => (await pool.query('select * from revenue')).rows[0];
    expect(await replay(pool, deliver, readReplay(times))).toBe(2);
    expect(await replay(pool, deliver, readReplay([...times, '--go']))).toBe(2);
    expect(await total()).toEqual({ total_in_cents: 11 });
    await replay(pool, deliver, readReplay([...times, '--go', '--forget']));
    expect(await total()).toEqual({ total_in_cents: 22 });
  });

  type Handle = (db: Pool, event: OrderPlaced) => Promise<void>;

  async function onceHandled(db: Pool, { eventId, data }: OrderPlaced): Promise<void> {
    await once(db, { consumer: 'revenue', eventId }, async (client) => add(client, data.amountInCents));
  }

  function countedOnce(
    handle: Handle,
    count: () => void = () => undefined,
  ): ReturnType<typeof asyncProperty<[Faults]>> {
    return asyncProperty(faults, async ({ orders, connections, publishes, deliveries }) => {
      await empty();
      const flaky = faultyPool(pool, [...connections]);
      for (let index = 0; index < orders; index += 1) {
        await retried(() => saveOrderPlaced(flaky, placed(index)), 'duplicate key');
      }
      const messages: OrderPlaced[] = [];
      const sends = [...publishes];
      const publish = async (_: string, __: string, payload: string): Promise<void> => {
        const fault = sends.shift() ?? 'ok';
        if (fault === 'fails') throw new Error('the broker is down');
        messages.push(JSON.parse(payload));
        if (fault === 'is-lost') throw new Error('the answer of the broker is lost');
      };
      await retried(() => relayOutbox(flaky, publish));
      const repeated = deliveries.flatMap((at) => messages.slice(at, at + 1));
      for (const message of [...repeated, ...messages.reverse()]) await retried(() => handle(flaky, message));
      const { rows } = await pool.query(`select total_in_cents::int as got,
        (select coalesce(sum(amount_in_cents), 0)::int from order_records) as wanted from revenue`);
      const [{ got, wanted } = { got: null, wanted: undefined }] = rows;
      if (got !== wanted) throw new Error(`${got} was counted instead of ${wanted}`);
      const ids = new Set(messages.map((it) => it.data.orderId));
      if (ids.size !== orders) throw new Error(`${ids.size} of ${orders} orders were published`);
      count();
    });
  }

  async function empty(): Promise<void> {
    await pool.query('truncate inbox, outbox, order_records, revenue; insert into revenue values (0)');
  }
});

interface Faults {
  readonly orders: number;
  readonly connections: readonly ConnectionFault[];
  readonly publishes: readonly ('ok' | 'fails' | 'is-lost')[];
  readonly deliveries: readonly number[];
}

const faults = record<Faults>({
  orders: integer({ min: 1, max: 4 }),
  connections: array(constantFrom('ok', 'ok', 'ok', 'ok', 'dies-before', 'dies-after'), { maxLength: 60 }),
  publishes: array(constantFrom('ok', 'fails', 'is-lost'), { maxLength: 6 }),
  deliveries: array(integer({ min: 0, max: 5 }), { maxLength: 4 }),
});

function placed(index: number): OrderPlaced {
  const data = { orderId: `order-${index}`, amountInCents: 10 ** index };
  return orderPlaced(data, { correlationId: `request-${index}` });
}

/** A user or a broker tries again until it hears that the work was done, or that it had been done before. */
async function retried(work: () => Promise<unknown>, done = 'never'): Promise<void> {
  for (;;) {
    const error = await work().then(
      () => null,
      (it: unknown) => String(it),
    );
    if (error === null || error.includes(done)) return;
  }
}

async function add(db: Pick<Pool, 'query'>, amount: number): Promise<void> {
  await db.query('update revenue set total_in_cents = total_in_cents + $1', [amount]);
}

function urlOf(port: number): string {
  return `postgres://saga@127.0.0.1:${port}/postgres`;
}

/** Connects as soon as the server has started up. */
async function connect(port: number): Promise<Pool> {
  const pool = new Pool({ connectionString: urlOf(port), max: 5 });
  pool.on('error', () => undefined);
  while ((await pool.query('select 1').catch(() => null)) === null) await sleep(50);
  return pool;
}
