// What must hold for any text: read without a crash, in places that lie in it, kept and read again as it was, and linted.
import { array, constantFrom, nat, property, string, tuple, type IProperty } from 'fast-check';
import { expect } from 'vitest';
import { extract } from '../../server/src/extract/extract.ts';
import { decodeFacts, encodeFacts } from '../../server/src/facts/codec.ts';
import type { FileFacts } from '../../server/src/facts/facts.ts';
import { printFacts } from '../../server/src/facts/print.ts';
import { hoverAt } from '../../server/src/views/hover.ts';
import { describeHover } from '../../server/src/views/hoverText.ts';
import { markdownOf } from '../../server/src/views/markup.ts';
import type { Snapshot } from '../../server/src/workspace/snapshot.ts';
import { linted } from './lint.ts';
import { fixtureCode, mutated, mutations, wordsOf, type Mutation } from './mutations.ts';

const code = fixtureCode();
const piece = constantFrom(...code);

/** Mutated code of the fixtures is read soundly. */
export function mutantsAreRead(): IProperty<
  [(typeof code)[number], readonly Mutation[], (typeof code)[number]]
> {
  return property(piece, mutations, piece, ({ file, text }, all, other) =>
    isReadSoundly(`/shop/${file}`, mutated(text, all, other.text)),
  );
}

/** Mutated code does not take down what it is linted with. */
export function mutantsAreLinted(): IProperty<
  [(typeof code)[number], readonly Mutation[], (typeof code)[number]]
> {
  return property(piece, mutations, piece, ({ file, text }, all, other) => {
    const files = { [other.file]: other.text, [file]: mutated(text, all, other.text) };
    const snapshot = linted(files);
    expect(snapshot.failures).toEqual([]);
    for (const it of snapshot.findings) {
      const length = snapshot.textOf(it.file)?.length ?? -1;
      expect(it.at.start).toBeGreaterThanOrEqual(0);
      expect(it.at.end).toBeLessThanOrEqual(length);
    }
    areHoversSound(snapshot, file);
    const backwards = linted(Object.fromEntries(Object.entries(files).reverse()));
    expect(backwards.findings).toEqual(snapshot.findings);
  });
}

/** Whatever stands at an offset, what is told of it can be told, and is about a name that touches the offset. */
function areHoversSound(snapshot: Snapshot, file: string): void {
  const text = snapshot.textOf(file) ?? '';
  for (let offset = 0; offset <= text.length; offset += 3) {
    const hover = hoverAt(snapshot, file, offset);
    if (!hover) continue;
    expect(hover.at.start).toBeLessThanOrEqual(offset);
    expect(hover.at.end).toBeGreaterThanOrEqual(offset);
    expect(hover.at.end).toBeLessThanOrEqual(text.length);
    expect(markdownOf(describeHover(hover), () => ({ label: '', address: '' }))).not.toBe('');
  }
}

/** Any text is read soundly, whatever its characters are. */
export function textsAreRead(): IProperty<[string]> {
  return property(string({ unit: 'binary', maxLength: 400 }), (text) =>
    isReadSoundly('/shop/src/events/any.ts', text),
  );
}

/** Names that say words of the fixtures over and over are read in little time: regular expressions over names must be. */
export function stutteringNamesAreRead(): IProperty<[readonly [string, number][], string]> {
  const said = array(tuple(constantFrom(...words), nat(40)), { minLength: 1, maxLength: 3 });
  return property(said, constantFrom(...words), (parts, last) => {
    const name = `x${parts.map(([word, times]) => word.repeat(times)).join('')}${last}`;
    const text = piecesWith.map((it) => it.replaceAll('Name', name)).join('\n');
    isReadSoundly(`/shop/src/${name}.ts`, text);
  });
}

const words = wordsOf(code);

/** Every place where a name is looked at. */
const piecesWith = [
  'export interface Name { Name: string }',
  'export class NameSaga extends Name { Name = new Name(); async Name(Name) { await this.Name.Name(Name.Name); } }',
  'export async function Name(Name) { await Name({ Name }); bus.publish("Name", Name); Name.on("Name", Name); }',
  'export const NameEvent = { type: "Name", Name: () => Name(`Name ${Name} Name`) };',
];

export function isReadSoundly(file: string, text: string): void {
  const facts = extract(file, text);
  expect(decodeFacts(encodeFacts(facts), file)).toEqual(JSON.parse(JSON.stringify(facts)));
  for (const { start, end } of placesIn(facts)) {
    if (0 <= start && start <= end && end <= text.length) continue;
    throw new Error(`A place from ${start} to ${end} in a text of ${text.length}.`);
  }
  printFacts(facts, text);
}

function placesIn(facts: FileFacts): readonly { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  JSON.stringify(facts, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'start' in value && 'end' in value) {
      if (typeof value.start === 'number' && typeof value.end === 'number')
        found.push({ start: value.start, end: value.end });
    }
    return value;
  });
  return found;
}
