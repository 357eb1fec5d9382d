// Schedules that mostly wait, for a broker or for a database, run beside each other: each lane has parts of its own.
import { sample } from 'fast-check';
import type { Arbitrary } from 'fast-check';

import { countSchedule, seed } from './faults.ts';

interface Lanes<Schedule> {
  readonly of: Arbitrary<Schedule>;
  readonly numRuns: number;
  readonly lanes: number;
}

/** Runs that many schedules, and tells under which one it went wrong. */
export async function inLanes<Schedule>(
  context: Parameters<typeof countSchedule>[0],
  { of, numRuns, lanes }: Lanes<Schedule>,
  run: (schedule: Schedule, lane: number) => Promise<void>,
): Promise<void> {
  const waiting = sample(of, { seed, numRuns });
  const work = async (lane: number): Promise<void> => {
    for (let it = waiting.shift(); it !== undefined; it = waiting.shift()) {
      await run(it, lane).catch((cause: unknown) => {
        throw new Error(`SAGALINT_SEED=${seed}, under ${JSON.stringify(it)}`, { cause });
      });
      countSchedule(context, it);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
}
