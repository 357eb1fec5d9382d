// Real processes, killed for real: `kill -9` at a moment of the first run, again in the resumed one, and
// then a third process which is left alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, expect, test } from 'vitest';

import { run } from './killedRuns.ts';
import { imbalances } from './shop.ts';

const folder = await mkdtemp(join(tmpdir(), 'killed-saga-'));
afterAll(() => rm(folder, { recursive: true }));

const options = { timeout: 60_000 };

test.concurrent.each([
  ['completed', '-', 1],
  ['completed', '-', 6],
  ['completed', '-', 13],
  ['completed', '-', 19],
  ['compensated', 'confirm', 12],
  ['compensated', 'confirm', 22],
  ['compensated', 'confirm', 28],
  ['compensated', 'charge', 17],
] as const)(
  'A saga is %s though its process is killed (declined: %s, moment %i)',
  options,
  async (...scenario) => {
    const [status, declined, moment] = scenario;
    const file = join(await mkdtemp(join(folder, 'run-')), 'shop.db');
    expect(await run(file, declined, String(moment), '0')).toBe('SIGKILL');
    expect(await run(file, declined, '4', '1')).toBe('SIGKILL');
    expect(await run(file, declined, 'never', '2')).toBe(0);
    const db = new DatabaseSync(file);
    expect(db.prepare('select status from order_sagas').all()).toEqual([{ status }]);
    expect(imbalances(db)).toEqual([]);
  },
);
