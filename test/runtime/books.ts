// The books of the consumers' tests, in PostgreSQL: what each order brought in, and which message was handled.
import { array, constantFrom, record, shuffledSubarray } from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { expect } from 'vitest';

import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { inboxTable } from '../../snippets/inbox-postgres.ts';
import { openDatabases } from './databases.ts';
import type { Database, Databases } from './databases.ts';
import type { countSchedule } from './faults.ts';
import { faultyPool } from './faultyPool.ts';
import type { ConnectionFault } from './faultyPool.ts';
import { inLanes } from './lanes.ts';

/** A message that nobody can read. */
export const poison = 'not JSON';

/** What a consumer is run with: messages that come twice and shuffled, and a pool whose connections die. */
export interface Run {
  readonly messages: readonly string[];
  readonly flaky: Pool;
  readonly books: Books;
  /** Which of the runs that go on beside each other this is. */
  readonly lane: number;
}

/** Starts a server for empty books. */
export async function openShelf(): Promise<Databases> {
  return openDatabases(`${inboxTable}; create table revenue (total_in_cents integer not null)`);
}

/** Runs a consumer under schedules; it gives what lies in the dead letters in the end. */
export async function underSchedules(
  context: Parameters<typeof countSchedule>[0],
  { shelf, numRuns, lanes }: { shelf: Databases; numRuns: number; lanes: number },
  consume: (run: Run) => Promise<string[]>,
): Promise<void> {
  const all = await Promise.all(Array.from({ length: lanes }, async () => new Books(await shelf.make())));
  await inLanes(context, { of: schedule, numRuns, lanes }, async ({ sequence, faults }, lane) => {
    const books = all[lane];
    if (books === undefined) throw new Error('Each lane has books.');
    const fresh = await books.fresh();
    const messages = sequence.flatMap((at) => fresh.slice(at, at + 1));
    const flaky = faultyPool(books.pool, [...faults]);
    await books.expectBalance(messages, await consume({ messages, flaky, books, lane }));
  });
}

/** Books in a database of their own. */
export class Books {
  readonly url: string;
  readonly pool: Pool;

  constructor({ url, pool }: Database) {
    this.url = url;
    this.pool = pool;
  }

  /** Four orders and one message that nobody can read; the books are empty again. */
  async fresh(): Promise<string[]> {
    await this.pool.query('truncate inbox, revenue; insert into revenue values (0)');
    const events = [0, 1, 2, 3].map((index) =>
      orderPlaced(
        { orderId: `order-${index}`, amountInCents: 10 ** index },
        { correlationId: `request-${index}` },
      ),
    );
    return [...events.map((it) => JSON.stringify(it)), poison];
  }

  /** Each order counts once, or lies in the dead letters. */
  async expectBalance(messages: readonly string[], dead: readonly string[]): Promise<void> {
    const handled = await this.#handledIds();
    const parked = new Set(dead);
    const events = [...new Set(messages)]
      .filter((it) => it !== poison)
      .map((it): OrderPlaced => JSON.parse(it));
    const amounts = events.filter((it) => handled.has(it.eventId)).map((it) => it.data.amountInCents);
    const { rows } = await this.pool.query('select total_in_cents from revenue');
    expect(rows).toEqual([{ total_in_cents: amounts.reduce((total, it) => total + it, 0) }]);
    for (const it of events) expect(handled.has(it.eventId) || parked.has(JSON.stringify(it))).toBe(true);
    expect(parked.has(poison)).toBe(messages.includes(poison));
  }

  /** Waits until each message was handled or parked; gives the dead letters. */
  async settled(messages: readonly string[], takeDead: () => Promise<string[]>): Promise<string[]> {
    const dead = new Set<string>();
    for (let waited = 0; waited < 1_500; waited += 1) {
      for (const it of await takeDead()) dead.add(it);
      const handled = await this.#handledIds();
      const isSettled = (it: string): boolean =>
        dead.has(it) || (it !== poison && handled.has(JSON.parse(it).eventId));
      if (messages.every(isSettled)) break;
      await sleep(20);
    }
    return [...dead];
  }

  /** Waits until no handler is at work any more. */
  async atRest(): Promise<void> {
    while (this.pool.idleCount < this.pool.totalCount) await sleep(5);
  }

  async #handledIds(): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ event_id: string }>('select event_id from inbox');
    return new Set(rows.map((it) => it.event_id));
  }
}

const schedule = record({
  sequence: shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3, 4], { minLength: 5 }),
  faults: array(constantFrom<ConnectionFault>('ok', 'ok', 'ok', 'dies-before', 'dies-after'), {
    maxLength: 40,
  }),
});
