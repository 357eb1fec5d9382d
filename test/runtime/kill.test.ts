// Real processes, killed for real: `kill -9` before and after each single write and each remote call, then a
// second process, which is killed too now and then, and one that is left alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, expect, test } from 'vitest';

import { countSchedule } from './faults.ts';
import { run } from './killedRuns.ts';
import { imbalances } from './shop.ts';

const folder = await mkdtemp(join(tmpdir(), 'killed-saga-'));
afterAll(() => rm(folder, { recursive: true }));

/** How many processes run beside each other: each has a file of its own. */
const atOnce = 4;

test.for([
  ['completed', '-', 20],
  ['compensated', 'confirm', 30],
  ['compensated', 'charge', 20],
  ['compensated', 'reserve', 10],
] as const)(
  'A saga is %s whenever its process is killed (declined: %s; more than %i moments)',
  { timeout: 600_000 },
  async ([status, declined, least], context) => {
    const files: string[] = [];
    for (let isKilled = true; isKilled;) {
      const moments = Array.from({ length: atOnce }, (_, index) => files.length + index);
      const ends = await Promise.all(moments.map((moment) => killAt(moment, declined)));
      for (const { moment, end } of ends) if (end === 'SIGKILL') countSchedule(context, [declined, moment]);
      isKilled = ends.every(({ end }) => end === 'SIGKILL');
      files.push(...ends.map(({ file }) => file));
    }
    expect(files.length).toBeGreaterThan(least);
    expect(await run(files.join(), declined, 'never', '2')).toBe(0);
    for (const file of files) {
      const db = new DatabaseSync(file);
      expect(db.prepare('select status from order_sagas').all(), file).toEqual([{ status }]);
      expect(imbalances(db), file).toEqual([]);
      db.close();
    }
  },
);

/** Runs a process that is killed at the moment, unless it ends before; sometimes then another one, killed too. */
async function killAt(
  moment: number,
  declined: string,
): Promise<{ moment: number; file: string; end: unknown }> {
  const file = join(folder, `${declined}-${moment}.db`);
  const end = await run(file, declined, `${moment}`, '0');
  if (end === 'SIGKILL' && moment % 5 === 1) expect(await run(file, declined, '4', '1')).toBe('SIGKILL');
  return { moment, file, end };
}
