import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assert, asyncProperty, check } from 'fast-check';
import { afterAll, expect, test } from 'vitest';

import * as snippet from '../../snippets/saga.ts';
import { schedules, seed } from './faults.ts';
import type { CallFault, Schedule, WriteFault } from './faults.ts';
import { imbalances } from './shop.ts';
import { naiveSaga, snippetSaga } from './subjects.ts';
import { World, outcomeUnder } from './world.ts';
import type { MakeSubject } from './world.ts';

const folder = await mkdtemp(join(tmpdir(), 'damaged-saga-'));
afterAll(() => rm(folder, { recursive: true }));
console.log(`SAGALINT_SEED=${seed}`);
const calm: Schedule = { calls: [], writes: [], deliveries: 1 };

const ends: readonly (readonly [status: string, calls: readonly CallFault[]])[] = [
  ['stuck', ['ok', 'decline', 'ok', 'fail', 'fail', 'fail']],
  ['stuck', ['ok', 'ok', 'timeout', 'timeout', 'timeout']],
  ['completed', []],
  ['completed', ['lost', 'lost-timeout', 'ok', 'timeout']],
  ['completed', ['ok', 'stall']],
  ['compensated', ['ok', 'decline']],
  ['compensated', ['ok', 'late', 'late', 'late']],
];

test('The saga survives 500 schedules of faults', { timeout: 60_000 }, async () => {
  const tally = new Map<string | null, number>();
  await assert(
    balanced(snippetSaga(snippet), (status) => tally.set(status, (tally.get(status) ?? 0) + 1)),
    { seed, numRuns: 500 },
  );
  console.log(Object.fromEntries(tally));
  for (const status of ['completed', 'compensated', 'stuck']) expect(tally.get(status)).toBeGreaterThan(20);
});

test('The saga survives a fault at each single write', { timeout: 60_000 }, async () => {
  const { runs, faults } = await sweep(snippetSaga(snippet));
  console.log(`${runs} schedules with one fault of the store`);
  expect(faults).toEqual([]);
});

test.each(ends)('A saga is %s under %j', async (status, calls) => {
  const world = new World({ ...calm, calls }, snippetSaga(snippet));
  let seen: string | null = null;
  await world.run(async (it) => {
    await it.start();
    seen = await it.status();
  });
  expect(seen).toBe(status);
  expect(world.alerts).toHaveLength(status === 'stuck' ? 1 : 0);
  expect((await outcomeUnder({ ...calm, calls }, snippetSaga(snippet))).faults).toEqual([]);
});

test('Each step and each compensation is logged with saga and correlation id', async () => {
  const world = new World({ ...calm, calls: ['ok', 'decline'] }, snippetSaga(snippet));
  await world.run((it) => it.start());
  for (const entry of world.logs)
    expect(entry).toMatchObject({ sagaId: 'saga-1', correlationId: 'request-1' });
  expect(world.logs.map(({ event, step }) => `${event} ${step}`)).toEqual([
    'run-started reserve-stock',
    'run-done reserve-stock',
    'run-started charge-card',
    'run-failed charge-card',
    'compensate-started charge-card',
    'compensate-done charge-card',
    'compensate-started reserve-stock',
    'compensate-done reserve-stock',
  ]);
});

test('The same harness finds a fault in a naive saga within 100 schedules', async () => {
  const result = await check(balanced(naiveSaga), { seed, numRuns: 100, endOnFailure: true });
  expect(result.failed).toBe(true);
});

test('Without faults the naive saga balances too', async () => {
  const world = new World(calm, naiveSaga);
  expect(await world.run((it) => it.start())).toBe(true);
  expect(imbalances(world.db)).toEqual([]);
});

/** Each takes one safeguard away. */
const damages: readonly (readonly [name: string, from: string, to: string])[] = [
  ['fresh keys', 'const runKey = `${id}:${step.name}`', 'const runKey = `${id}:${Math.random()}`'],
  ['no fence', 'and fence = ?', 'and fence <> -1 - ?'],
  ['undone after the pivot', 'if (isPastPivot)', 'if (false)'],
  ['a failed compensation taken for done', "state.status = 'stuck'", "state.status = 'undone'"],
  ['a failed compensation that stops the others', "state.status = 'stuck'", 'return this.#giveUp(saga)'],
  ['no alert', 'await this.#parts.alert(saga)', 'await saga'],
  ['an alert after the save', 'await this.#parts.alert(saga)', 'await this.#alertLate(saga)'],
  [
    'progress kept in memory only',
    'lease_until = ?, state = ?',
    'lease_until = ?, state = coalesce(state, ?)',
  ],
  ['no time limit', 'AbortSignal.timeout(this.#limits.timeoutMs)', 'new AbortController().signal'],
];
const alertLate = `async #alertLate(saga: OrderSaga): Promise<void> {
  saga.status = 'stuck';
  await this.#save(saga);
  await this.#parts.alert(saga);
}`;

test.each(damages)('The harness finds a saga with %s', { timeout: 60_000 }, async (_, from, to) => {
  const source = await readFile(new URL('../../snippets/saga.ts', import.meta.url), 'utf8');
  expect(source.split(from)).toHaveLength(2);
  const file = join(await mkdtemp(join(folder, 'damaged-')), 'saga.ts');
  const method = '  async #save(';
  await writeFile(
    file,
    source.replace(from, () => to).replace(method, () => `${alertLate}\n${method}`),
  );
  const damaged: typeof snippet = await import(file);
  const makeSubject = snippetSaga(damaged);
  const isFound =
    (await sweep(makeSubject)).faults.length > 0 ||
    (await check(balanced(makeSubject), { seed, numRuns: 1_000, endOnFailure: true })).failed;
  expect(isFound).toBe(true);
});

function balanced(
  makeSubject: MakeSubject,
  count: (status: string | null) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Schedule]>> {
  return asyncProperty(schedules, async (schedule) => {
    const { status, faults } = await outcomeUnder(schedule, makeSubject);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    count(status);
  });
}

/** One fault of the store at each write of each kind of run; ends at the first schedule that finds something. */
async function sweep(makeSubject: MakeSubject): Promise<{ runs: number; faults: readonly string[] }> {
  let runs = 0;
  for (const [, calls] of ends) {
    for (const fault of ['crash-before', 'crash-after', 'fail', 'lost'] satisfies WriteFault[]) {
      for (let calmWrites = 0; calmWrites < 18; calmWrites += 1) {
        const writes: WriteFault[] = [...Array<WriteFault>(calmWrites).fill('ok'), fault];
        const { faults } = await outcomeUnder({ calls, writes, deliveries: 1 }, makeSubject).catch(failed);
        runs += 1;
        if (faults.length > 0) return { runs, faults };
      }
    }
  }
  return { runs, faults: [] };
}

function failed(error: unknown): { faults: readonly string[] } {
  return { faults: [String(error)] };
}
