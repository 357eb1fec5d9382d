import { DatabaseSync } from 'node:sqlite';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assert, asyncProperty, check } from 'fast-check';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';

import * as snippet from '../../snippets/saga.ts';
import * as sqlite from '../../snippets/saga-store-sqlite.ts';
import { calm, countSchedule, schedules, seed } from './faults.ts';
import type { CallFault, Schedule, WriteFault } from './faults.ts';
import { imbalances } from './shop.ts';
import { classSaga, inSqlite, naiveSaga, sagaWithStep, snippetSaga } from './subjects.ts';
import { World, order, outcomeUnder } from './world.ts';
import type { MakeSubject, Outcome } from './world.ts';

const folder = await mkdtemp(join(tmpdir(), 'damaged-saga-'));
afterAll(() => rm(folder, { recursive: true }));
const saga = snippetSaga(snippet, inSqlite(sqlite));

const ends: readonly (readonly [status: string, calls: readonly CallFault[]])[] = [
  ['stuck', ['ok', 'decline', 'ok', 'fail', 'fail', 'fail']],
  ['stuck', ['ok', 'ok', 'timeout', 'timeout', 'timeout']],
  ['completed', []],
  ['completed', ['lost', 'lost-timeout', 'ok', 'timeout']],
  ['completed', ['ok', 'stall']],
  ['completed', ['ok', 'overlap', 'overlap']],
  ['compensated', ['ok', 'decline']],
  ['compensated', ['ok', 'late', 'late', 'late']],
];

test('The saga survives 500 schedules of faults', { timeout: 300_000 }, async (context) => {
  const tally = new Map<string | null, number>();
  const count = (status: string | null, schedule: Schedule): void => {
    countSchedule(context, schedule);
    tally.set(status, (tally.get(status) ?? 0) + 1);
  };
  await assert(balanced(saga, count), { seed, numRuns: 500 });
  console.log(Object.fromEntries(tally));
  for (const status of ['completed', 'compensated', 'stuck']) expect(tally.get(status)).toBeGreaterThan(20);
});

test('The saga survives a fault at each single write', { timeout: 300_000 }, async (context) => {
  expect(await sweep(saga, (schedule) => countSchedule(context, schedule))).toEqual([]);
  expect(context.task.meta.schedules).toBeGreaterThan(300);
});

test.for([
  ['as a class', classSaga],
  ['with the step of `saga-step`', sagaWithStep],
] as const)(
  'The saga %s survives 150 schedules of faults',
  { timeout: 300_000 },
  async ([, makeSubject], context) => {
    await assert(
      balanced(makeSubject, (_, schedule) => countSchedule(context, schedule)),
      { seed, numRuns: 150 },
    );
  },
);

test('Of three starts at once one works', async () => {
  expect(await threeStarts(saga)).toEqual(['run-started', 'run-started', 'run-started']);
});

test.each(ends)('A saga is %s under %j', async (status, calls) => {
  const world = new World({ ...calm, calls }, saga);
  await world.run((it) => it.start());
  await world.othersEnd();
  expect(await world.judge.status()).toBe(status);
  expect(world.alerts).toHaveLength(status === 'stuck' ? 1 : 0);
  expect((await outcomeUnder({ ...calm, calls }, saga)).faults).toEqual([]);
});

test('Each step and each compensation is logged with saga and correlation id', async () => {
  const world = new World({ ...calm, calls: ['ok', 'decline'] }, saga);
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
    'compensated undefined',
  ]);
});

test('What was done is stored before and after each call', async () => {
  const seen: string[] = [];
  const store = sqlite.sqliteOrderSagaStore(new DatabaseSync(':memory:'));
  const save: typeof store.save = (it, leaseMs) => {
    const steps = Object.entries(it.steps).map(([name, { status }]) => `${name} ${status}`);
    seen.push(steps.join(', '));
    return store.save(it, leaseMs);
  };
  const step = (name: string, run: () => Promise<void>): snippet.OrderSagaStep => ({
    name,
    run: () => (seen.push(`call ${name}`), run()),
    compensate: async () => void seen.push(`undo ${name}`),
  });
  const declined = (): Promise<void> => Promise.reject(new snippet.OrderSagaRejection('declined'));
  const orchestrator = new snippet.OrderSagaOrchestrator({
    store: { ...store, save },
    steps: [step('reserve', async () => undefined), step('charge', declined)],
    alert: async () => undefined,
    log: () => undefined,
  });
  await orchestrator.start('saga-1', 'request-1', order);
  expect(seen).toEqual([
    'reserve started',
    'call reserve',
    'reserve done',
    'reserve done, charge started',
    'call charge',
    'reserve done, charge rejected',
    'reserve done, charge rejected',
    'undo charge',
    'reserve done, charge undone',
    'reserve done, charge undone',
    'undo reserve',
    'reserve undone, charge undone',
    'reserve undone, charge undone',
  ]);
});

