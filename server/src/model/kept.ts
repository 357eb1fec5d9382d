// Answers that outlive an edit, each as long as nothing changes that it was made from. What that is nobody declares: while an answer
// is worked out, every file that is looked up and every other kept answer that is asked for is noted.
import type { FileFacts } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { lazily } from '../facts/once.ts';

/** Something that answers are made from: the facts of a file, what stands under a key, or another answer. */
export interface Source {
  readers?: Set<Answer>;
}

/** An answer, and how to forget it. */
export interface Answer extends Source {
  value: unknown;
  readonly sources: Source[];
  readonly table: Map<unknown, Answer>;
  readonly subject: unknown;
  /** Where its subject is noted when it is forgotten. */
  readonly forgotten?: Set<unknown>;
  /** Over how many questions it went, and through which circle of them: see circular.ts. */
  height?: number;
  circle?: ReadonlySet<unknown>;
}

/** The answer that is being worked out. Asking is never interrupted, so there is one at most. */
let reader: Answer | undefined;

/** Notes that the answer in the making depends on a source. */
export function note(source: Source): void {
  if (!reader) return;
  source.readers ??= new Set();
  if (source.readers.has(reader)) return;
  source.readers.add(reader);
  reader.sources.push(source);
}

/** Forgets all answers that were made from a source. */
export function forgetReaders(source: Source): void {
  const readers = [...(source.readers ?? [])];
  source.readers?.clear();
  for (const answer of readers) {
    if (answer.table.get(answer.subject) === answer) answer.table.delete(answer.subject);
    answer.forgotten?.add(answer.subject);
    for (const it of answer.sources) it.readers?.delete(answer);
    forgetReaders(answer);
  }
}

/** What is kept from link to link. */
interface Store {
  readonly tables: Map<string, Map<unknown, Answer>>;
  readonly files: Map<FilePath, Source>;
  /** Whoever goes over all files depends on each of them. */
  readonly everything: Source;
  readonly indexes: Map<string, Index>;
  readonly gathered: Map<string, Gathered>;
}

/** What is said of files one by one, as a list over all. */
interface Gathered {
  readonly table: Map<unknown, Answer>;
  /** Of these files it is to be asked anew. */
  readonly forgotten: Set<unknown>;
  /** Of the files of which anything is said. */
  readonly byFile: Map<FilePath, readonly unknown[]>;
  list?: readonly unknown[];
}

/** What files say under keys. */
interface Index {
  /** What makes it of files by themselves; absent where each link makes it. */
  indexed?: Indexed<unknown, unknown>;
  readonly byFile: Map<FilePath, ReadonlyMap<unknown, unknown>>;
  readonly byKey: Map<unknown, Keyed>;
}

interface Keyed extends Source {
  readonly byFile: Map<FilePath, unknown>;
  /** In the order of paths. */
  list?: readonly unknown[];
}

/** A question that files answer by themselves: what each says under which key. */
export interface Indexed<Key, Item> {
  readonly question: string;
  readonly of: (facts: FileFacts) => ReadonlyMap<Key, Item>;
  readonly isSame: (one: Item, other: Item) => boolean;
}

/** Where one link keeps its answers; the next link goes on with them. */
export class Keeper {
  #store: Store = emptyStore();
  readonly #views: { table: Map<unknown, Answer> }[] = [];
  /** Whether anything may change at all: who links once need not note what was read. */
  readonly isNoting: boolean;

  constructor(isNoting: boolean) {
    this.isNoting = isNoting;
  }

