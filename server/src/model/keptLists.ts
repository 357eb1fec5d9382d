// Lists and look-ups over all files that an edit only mends: what files say under keys, and what is said of them one by one.
import type { FileFacts } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { forgetReaders, isNoted, note, type Answer, type Source } from './noting.ts';

/** What is said of files one by one, as a list over all. */
export interface Gathered {
  readonly table: Map<unknown, Answer>;
  /** Of these files it is to be asked anew. */
  readonly forgotten: Set<FilePath>;
  /** Of the files of which anything is said. */
  readonly byFile: Map<FilePath, readonly unknown[]>;
  list: readonly unknown[] | undefined;
}

/** What files say under keys. */
export interface Index {
  /** What makes it of files by themselves; absent where each link makes it. */
  indexed?: Indexed<unknown, unknown>;
  readonly byFile: Map<FilePath, ReadonlyMap<unknown, unknown>>;
  readonly byKey: Map<unknown, Keyed>;
}

interface Keyed extends Source {
  readonly byFile: Map<FilePath, unknown>;
  /** In the order of paths. */
  list: readonly unknown[] | undefined;
}

/** A question that files answer by themselves: what each says under which key. */
export interface Indexed<Key, Item> {
  readonly question: string;
  readonly of: (facts: FileFacts) => ReadonlyMap<Key, Item>;
  readonly isSame: (one: Item, other: Item) => boolean;
}

/** Nothing said yet of any of the files. */
export function gatheredOf(files: Iterable<FilePath>): Gathered {
  return { table: new Map(), forgotten: new Set(files), byFile: new Map(), list: undefined };
}

/** Asks anew of the files where something changed, and gives what is said of all, in the order of their paths. */
export function mended(all: Gathered, ask: (file: FilePath) => Answer): readonly unknown[] {
  const { table, forgotten, byFile } = all;
  for (const file of [...forgotten]) {
    forgotten.delete(file);
    const answer = askedOf(file, forgotten, ask);
    table.set(file, answer);
    const items = answer.value as readonly unknown[];
    if (items.length > 0) byFile.set(file, items);
    else if (!byFile.delete(file)) continue;
    all.list = undefined;
  }
  return (all.list ??= inOrder(byFile).flat());
}

/** Where a defect of ours stops the answer, the file is to be asked again. */
function askedOf(file: FilePath, forgotten: Set<FilePath>, ask: (file: FilePath) => Answer): Answer {
  try {
    return ask(file);
  } catch (error) {
    forgotten.add(file);
    throw error;
  }
}

/** Puts what a file says now in the place of what it said before; forgets what was made from what is different. */
export function enter<Key, Item>(
  { byFile, byKey }: Index,
  file: FilePath,
  now: ReadonlyMap<Key, Item>,
  isSame: (one: Item, other: Item) => boolean,
): void {
  const before = (byFile.get(file) ?? new Map()) as ReadonlyMap<Key, Item>;
  byFile.set(file, now);
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const [old, item] = [before.get(key), now.get(key)];
    const entry = byKey.get(key) ?? emptyEntry();
    byKey.set(key, entry);
    // Also one that is the same is another object, and the old one is of the model before.
    if (item === undefined) entry.byFile.delete(file);
    else entry.byFile.set(file, item);
    entry.list = undefined;
    if (old !== undefined && item !== undefined && isSame(old, item)) continue;
    forgetReaders(entry);
    // Keys are objects of facts too, and would keep those of every version of a file alive.
    if (entry.byFile.size === 0) byKey.delete(key);
  }
}

/** Forgets keys under which nothing stands and of which nobody depends on that: places of older texts are such. */
export function purge({ byKey }: Index): void {
  for (const [key, { byFile, readers }] of byKey)
    if (byFile.size === 0 && (readers === undefined || readers.size === 0)) byKey.delete(key);
}

/** What stands under a key; that nothing does is noted too. */
export function itemsUnder({ byKey }: Index, key: unknown): readonly unknown[] {
  let entry = byKey.get(key);
  if (!entry) {
    if (!isNoted()) return [];
    byKey.set(key, (entry = emptyEntry()));
  }
  note(entry);
  return (entry.list ??= inOrder(entry.byFile));
}

function emptyEntry(): Keyed {
  return { byFile: new Map(), list: undefined, readers: undefined };
}

function inOrder<Item>(byFile: ReadonlyMap<FilePath, Item>): readonly Item[] {
  if (byFile.size < 2) return [...byFile.values()];
  const sorted = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, item]) => item);
}
