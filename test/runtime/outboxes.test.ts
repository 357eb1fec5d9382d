// Outboxes in PostgreSQL, with plain SQL, TypeORM and Prisma, and the inbox of a consumer behind them: lines are cut
// before and after statements, the broker fails and its answers are lost, messages come twice and out of sequence.
// In the end each order counts once.
import { array, check, constantFrom, integer, record, asyncProperty } from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { inboxTable, once } from '../../snippets/inbox-postgres.ts';
import { openDatabases, poolOn, urlOf } from './databases.ts';
import type { Database, Databases } from './databases.ts';
import { seed } from './faults.ts';
import { FaultyLine } from './faultyLine.ts';
import type { ConnectionFault } from './faultyPool.ts';
import { inLanes } from './lanes.ts';
import { plainOutbox, prismaOutbox, typeormOutbox } from './outboxes.ts';
import type { Outbox } from './outboxes.ts';
import { isPrismaThere } from './prismaClient.mjs';
import { missing } from './services.ts';

const kinds = [
  ['plain SQL', plainOutbox],
  ['TypeORM', typeormOutbox],
  ['Prisma', prismaOutbox],
] as const;

describe.skipIf(missing('initdb', 'postgres') !== '')('Outboxes in PostgreSQL', () => {
  let databases: Databases;

  beforeAll(async () => {
    databases = await openDatabases(`${inboxTable}; create table revenue (total_in_cents integer not null)`);
  });
  afterAll(() => databases?.close());

  describe.each(kinds)('%s', (name, open) => {
    const isThere = name !== 'Prisma' || isPrismaThere;

    test.skipIf(!isThere)(
      'Each order counts once under 60 schedules',
      { timeout: 300_000 },
      async (context) => {
        const lanes = 3;
        const all = await Promise.all(Array.from({ length: lanes }, () => World.open(databases, open)));
        await inLanes(context, { of: faults, numRuns: 60, lanes }, async (schedule, lane) => {
          await all[lane]?.countOnce(schedule, onceHandled);
        });
        for (const it of all) await it.close();
      },
    );

    test.skipIf(!isThere)('Two relays at once publish each event, and keep the sequence', async () => {
      const world = await World.open(databases, open);
      const ids = await world.place(9);
      const sent: string[] = [];
      const publish = async (_: string, eventId: string): Promise<void> => {
        await sleep(1);
        sent.push(eventId);
      };
      await Promise.all([world.outbox.relay(publish), world.outbox.relay(publish)]);
      await world.outbox.relay(publish);
      expect(sent).toEqual(ids);
      await world.close();
    });
  });

  test('The same harness finds a fault in a consumer without inbox within 100 schedules', async () => {
    const world = await World.open(databases, plainOutbox);
    const naive: Handle = async (db, { data }) => void (await add(db, data.amountInCents));
    const counts = asyncProperty(faults, (schedule) => world.countOnce(schedule, naive));
    expect((await check(counts, { seed, numRuns: 100, endOnFailure: true })).failed).toBe(true);
    await world.close();
  });
});

type Handle = (db: Pool, event: OrderPlaced) => Promise<void>;

/** One database, the outbox in it, and the line that is cut. */
class World {
  readonly outbox: Outbox;
  readonly #line: FaultyLine;
  readonly #database: Database;
  readonly #flaky: Pool;

  constructor(outbox: Outbox, line: FaultyLine, database: Database) {
    this.outbox = outbox;
    this.#line = line;
    this.#database = database;
    this.#flaky = poolOn(urlOf(line.port, database.name));
  }

  static async open(databases: Databases, open: (url: string) => Promise<Outbox>): Promise<World> {
    const database = await databases.make();
    const line = await FaultyLine.to(database.port);
    const outbox = await open(urlOf(line.port, database.name));
    await database.pool.query(outbox.tables);
    return new World(outbox, line, database);
  }

  async close(): Promise<void> {
    await this.#flaky.end();
    await this.outbox.close();
    this.#line.close();
  }

  async place(count: number): Promise<string[]> {
    const events = Array.from({ length: count }, (_, index) => placed(index));
    for (const event of events)
      await retried(() => this.outbox.save(event), /duplicate key|Unique constraint/);
    return events.map((it) => it.eventId);
  }

  async countOnce(schedule: Faults, handle: Handle): Promise<void> {
    const { orders, rows, amount } = this.outbox;
    const { pool } = this.#database;
    await pool.query(`truncate inbox, revenue, ${orders}, ${rows}; insert into revenue values (0)`);
    this.#line.befall(schedule.lines);
    await this.place(schedule.orders);
    const messages: OrderPlaced[] = [];
    const publish = publisher([...schedule.publishes], messages);
    // Nothing is published while a lost connection still has the lock.
    while (await this.#waits()) await retried(() => this.outbox.relay(publish));
    const repeated = schedule.deliveries.flatMap((at) => messages.slice(at, at + 1));
    for (const message of [...repeated, ...messages.reverse()])
      await retried(() => handle(this.#flaky, message));
    this.#line.befall([]);
    const { rows: found } = await pool.query(`select total_in_cents::int as got,
      (select coalesce(sum(${amount}), 0)::int from ${orders}) as wanted from revenue`);
    expect(found).toEqual([{ got: found[0]?.wanted, wanted: found[0]?.wanted }]);
    expect(new Set(messages.map((it) => it.data.orderId)).size).toBe(schedule.orders);
  }

  async #waits(): Promise<boolean> {
    const { rows, publishedAt } = this.outbox;
    const waiting = await this.#database.pool.query(`select 1 from ${rows} where ${publishedAt} is null`);
    return waiting.rowCount !== 0;
  }
}

/** A broker that takes one fault for each message, and keeps what it got. */
function publisher(faults: Faults['publishes'][number][], messages: OrderPlaced[]) {
  return async (_: string, __: string, payload: string): Promise<void> => {
    const fault = faults.shift() ?? 'ok';
    if (fault === 'fails') throw new Error('the broker is down');
    messages.push(JSON.parse(payload));
    if (fault === 'is-lost') throw new Error('the answer of the broker is lost');
  };
}

interface Faults {
  readonly orders: number;
  readonly lines: readonly ConnectionFault[];
  readonly publishes: readonly ('ok' | 'fails' | 'is-lost')[];
  readonly deliveries: readonly number[];
}

const faults = record<Faults>({
  orders: integer({ min: 1, max: 4 }),
  lines: array(constantFrom('ok', 'ok', 'ok', 'ok', 'dies-before', 'dies-after'), { maxLength: 60 }),
  publishes: array(constantFrom('ok', 'fails', 'is-lost'), { maxLength: 6 }),
  deliveries: array(integer({ min: 0, max: 5 }), { maxLength: 4 }),
});

function placed(index: number): OrderPlaced {
  const data = { orderId: `order-${index}`, amountInCents: 10 ** index };
  return orderPlaced(data, { correlationId: `request-${index}` });
}

/** A user or a broker tries again until it hears that the work was done, or that it had been done before. */
async function retried(work: () => Promise<unknown>, done = /^$/): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    if (tries > 300) throw new Error('It never succeeds.');
    const error = await work().then(
      () => null,
      (it: unknown) => String(it),
    );
    if (error === null || done.test(error)) return;
  }
}

async function onceHandled(db: Pool, { eventId, data }: OrderPlaced): Promise<void> {
  await once(db, { consumer: 'revenue', eventId }, async (client) => add(client, data.amountInCents));
}

async function add(db: Pick<Pool, 'query'>, amount: number): Promise<void> {
  await db.query('update revenue set total_in_cents = total_in_cents + $1', [amount]);
}