  /**
   * The keeper of the next link over the same files, some of them with other facts. This one, and the model made with it, goes on
   * with nothing kept.
   */
  handOn(changed: ReadonlyMap<FilePath, FileFacts>): Keeper {
    if (!this.isNoting) return new Keeper(true);
    const next = new Keeper(this.isNoting);
    next.#store = this.#store;
    this.#store = emptyStore();
    for (const it of this.#views) it.table = new Map();
    for (const file of changed.keys()) forgetReaders(sourceOf(next.#store.files, file));
    if (changed.size > 0) forgetReaders(next.#store.everything);
    for (const index of next.#store.indexes.values()) {
      const { indexed } = index;
      if (!indexed) continue;
      for (const [file, facts] of changed) enter(index, file, indexed.of(facts), indexed.isSame);
    }
    return next;
  }

  /** Keeps answers about subjects, each of which belongs to one file. There is one question under a name. */
  keep<Subject extends object, Value>(
    question: string,
    ask: (file: FilePath, subject: Subject) => Value,
  ): (file: FilePath, subject: Subject) => Value {
    const view = this.view(question);
    return (file, subject) => {
      let answer = view.table.get(subject);
      if (!answer) {
        answer = this.workOut({ table: view.table, subject }, () => ask(file, subject), file);
        view.table.set(subject, answer);
      }
      note(answer);
      return answer.value as Value;
    };
  }

  /** Keeps answers about what has a key of its own, and belongs to no file. */
  keepBy<Subject, Value>(
    question: string,
    keyOf: (subject: Subject) => unknown,
    ask: (subject: Subject) => Value,
  ): (subject: Subject) => Value {
    const view = this.view(question);
    return (subject) => {
      const key = keyOf(subject);
      let answer = view.table.get(key);
      if (!answer) {
        answer = this.workOut({ table: view.table, subject: key }, () => ask(subject));
        // What nothing was read for would never be forgotten.
        if (!this.isNoting || answer.sources.length > 0) view.table.set(key, answer);
      }
      note(answer);
      return answer.value as Value;
    };
  }

  /**
   * What is said of all files, in the order of their paths; asked again only of those where something changed that was read for
   * it. Who reads the list depends on all files.
   */
  gather<Item>(
    files: ReadonlyMap<FilePath, FileFacts>,
    question: string,
    ask: (facts: FileFacts) => Iterable<Item>,
  ): readonly Item[] {
    const { gathered, everything } = this.#store;
    note(everything);
    let all = gathered.get(question);
    if (!all) {
      all = { table: new Map(), forgotten: unnoted(() => new Set(files.keys())), byFile: new Map() };
      gathered.set(question, all);
    }
    const { table, forgotten, byFile } = all;
    for (const file of [...forgotten] as FilePath[]) {
      forgotten.delete(file);
      const facts = unnoted(() => files.get(file));
      const said = (): readonly Item[] => (facts ? [...ask(facts)] : []);
      const answer = this.workOut({ table, subject: file, forgotten }, said, file);
      table.set(file, answer);
      const items = answer.value as readonly Item[];
      if (items.length === 0 && !byFile.has(file)) continue;
      if (items.length > 0) byFile.set(file, items);
      else byFile.delete(file);
      delete all.list;
    }
    return (all.list ??= inOrder(byFile).flat()) as readonly Item[];
  }

  /** Works an answer out, without keeping it; what is read meanwhile is noted for it. */
  workOut(
    place: Pick<Answer, 'table' | 'subject' | 'forgotten'>,
    ask: () => unknown,
    file?: FilePath,
  ): Answer {
    const answer: Answer = { ...place, value: undefined, sources: [] };
    if (!this.isNoting) {
      answer.value = ask();
      return answer;
    }
    const before = reader;
    reader = answer;
    try {
      if (file !== undefined) this.noteFile(file);
      answer.value = ask();
    } finally {
      reader = before;
    }
    return answer;
  }

  /** The answers to one question, for as long as this keeper has them. */
  view(question: string): { readonly table: Map<unknown, Answer> } {
    let table = this.#store.tables.get(question);
    if (!table) this.#store.tables.set(question, (table = new Map()));
    const view = { table };
    this.#views.push(view);
    return view;
  }

  /** What all files say under a key, in the order of their paths. */
  index<Key, Item>(
    files: ReadonlyMap<FilePath, FileFacts>,
    indexed: Indexed<Key, Item>,
  ): (key: Key) => readonly Item[] {
    const { question } = indexed;
    const index = lazily(() => {
      const known = this.#store.indexes.get(question);
      if (known) return known;
      const made = this.#indexOf(question);
      made.indexed = indexed as Indexed<unknown, unknown>;
      unnoted(() => {
        for (const facts of files.values()) enter(made, facts.file, indexed.of(facts), indexed.isSame);
      });
      return made;
    });
    return (key) => itemsUnder(index(), key) as readonly Item[];
  }

  /** A look-up that each link makes anew: what was made from an entry that is different now is forgotten. */
  lookUp<Key, Item>(
    question: string,
    make: () => ReadonlyMap<Key, Item>,
    isSame: (one: Item, other: Item) => boolean,
  ): (key: Key) => Item | undefined {
    if (this.#store.indexes.has(question)) enter(this.#indexOf(question), '', make(), isSame);
    const index = lazily(() => {
      const isKnown = this.#store.indexes.has(question);
      if (!isKnown) unnoted(() => enter(this.#indexOf(question), '', make(), isSame));
      return this.#indexOf(question);
    });
    return (key) => itemsUnder(index(), key)[0] as Item | undefined;
  }

  #indexOf(question: string): Index {
    let index = this.#store.indexes.get(question);
    if (!index) this.#store.indexes.set(question, (index = { byFile: new Map(), byKey: new Map() }));
    return index;
  }

  /** Notes that the answer in the making depends on what a file says, or that it is not there. */
  noteFile(file: FilePath): void {
    if (reader) note(sourceOf(this.#store.files, file));
  }

  /** Notes that the answer in the making depends on all files. */
  noteEverything(): void {
    note(this.#store.everything);
  }
}

/** What all files say together is no part of the answer that happens to ask first. */
function unnoted<Value>(work: () => Value): Value {
  const before = reader;
  reader = undefined;
  try {
    return work();
  } finally {
    reader = before;
  }
}

function emptyStore(): Store {
  return { tables: new Map(), files: new Map(), everything: {}, indexes: new Map(), gathered: new Map() };
}

function sourceOf<Key>(sources: Map<Key, Source>, key: Key): Source {
  let source = sources.get(key);
  if (!source) sources.set(key, (source = {}));
  return source;
}

/** Puts what a file says now in the place of what it said before; forgets what was made from what is different. */
function enter<Key, Item>(
  { byFile, byKey }: Index,
  file: FilePath,
  now: ReadonlyMap<Key, Item>,
  isSame: (one: Item, other: Item) => boolean,
): void {
  const before = (byFile.get(file) ?? new Map()) as ReadonlyMap<Key, Item>;
  byFile.set(file, now);
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const [old, item] = [before.get(key), now.get(key)];
    const entry = byKey.get(key) ?? { byFile: new Map<FilePath, unknown>() };
    byKey.set(key, entry);
    // Also one that is the same is another object, and the old one is of the model before.
    if (item === undefined) entry.byFile.delete(file);
    else entry.byFile.set(file, item);
    delete entry.list;
    if (old !== undefined && item !== undefined && isSame(old, item)) continue;
    forgetReaders(entry);
    // Keys are objects of facts too, and would keep those of every version of a file alive.
    if (entry.byFile.size === 0) byKey.delete(key);
  }
}

/** What stands under a key; that nothing does is noted too. */
function itemsUnder({ byKey }: Index, key: unknown): readonly unknown[] {
  let entry = byKey.get(key);
  if (!entry) {
    if (!reader) return [];
    byKey.set(key, (entry = { byFile: new Map() }));
  }
  note(entry);
  return (entry.list ??= inOrder(entry.byFile));
}

function inOrder<Item>(byFile: ReadonlyMap<FilePath, Item>): readonly Item[] {
  const sorted = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, item]) => item);
}
