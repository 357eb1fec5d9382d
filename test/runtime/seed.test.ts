// The printed seed is all that it takes to see a run again: runs with the same one try the same schedules.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { sample } from 'fast-check';
import { expect, test } from 'vitest';

import { schedules } from './faults.ts';

test('The same seed gives the same schedules', { timeout: 240_000 }, async () => {
  const [first, again] = await Promise.all([runWith('1'), runWith('1')]);
  expect(first).toMatch(/^200 schedules of faults, SAGALINT_SEED=1\ndigest of the schedules: [0-9a-f]+$/);
  expect(again).toBe(first);
});

test('Another seed gives others', () => {
  const [first, again, other] = [1, 1, 2].map((seed) => sample(schedules, { seed, numRuns: 20 }));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

/** What a run of one of the tests tells of its schedules. */
async function runWith(seed: string): Promise<string> {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const args = [vitest, 'run', 'test/runtime/temporal.test.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, SAGALINT_SEED: seed, VITEST: undefined, VITEST_WORKER_ID: undefined },
  });
  return /^\d+ schedules of faults, .*\n.*$/m.exec(stdout)?.[0] ?? stdout;
}
