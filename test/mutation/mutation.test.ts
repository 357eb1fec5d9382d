// Rules are worth what they find in systems that were sound before. `npm run mutate` prints each mutant.
import { expect, test } from 'vitest';
import { folders, openSystem } from './systems.ts';
import { tryAll } from './trial.ts';

const systems = folders.map(openSystem);

test.each(systems)('nothing is found in $name as it is', ({ findingsWith }) => {
  expect(findingsWith(new Map())).toEqual([]);
});

test('the right rule reports 95 of 100 faults at the right place', () => {
  const judged = systems.flatMap((it) => tryAll(it, undefined)).filter((it) => it.outcome !== 'equivalent');
  const killed = judged.filter((it) => it.outcome === 'killed');
  expect(new Set(judged.map((it) => it.mutant.operator)).size).toBeGreaterThanOrEqual(15);
  expect(judged.length).toBeGreaterThanOrEqual(200);
  expect(killed.length / judged.length).toBeGreaterThanOrEqual(0.95);
}, 300_000);
