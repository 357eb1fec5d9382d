// Real processes, killed for real: `kill -9` before and after each single write and each remote call, then a
// second process, which is killed too now and then, and one that is left alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, expect, test } from 'vitest';

import { run } from './killedRuns.ts';
import { imbalances } from './shop.ts';

const folder = await mkdtemp(join(tmpdir(), 'killed-saga-'));
const kills: string[] = [];
afterAll(async () => {
  console.log(`${kills.length} processes were killed`);
  await rm(folder, { recursive: true });
});

test.concurrent.each([
  ['completed', '-', 20, 1],
  ['compensated', 'confirm', 30, 1],
  ['compensated', 'charge', 20, 3],
  ['compensated', 'reserve', 10, 3],
] as const)(
  'A saga is %s whenever its process is killed (declined: %s; more than %i moments, every %i.)',
  { timeout: 170_000 },
  async (status, declined, least, stride) => {
    let moment = 0;
    for (; ; moment += stride) {
      const file = join(await mkdtemp(join(folder, 'run-')), 'shop.db');
      if ((await run(file, declined, String(moment), '0')) !== 'SIGKILL') break;
      kills.push(`${declined} ${moment}`);
      if (moment % 5 === 1 && (await run(file, declined, '4', '1')) === 'SIGKILL') kills.push('again');
      expect(await run(file, declined, 'never', '2')).toBe(0);
      const db = new DatabaseSync(file);
      expect(db.prepare('select status from order_sagas').all(), `moment ${moment}`).toEqual([{ status }]);
      expect(imbalances(db), `moment ${moment}`).toEqual([]);
      db.close();
    }
    expect(moment).toBeGreaterThanOrEqual(least);
  },
);
