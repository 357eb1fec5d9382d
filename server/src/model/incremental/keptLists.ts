// Lists and look-ups over all files that an edit only mends: what files say under keys, and what is said of them one by one.
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { forget, forgetReaders, isNoted, note, type Answer, type Source } from './noting.ts';

/** What is said of files or other subjects one by one, as a list over all. */
export interface Gathered<Key = unknown> {
  readonly table: Map<unknown, Answer>;
  /** Of these it is to be asked anew. */
  readonly forgotten: Set<Key>;
  /** Of those of which anything is said. */
  readonly byKey: Map<Key, readonly unknown[]>;
  /** Those of whom it is asked, in their order; absent for files, which are in the order of their paths and stay the same. */
  keys?: readonly Key[];
  list: readonly unknown[] | undefined;
}

/** One thing that is said, and of whom. */
export interface Said<Of, Item = unknown> {
  readonly of: Of;
  readonly said: Item;
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

/**
 * A question that files answer by themselves: what each says under which key. The one that asked first is kept, so its functions
 * must stand outside of any that is given a model: that model would be kept with them, and the facts of all files as they were then.
 */
export interface Indexed<Key, Item> {
  readonly question: string;
  readonly of: (facts: FileFacts) => ReadonlyMap<Key, Item>;
  readonly isSame: (one: Item, other: Item) => boolean;
}

/** Nothing said yet of any of these. */
export function gatheredOf<Key>(keys: Iterable<Key>): Gathered<Key> {
  return { table: new Map(), forgotten: new Set(keys), byKey: new Map(), list: undefined };
}

/** Lets go of subjects that are no more, and marks new ones to be asked. */
export function regathered<Key>(all: Gathered<Key>, keys: readonly Key[]): void {
  const { table, forgotten, byKey, keys: before = [] } = all;
  if (keys.length === before.length && keys.every((it, index) => it === before[index])) return;
  const now = new Set(keys);
  for (const it of before) {
    if (now.has(it)) continue;
    const answer = table.get(it);
    if (answer) forget(answer);
    forgotten.delete(it);
    byKey.delete(it);
  }
  const known = new Set(before);
  for (const it of keys) if (!known.has(it)) forgotten.add(it);
  all.keys = keys;
  all.list = undefined;
}

/** Asks anew of those where something changed, and gives what is said of all, in their order. */
export function mended<Key>(all: Gathered<Key>, ask: (key: Key) => Answer): readonly unknown[] {
  const { table, forgotten, byKey } = all;
  for (const key of [...forgotten]) {
    forgotten.delete(key);
    const answer = askedOf(key, forgotten, ask);
    table.set(key, answer);
    const items = answer.value as readonly unknown[];
    if (items.length > 0) byKey.set(key, items);
    else if (!byKey.delete(key)) continue;
    all.list = undefined;
  }
  return (all.list ??= listed(all));
}

/** Files in the order of their paths; of other subjects it is said who they are. */
function listed<Key>({ byKey, keys }: Gathered<Key>): readonly unknown[] {
  if (keys) return keys.flatMap((of) => (byKey.get(of) ?? nothing).map((said): Said<Key> => ({ of, said })));
  return inOrder(byKey).flat();
}

const nothing: readonly unknown[] = [];

/** Where a defect of ours stops the answer, it is to be asked again. */
function askedOf<Key>(key: Key, forgotten: Set<Key>, ask: (key: Key) => Answer): Answer {
  try {
    return ask(key);
  } catch (error) {
    forgotten.add(key);
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
  const before = byFile.get(file) as ReadonlyMap<Key, Item> | undefined;
  byFile.set(file, now);
  for (const [key, item] of now) {
    const old = before?.get(key);
    const entry = byKey.get(key) ?? emptyEntry();
    if (old === undefined) byKey.set(key, entry);
    else if (old === item) continue;
    // Also one that is the same is another object, and the old one is of the model before.
    entry.byFile.set(file, item);
    entry.list = undefined;
    if (old === undefined || !isSame(old, item)) forgetReaders(entry);
  }
  for (const key of before?.keys() ?? []) {
    const entry = now.has(key) ? undefined : byKey.get(key);
    if (!entry) continue;
    entry.byFile.delete(file);
    entry.list = undefined;
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

function inOrder<Key, Item>(byFile: ReadonlyMap<Key, Item>): readonly Item[] {
  if (byFile.size < 2) return [...byFile.values()];
  const sorted = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, item]) => item);
}
