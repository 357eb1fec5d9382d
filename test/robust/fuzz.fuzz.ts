// `npm run fuzz`: the properties of fuzz.test.ts for FUZZ_MINUTES (10) or FUZZ_CASES, whichever ends first, from FUZZ_SEED on.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert } from 'fast-check';
import { expect, it } from 'vitest';
import { mutantsAreLinted, mutantsAreRead, stutteringNamesAreRead, textsAreRead } from './properties.ts';

const minutes = Number(process.env['FUZZ_MINUTES'] ?? 10);
const most = Number(process.env['FUZZ_CASES'] ?? Infinity);
const first = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const batch = 500;

/** Each tries some cases. */
const properties = {
  texts: (parameters) => assert(textsAreRead(), parameters),
  'mutants read': (parameters) => assert(mutantsAreRead(), parameters),
  'names read': (parameters) => assert(stutteringNamesAreRead(), parameters),
  'mutants linted': (parameters) => assert(mutantsAreLinted(), parameters),
} satisfies Record<string, (parameters: { seed: number; numRuns: number }) => void>;

it('holds for as many cases as time allows', { timeout: (minutes + 5) * 60_000 }, async () => {
  const end = performance.now() + minutes * 60_000;
  let cases = 0;
  for (let seed = first; performance.now() < end && cases < most; seed += 1) {
    for (const [name, tried] of Object.entries(properties)) {
      console.log(`seed ${seed}: ${name}, ${cases} cases so far`);
      // Only between turns is anything printed.
      await nextTurn();
      tried({ seed, numRuns: Math.min(batch, most - cases) });
      cases += batch;
      if (cases >= most) break;
    }
  }
  expect(cases).toBeGreaterThan(0);
});
