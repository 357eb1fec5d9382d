// The choreography and the replay script, in PostgreSQL: lines are cut, publishing fails and loses its answers, and
// messages come twice and out of sequence.
import { array, constantFrom, record, shuffledSubarray } from 'fast-check';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { handlePaymentFailed, handlePaymentProcessed } from '../../snippets/choreography.ts';
import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { paymentEventMetadata } from '../../snippets/event-pair.ts';
import type { PaymentOutcome } from '../../snippets/event-pair.ts';
import { inboxTable, once } from '../../snippets/inbox-postgres.ts';
import { outboxTable, relayOutbox, saveOrderPlaced } from '../../snippets/outbox-postgres.ts';
import { readReplay, replay } from '../../snippets/replay.ts';
import { openDatabases } from './databases.ts';
import type { Databases } from './databases.ts';
import { untilDone } from './deliveries.ts';
import { faultyPool } from './faultyPool.ts';
import type { ConnectionFault } from './faultyPool.ts';
import { inLanes } from './lanes.ts';
import { missing } from './services.ts';

const lanes = 3;

describe.skipIf(missing('initdb', 'postgres') !== '')('In PostgreSQL', () => {
  let databases: Databases;

  beforeAll(async () => {
    databases = await openDatabases(`${inboxTable}; ${outboxTable};
      create table order_records (id text primary key, amount_in_cents integer not null);
      create table order_status (order_id text primary key, status text not null, correlation_id text not null);
      create table revenue (total_in_cents integer not null)`);
  });
  afterAll(() => databases?.close());

  test(
    'Of a success and a failure the first one counts, under 60 schedules',
    { timeout: 300_000 },
    async (context) => {
      const pools = await ownPools();
      await inLanes(context, { of: outcomes, numRuns: 60, lanes }, async ({ sequence, faults }, lane) => {
        const pool = poolAt(pools, lane);
        await pool.query('truncate inbox, order_status');
        const flaky = faultyPool(pool, [...faults]);
        const events = [0, 1, 2].flatMap((index) => bothOutcomes(`order-${index}`));
        const first = new Map<string, string>();
        for (const at of sequence) {
          const event = events[at] ?? expect.fail('There is an event at each place.');
          await untilDone(() => handle(flaky, event));
          if (!first.has(event.data.orderId)) first.set(event.data.orderId, event.type);
        }
        const { rows } = await pool.query('select order_id, status from order_status');
        const found = Object.fromEntries(rows.map((it) => [it.order_id, it.status]));
        const wanted = [...first].map(([id, type]) => [
          id,
          type === 'PaymentProcessed' ? 'paid' : 'cancelled',
        ]);
        expect(found).toEqual(Object.fromEntries(wanted));
      });
    },
  );

  test(
    'A replay has each event count once more, under 60 schedules',
    { timeout: 300_000 },
    async (context) => {
      const pools = await ownPools();
      await inLanes(context, { of: replays, numRuns: 60, lanes }, async ({ faults, publishes }, lane) => {
        const pool = poolAt(pools, lane);
        await pool.query('truncate inbox, outbox, order_records, revenue; insert into revenue values (0)');
        for (const index of [0, 1, 2]) await saveOrderPlaced(pool, placed(index));
        const deliver = async (_: string, __: string, payload: string): Promise<void> =>
          onceHandled(pool, JSON.parse(payload));
        await relayOutbox(pool, deliver);
        expect(await totalIn(pool)).toBe(111);
        const flaky = faultyPool(pool, [...faults]);
        const sends = [...publishes];
        const publish = async (_: string, __: string, payload: string): Promise<void> => {
          const fault = sends.shift() ?? 'ok';
          if (fault === 'fails') throw new Error('the broker is down');
          await untilDone(() => onceHandled(flaky, JSON.parse(payload)));
          if (fault === 'is-lost') throw new Error('the answer of the broker is lost');
        };
        await replayedAsTold(pool, publish);
        expect(await totalIn(pool)).toBe(222);
      });
    },
  );

  test('A replay only counts until it is told to go, and what was handled stays handled', async () => {
    const [pool] = await ownPools();
    if (pool === undefined) return expect.fail('There is a database.');
    await pool.query('insert into revenue values (0)');
    for (const index of [0, 1]) await saveOrderPlaced(pool, placed(index));
    const topics: string[] = [];
    const deliver = async (topic: string, _: string, payload: string): Promise<void> => {
      topics.push(topic);
      await onceHandled(pool, JSON.parse(payload));
    };
    await relayOutbox(pool, deliver);
    expect(await replay(pool, deliver, readReplay(window))).toBe(2);
    expect(topics).toHaveLength(2);
    expect(await replay(pool, deliver, readReplay([...window, '--go']))).toBe(2);
    expect(topics.slice(2)).toEqual(['order.placed.replay.revenue', 'order.placed.replay.revenue']);
    expect(await totalIn(pool)).toBe(11);
  });

  async function ownPools(): Promise<Pool[]> {
    const all = await Promise.all(Array.from({ length: lanes }, () => databases.make()));
    return all.map((it) => it.pool);
  }
});

const window = ['--from', '2000-01-01', '--to', '2999-01-01', '--per-second', '10000'];

/** As a person runs the script: with `--forget`, and when it says that some were published, again without. */
async function replayedAsTold(pool: Pool, publish: Parameters<typeof replay>[1]): Promise<void> {
  let options = ['--go', '--forget'];
  for (;;) {
    const error = await replay(pool, publish, readReplay([...window, ...options])).then(
      () => null,
      (it: unknown) => String(it),
    );
    if (error === null) return;
    if (error.includes('without --forget')) options = ['--go'];
  }
}

const lineFaults = array(constantFrom<ConnectionFault>('ok', 'ok', 'ok', 'dies-before', 'dies-after'), {
  maxLength: 30,
});
const outcomes = record({
  sequence: shuffledSubarray([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], { minLength: 4 }),
  faults: lineFaults,
});
const replays = record({
  faults: lineFaults,
  publishes: array(constantFrom('ok', 'fails', 'is-lost'), { maxLength: 8 }),
});

function bothOutcomes(orderId: string): PaymentOutcome[] {
  const cause = { correlationId: orderId, eventId: 'cause' };
  const data = { paymentId: `payment of ${orderId}`, orderId };
  return [
    { ...paymentEventMetadata(cause), type: 'PaymentProcessed', data },
    { ...paymentEventMetadata(cause), type: 'PaymentFailed', data: { ...data, reason: 'provider-down' } },
  ];
}

async function handle(pool: Pool, event: PaymentOutcome): Promise<void> {
  if (event.type === 'PaymentProcessed') await handlePaymentProcessed(pool, event);
  else await handlePaymentFailed(pool, event);
}

function placed(index: number): OrderPlaced {
  const data = { orderId: `order-${index}`, amountInCents: 10 ** index };
  return orderPlaced(data, { correlationId: `request-${index}` });
}

async function onceHandled(pool: Pool, { eventId, data }: OrderPlaced): Promise<void> {
  await once(pool, { consumer: 'revenue', eventId }, async (client) => {
    await client.query('update revenue set total_in_cents = total_in_cents + $1', [data.amountInCents]);
  });
}

async function totalIn(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query('select total_in_cents from revenue');
  return rows[0]?.total_in_cents;
}

function poolAt(pools: readonly Pool[], lane: number): Pool {
  return pools[lane] ?? expect.fail('Each lane has a database.');
}
