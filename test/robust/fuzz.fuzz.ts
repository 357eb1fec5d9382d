// `npm run fuzz`: the properties of fuzz.test.ts, and that of edits.test.ts, for FUZZ_MINUTES (10) or FUZZ_CASES, whichever ends first, from FUZZ_SEED on.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert } from 'fast-check';
import { expect, it } from 'vitest';
import { editsEndAsAfresh } from '../workspace/edits.ts';
import { mutantsAreLinted, mutantsAreRead, stutteringNamesAreRead, textsAreRead } from './properties.ts';

const minutes = Number(process.env['FUZZ_MINUTES'] ?? 10);
const most = Number(process.env['FUZZ_CASES'] ?? Infinity);
const first = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);

/** What holds, and how many cases of it are tried in a row: a sequence of edits takes ten times as long as a text. */
const properties = [
  { name: 'texts', batch: 500, tried: (it) => assert(textsAreRead(), it) },
  { name: 'mutants read', batch: 500, tried: (it) => assert(mutantsAreRead(), it) },
  { name: 'names read', batch: 500, tried: (it) => assert(stutteringNamesAreRead(), it) },
  { name: 'mutants linted', batch: 500, tried: (it) => assert(mutantsAreLinted(), it) },
  { name: 'edits followed', batch: 50, tried: (it) => assert(editsEndAsAfresh(), it) },
] satisfies readonly Tried[];

interface Tried {
  readonly name: string;
  readonly batch: number;
  readonly tried: (parameters: { readonly seed: number; readonly numRuns: number }) => void;
}

it('holds for as many cases as time allows', { timeout: (minutes + 5) * 60_000 }, async () => {
  const end = performance.now() + minutes * 60_000;
  let cases = 0;
  for (let seed = first; performance.now() < end && cases < most; seed += 1) {
    for (const { name, batch, tried } of properties) {
      console.log(`seed ${seed}: ${name}, ${cases} cases so far`);
      // Only between turns is anything printed.
      await nextTurn();
      const numRuns = Math.min(batch, most - cases);
      tried({ seed, numRuns });
      cases += numRuns;
      if (cases >= most) break;
    }
  }
  expect(cases).toBeGreaterThan(0);
});
