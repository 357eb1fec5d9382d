// The deterministic fault injector: a schedule says what befalls each remote call and each write, in
// the sequence in which they happen; after its end nothing fails any more.
import { array, constant, constantFrom, integer, oneof, record, tuple } from 'fast-check';
import type { Arbitrary } from 'fast-check';

/**
 * `lost`: it took effect and the answer is lost. `timeout`: no answer, no effect. `late`: no answer, and
 * the effect comes some calls later. `stall`: the worker sleeps so long that another one takes over.
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
  | 'crash-before'
  | 'crash-after';

export type WriteFault = 'ok' | 'fail' | 'lost' | 'crash-before' | 'crash-after';

/** All that goes wrong in one run. `deliveries`: how often the starting message comes at once. */
export interface Schedule {
  readonly calls: readonly CallFault[];
  readonly writes: readonly WriteFault[];
  readonly deliveries: number;
}

const callFault: Arbitrary<CallFault> = oneof(
  { weight: 3, arbitrary: constant('ok' as const) },
  { weight: 2, arbitrary: constantFrom('fail' as const, 'lost' as const, 'decline' as const) },
  { weight: 2, arbitrary: constantFrom('timeout' as const, 'lost-timeout' as const, 'late' as const) },
  { weight: 2, arbitrary: constantFrom('stall' as const, 'crash-before' as const, 'crash-after' as const) },
);

const writeFault: Arbitrary<WriteFault> = oneof(
  { weight: 8, arbitrary: constant('ok' as const) },
  { weight: 2, arbitrary: constantFrom('fail' as const, 'lost' as const) },
  { weight: 2, arbitrary: constantFrom('crash-before' as const, 'crash-after' as const) },
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
});

/** The seed of this run: set SAGALINT_SEED to see the same run again. */
export const seed = Number(process.env.SAGALINT_SEED ?? Date.now() % 2 ** 31);
