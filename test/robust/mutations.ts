// Code of all fixture pages, and small damage to it: tokens that go, come twice, change places, come from
// elsewhere or say a word over and over.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, constantFrom, nat, record, type Arbitrary } from 'fast-check';

const root = join(import.meta.dirname, '../..');

export interface Piece {
  readonly file: string;
  readonly text: string;
}

/** Every TypeScript fence of the fixture pages. */
export function fixtureCode(): readonly Piece[] {
  return [
    'docs/rules',
    ...['frameworks', 'model', 'rules', 'sagas', 'silence'].map((it) => `test/${it}`),
  ].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((it) => it.endsWith('.md'))
      .sort()
      .flatMap((name) => fencesIn(readFileSync(join(root, folder, name), 'utf8'))),
  );
}

function fencesIn(page: string): readonly Piece[] {
  const fences = page.matchAll(/^```tsx? (\S+)[^\n]*\n([\s\S]*?)^```/gm);
  return [...fences].map(([, file = '', text = '']) => ({ file, text }));
}

export interface Mutation {
  readonly kind: 'drop' | 'double' | 'swap' | 'take' | 'insert' | 'cut' | 'stutter';
  readonly at: number;
  readonly other: number;
}

export const mutation: Arbitrary<Mutation> = record({
  kind: constantFrom('drop', 'double', 'swap', 'take', 'insert', 'cut', 'stutter'),
  at: nat(),
  other: nat(),
});

export const mutations: Arbitrary<readonly Mutation[]> = array(mutation, { minLength: 1, maxLength: 8 });

const inserted = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '`',
  '${',
  "'",
  '/*',
  '//',
  '=>',
  '...',
  '?.',
  '@',
  '<',
  '\r',
  '\u2028',
].concat([
  '__proto__',
  'constructor',
  '\uD83D',
  '🛒',
  '\u0000',
  'async',
  'await',
  'class',
  'saga',
  'compensate',
  '<<<<<<< HEAD\n',
]);

/** The text after the mutations, each at a token. */
export function mutated(text: string, all: readonly Mutation[], elsewhere: string): string {
  const tokens = text.match(tokenForm) ?? [];
  const others = elsewhere.match(tokenForm) ?? [''];
  for (const { kind, at, other } of all) {
    const here = at % Math.max(tokens.length, 1);
    const there = other % Math.max(tokens.length, 1);
    const [one = '', two = ''] = [tokens[here], tokens[there]];
    if (kind === 'drop') tokens.splice(here, 1);
    else if (kind === 'double') tokens.splice(there, 0, one);
    else if (kind === 'swap') [tokens[here], tokens[there]] = [two, one];
    else if (kind === 'take') tokens[here] = others[other % others.length] ?? '';
    else if (kind === 'insert') tokens.splice(here, 0, inserted[other % inserted.length] ?? '');
    else if (kind === 'stutter') tokens[here] = stuttered(one, others[other % others.length] ?? '', other);
    else tokens.splice(here, other % 40);
  }
  return tokens.join('');
}

/**
 * The name with a word of another name said up to forty times in it: what regular expressions over names that rules
 * know must read in little time.
 */
function stuttered(name: string, other: string, random: number): string {
  const words = other.match(wordForm) ?? [''];
  const word = words[random % words.length] ?? '';
  const place = random % (name.length + 1);
  return name.slice(0, place) + word.repeat(random % 40) + name.slice(place);
}

/** Each word that names of the code are made of, once. */
export function wordsOf(code: readonly Piece[]): readonly string[] {
  return [...new Set(code.flatMap((it) => it.text.match(wordForm) ?? []))].filter((it) => it.length > 1);
}

const wordForm = /[A-Z]?[a-z]+|[A-Z]+|\d+/g;
const tokenForm = /\w+|\s+|[^\w\s]/g;
