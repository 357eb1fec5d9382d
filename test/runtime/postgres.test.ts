// The sagas in PostgreSQL, against a real server: connections die before and after statements, processes are killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as snippet from '../../snippets/saga.ts';
import { orderSagasTable, postgresOrderSagaStore } from '../../snippets/saga-store-postgres.ts';
import { openDatabases } from './databases.ts';
import type { Databases } from './databases.ts';
import { countSchedule, schedules } from './faults.ts';
import { run } from './killedRuns.ts';
import { inLanes } from './lanes.ts';
import { missing } from './services.ts';
import { imbalances } from './shop.ts';
import { snippetSaga } from './subjects.ts';
import { outcomeUnder } from './world.ts';

const endLeases = "update order_sagas set lease_until = '-infinity'";

describe.skipIf(missing('initdb', 'postgres') !== '')('Sagas in PostgreSQL', () => {
  let databases: Databases;

  beforeAll(async () => {
    databases = await openDatabases(orderSagasTable);
  });
  afterAll(() => databases?.close());

  test('The saga survives 150 schedules of faults', { timeout: 300_000 }, async (context) => {
    const lanes = 3;
    const all = await Promise.all(Array.from({ length: lanes }, () => databases.make()));
    await inLanes(context, { of: schedules, numRuns: 150, lanes }, async (schedule, lane) => {
      const pool = all[lane]?.pool ?? expect.fail('Each lane has a database.');
      const makeSubject = snippetSaga(snippet, () => ({
        store: postgresOrderSagaStore(pool),
        expireLeases: async () => void (await pool.query(endLeases)),
      }));
      await pool.query('truncate order_sagas');
      expect((await outcomeUnder(schedule, makeSubject)).faults).toEqual([]);
    });
  });

  describe.concurrent('killed', () => {
    test.for([
      ['completed', '-', 2],
      ['completed', '-', 7],
      ['completed', '-', 12],
      ['completed', '-', 17],
      ['compensated', 'confirm', 15],
      ['compensated', 'confirm', 24],
      ['compensated', 'charge', 13],
      ['compensated', 'charge', 20],
    ] as const)(
      'A saga is %s though its process is killed (declined: %s, moment %i)',
      { timeout: 100_000 },
      async ([status, declined, at], context) => {
        const { url, pool } = await databases.make();
        const folder = await mkdtemp(join(tmpdir(), 'killed-saga-'));
        const file = join(folder, 'shop.db');
        for (const [moment, end] of [
          [String(at), 'SIGKILL'],
          ['5', 'SIGKILL'],
          ['never', 0],
        ] as const) {
          expect(await run(file, declined, moment, '0', url)).toBe(end);
          await pool.query(endLeases);
        }
        const { rows } = await pool.query<{ status: string }>('select status from order_sagas');
        expect(rows).toEqual([{ status }]);
        expect(imbalances(new DatabaseSync(file))).toEqual([]);
        await rm(folder, { recursive: true });
        countSchedule(context, [declined, at]);
      },
    );
  });

  test('Only one of two workers gets a saga, and the slower one may not write', async () => {
    const { pool } = await databases.make();
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
});