test.each([
  ['ever longer, as far as the limits let it', 0.999, 77, 1_000],
  ['not at all where chance says so: sagas that fail together do not come back together', 0, 0, 50],
])('A saga waits between attempts %s', async (_, chance, least, most) => {
  vi.spyOn(Math, 'random').mockReturnValue(chance);
  onTestFinished(() => void vi.restoreAllMocks());
  const starts: number[] = [];
  const orchestrator = new snippet.OrderSagaOrchestrator({
    store: sqlite.sqliteOrderSagaStore(new DatabaseSync(':memory:')),
    steps: [{ name: 'fail', run: () => Promise.reject(new Error('down')), compensate: null }],
    alert: async () => undefined,
    log: ({ event }) => void (event === 'run-started' && starts.push(performance.now())),
    // Waits of 20, 30 and 30 ms at most.
    limits: { attempts: 4, backoffMs: 10, maxBackoffMs: 30 },
  });
  await orchestrator.start('saga-1', 'request-1', order);
  expect(starts).toHaveLength(4);
  const waited = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
  expect(waited).toBeGreaterThanOrEqual(least);
  expect(waited).toBeLessThan(most);
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
  ['no lease', 'where id = ? and lease_until <= ? and', 'where id = ? and lease_until <> -1 - ? and'],
  ['undone after the pivot', 'if (isPastPivot)', 'if (false)'],
  ['a failed compensation taken for done', "state.status = 'stuck'", "state.status = 'undone'"],
  ['a failed compensation that stops the others', "state.status = 'stuck'", 'return this.#giveUp(saga)'],
  ['no alert', 'this.#inTime(() => this.#parts.alert(saga))', 'saga'],
  ['an alert after the save', 'this.#inTime(() => this.#parts.alert(saga))', 'this.#alertLate(saga)'],
  [
    'an alert that is waited for forever',
    'this.#inTime(() => this.#parts.alert(saga))',
    'this.#parts.alert(saga)',
  ],
  [
    'a lease that a repeated start takes of a stuck saga',
    "status in ('running', 'compensating')\";",
    "status not in ('completed', 'compensated')\";",
  ],
  [
    'progress kept in memory only',
    'lease_until = ?, state = ?',
    'lease_until = ?, state = coalesce(state, ?)',
  ],
  [
    'steps undone only where their answer came',
    "state === undefined || state.status === 'undone'",
    "state?.status !== 'done'",
  ],
  ['no time limit', 'AbortSignal.timeout(this.#limits.timeoutMs)', 'new AbortController().signal'],
];
const alertLate = `async #alertLate(saga: OrderSaga): Promise<void> {
  saga.status = 'stuck';
  await this.#save(saga);
  await this.#parts.alert(saga);
}`;

test.each(damages)('The harness finds a saga with %s', { timeout: 300_000 }, async (_, from, to) => {
  const makeSubject = await damagedSaga(from, to);
  const isFound =
    (await threeStarts(makeSubject)).includes('lease-lost') ||
    (await sweep(makeSubject)).length > 0 ||
    (await check(balanced(makeSubject), { seed, numRuns: 1_000, endOnFailure: true })).failed;
  expect(isFound).toBe(true);
});

/** A copy of the saga and its store, in which one text is another. */
async function damagedSaga(from: string, to: string): Promise<MakeSubject> {
  const place = await mkdtemp(join(folder, 'damaged-'));
  let occurrences = 0;
  for (const file of ['saga.ts', 'saga-store-sqlite.ts']) {
    const source = await readFile(new URL(`../../snippets/${file}`, import.meta.url), 'utf8');
    occurrences += source.split(from).length - 1;
    const damaged = source.replace(from, () => to).replace('  async #save(', (it) => `${alertLate}\n${it}`);
    await writeFile(join(place, file), damaged);
  }
  expect(occurrences).toBe(1);
  const damaged: typeof snippet = await import(join(place, 'saga.ts'));
  return snippetSaga(damaged, inSqlite(await import(join(place, 'saga-store-sqlite.ts'))));
}

function balanced(
  makeSubject: MakeSubject,
  count: (status: string | null, schedule: Schedule) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Schedule]>> {
  return asyncProperty(schedules, async (schedule) => {
    const { status, faults } = await outcomeUnder(schedule, makeSubject);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    count(status, schedule);
  });
}

/** One fault of the store at each write of each kind of run. Gives what the first schedule finds that finds something. */
async function sweep(
  makeSubject: MakeSubject,
  count: (schedule: Schedule) => void = () => undefined,
): Promise<readonly string[]> {
  for (const [, calls] of ends) {
    for (const fault of [
      'crash-before',
      'crash-after',
      'fail',
      'lost',
      'stall',
      'late',
    ] satisfies WriteFault[]) {
      for (let calmWrites = 0; calmWrites < 50; calmWrites += 1) {
        const writes: WriteFault[] = [...Array<WriteFault>(calmWrites).fill('ok'), fault];
        const schedule = { ...calm, calls, writes };
        const outcome = await outcomeUnder(schedule, makeSubject).catch(failed);
        if (outcome.faults.length > 0) return [`${calls}; ${writes}`, ...outcome.faults];
        if (outcome.writesLeft > 0) break;
        count(schedule);
      }
    }
  }
  return [];
}

/** Which calls are made, and which worker gives way, when the message comes three times at once. */
async function threeStarts(makeSubject: MakeSubject): Promise<unknown[]> {
  const world = new World(calm, makeSubject);
  await world.run((it) => Promise.all([it.start(), it.start(), it.start()]));
  const events = world.logs.map(({ event }) => event);
  return events.filter((it) => it === 'run-started' || it === 'lease-lost');
}

function failed(error: unknown): Pick<Outcome, 'faults' | 'writesLeft'> {
  return { faults: [String(error)], writesLeft: 0 };
}
