// Frameworks that have words of their own are not asked about texts without them.
import { expect, test } from 'vitest';
import { concernedWith } from '../../server/src/extract/concerned.ts';
import type { Framework } from '../../server/src/extract/frameworks/framework.ts';
import { frameworks } from '../../server/src/extract/frameworks/known.ts';
import { extract } from '../../server/src/extract/extract.ts';
import { fixtureCode } from '../robust/mutations.ts';

function bound(name: string, ...triggers: readonly string[]): Framework {
  return { name, triggers, hasTriggersAlways: true };
}

const some: readonly Framework[] = [
  bound('short', 'Bus'),
  bound('long', 'BusPort'),
  bound('overlapping', 'PortOf'),
  { name: 'free', triggers: ['Handler'] },
];

function concerned(text: string): readonly string[] {
  return concernedWith(text, some).map((it) => it.name);
}

test('a framework without a word in the text is left out, unless it may do without', () => {
  expect(concerned('const nothing = 1;')).toEqual(['free']);
  expect(concerned('new Bus()')).toEqual(['short', 'free']);
});

test('words within words and words that overlap are all seen', () => {
  expect(concerned('new BusPort()')).toEqual(['short', 'long', 'free']);
  expect(concerned('new BusPortOfCall()')).toEqual(['short', 'long', 'overlapping', 'free']);
});

test('the order stays: of two frameworks that recognise a call the first wins', () => {
  const text =
    "import { connect } from 'nats'; import { Redis } from 'ioredis'; import '@temporalio/client';";
  const found = concernedWith(text, frameworks);
  expect(found).toEqual(frameworks.filter((it) => found.includes(it)));
  const names = found.map((it) => it.name);
  expect(names.filter((it) => /redis|temporal|nats|moleculer|inngest/.test(it))).toHaveLength(3);
});

test('what is left out would have recognised nothing, in any fixture', () => {
  const unbound = frameworks.map(({ hasTriggersAlways: _, ...it }) => it);
  const differing = fixtureCode().filter(
    ({ file, text }) => JSON.stringify(extract(file, text)) !== JSON.stringify(extract(file, text, unbound)),
  );
  expect(differing).toEqual([]);
});
