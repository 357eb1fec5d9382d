// The deterministic fault injector: a schedule says what befalls each remote call and each write, in
// the sequence in which they happen; after its end nothing fails any more.
import { createHash } from 'node:crypto';

import { array, constant, constantFrom, integer, oneof, record, tuple } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { TaskMeta } from 'vitest';

/**
 * `lost`: it took effect and the answer is lost. `timeout`: no answer, no effect. `late`: no answer, and
 * the effect comes some calls later. `stall`: the worker sleeps so long that another one takes over.
 * `overlap`: another one takes over, and both go on.
 */
export type CallFault =
  | 'ok'
  | 'fail'
  | 'decline'
  | 'lost'
  | 'timeout'
  | 'lost-timeout'
  | 'late'
  | 'stall'
  | 'overlap'
  | 'crash-before'
  | 'crash-after';

/** `stall`: another worker takes over before the write gets through. `late`: it comes when its process is long dead. */
export type WriteFault = 'ok' | 'fail' | 'lost' | 'stall' | 'late' | 'crash-before' | 'crash-after';

/**
 * All that goes wrong in one run. `deliveries`: how often the starting message comes at once. `skews`: by how
 * much the clock of each process is wrong.
 */
export interface Schedule {
  readonly calls: readonly CallFault[];
  readonly writes: readonly WriteFault[];
  readonly deliveries: number;
  readonly skews: readonly number[];
}

const callFault: Arbitrary<CallFault> = oneof(
  { weight: 3, arbitrary: constant('ok' as const) },
  { weight: 2, arbitrary: constantFrom('fail' as const, 'lost' as const, 'decline' as const) },
  { weight: 2, arbitrary: constantFrom('timeout' as const, 'lost-timeout' as const, 'late' as const) },
  { weight: 2, arbitrary: constantFrom('crash-before' as const, 'crash-after' as const) },
  { weight: 1, arbitrary: constantFrom('stall' as const, 'overlap' as const) },
);

const writeFault: Arbitrary<WriteFault> = oneof(
  { weight: 8, arbitrary: constant('ok' as const) },
  { weight: 2, arbitrary: constantFrom('fail' as const, 'lost' as const) },
  { weight: 2, arbitrary: constantFrom('crash-before' as const, 'crash-after' as const) },
  { weight: 1, arbitrary: constantFrom('stall' as const, 'late' as const) },
);

/** Faults come in bursts, so that retries run out now and then. */
function bursts<T>(fault: Arbitrary<T>, longest: number): Arbitrary<T[]> {
  const burst = tuple(fault, integer({ min: 1, max: longest }));
  return array(burst, { maxLength: 9 }).map((all) => all.flatMap(([it, times]) => Array<T>(times).fill(it)));
}

export const schedules: Arbitrary<Schedule> = record({
  calls: bursts(callFault, 4),
  writes: bursts(writeFault, 2),
  deliveries: integer({ min: 1, max: 3 }),
  skews: array(constantFrom(0, 0, -1_500_000, 1_500_000), { maxLength: 6 }),
});

/** Nothing goes wrong. */
export const calm: Schedule = { calls: [], writes: [], deliveries: 1, skews: [] };

/** The seed of this run: set SAGALINT_SEED to see the same run again. */
export const seed = Number(process.env.SAGALINT_SEED);

declare module 'vitest' {
  interface TaskMeta {
    /** How many schedules of faults the test has run. */
    schedules?: number;
    /** A number made of all of them, in whatever sequence they ended: the same seed must give the same. */
    digest?: number;
  }
}

/** Notes one schedule that was run; the last lines of a test run tell how many there were, and their digest. */
export function countSchedule(
  { task: { meta } }: { readonly task: { meta: TaskMeta } },
  schedule: unknown,
): void {
  meta.schedules = (meta.schedules ?? 0) + 1;
  const digest = createHash('sha256').update(JSON.stringify(schedule)).digest().readUIntBE(0, 6);
  meta.digest = ((meta.digest ?? 0) + digest) % 2 ** 48;
}
