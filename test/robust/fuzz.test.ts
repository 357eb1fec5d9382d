// Thousands of broken texts. `npm run fuzz` tries millions; a failure prints the seed that gives the same texts again.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'fast-check';
import { expect, it } from 'vitest';
import { fixtureCode } from './mutations.ts';
import {
  isReadSoundly,
  mutantsAreLinted,
  mutantsAreRead,
  stutteringNamesAreRead,
  textsAreRead,
} from './properties.ts';

/** The same texts each time: that a change breaks something is to be seen, not that chance does. */
const seed = 1;

it('has the code of the fixtures', () => {
  expect(fixtureCode().length).toBeGreaterThan(500);
});

it('reads any text', () => assert(textsAreRead(), { seed, numRuns: 1000 }));

it('reads mutants of all fixtures', () => assert(mutantsAreRead(), { seed, numRuns: 1500 }));

it('reads names that say words over and over', () =>
  assert(stutteringNamesAreRead(), { seed, numRuns: 300 }));

it('lints mutants beside other code, in any order', () => assert(mutantsAreLinted(), { seed, numRuns: 150 }));

it('reads code whose names are those that every object has', () => {
  const names = ['constructor', 'toString', '__proto__', 'valueOf'];
  for (const [index, { file, text }] of fixtureCode().entries()) {
    const name = names[index % names.length] ?? '';
    isReadSoundly(`/shop/${file}`, text.replace(/\.\w+\(/g, `.${name}(`));
    isReadSoundly(
      `/shop/${file}`,
      text.replace(/\b(?!await|async|if|for|while|switch|catch)\w+\(/g, `${name}(`),
    );
  }
});

it("reads TypeScript's own declarations", () => {
  const folder = dirname(fileURLToPath(import.meta.resolve('typescript')));
  const names = readdirSync(folder).filter((it) => it.endsWith('.d.ts'));
  expect(names.length).toBeGreaterThan(80);
  for (const name of names.filter((it) => !/dom|typescript|tsserver|webworker/.test(it)))
    isReadSoundly(`/shop/src/events/${name}`, readFileSync(join(folder, name), 'utf8'));
});
