// Answers that outlive an edit, each as long as nothing changes that it was made from. What that is nobody declares: while an answer
// is worked out, every file that is looked up and every other kept answer that is asked for is noted.
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { outlineOf } from '../fileIndex.ts';
import {
  enter,
  gatheredOf,
  itemsUnder,
  mended,
  purge,
  regathered,
  type Gathered,
  type Index,
  type Indexed,
  type Said,
} from './keptLists.ts';
import { NamedIndex, type Named } from './keptNames.ts';
import {
  forgetReaders,
  isNoted,
  newAnswer,
  newSource,
  newWhole,
  note,
  noting,
  unnoted,
  type Answer,
  type Source,
} from './noting.ts';

/** What is kept from link to link. */
interface Store {
  readonly tables: Map<string, Map<unknown, Answer>>;
  readonly files: Map<FilePath, Source>;
  /** What files import, export and declare, without what stands there. */
  readonly outlines: Map<FilePath, Source>;
  /** Whoever goes over all files depends on each of them. */
  readonly everything: Source;
  readonly indexes: Map<string, Index>;
  readonly gathered: Map<string, Gathered>;
  readonly named: Map<string, NamedIndex>;
}

/** The facts of a file, and those in their place. */
export interface Change {
  readonly before: FileFacts;
  readonly now: FileFacts;
}

/** Things of a model, each with what it is known by from model to model. */
export interface Subjects<Subject> {
  /** In the order of the things. */
  readonly keys: readonly unknown[];
  readonly of: (key: unknown) => Subject;
}

/** After so many links keys that nobody asks for any more are looked for. */
const purging = 64;

/** Where one link keeps its answers; the next link goes on with them. */
export class Keeper {
  #store: Store = emptyStore();
  readonly #views: { table: Map<unknown, Answer> }[] = [];
  /** How many links went before. */
  #age = 0;
  /** Whether anything may change at all: who links once need not note what was read. */
  readonly isNoting: boolean;

  constructor(isNoting: boolean) {
    this.isNoting = isNoting;
  }

  /**
   * The keeper of the next link over the same files, some of them with other facts. This one, and the model made with it, goes on
   * with nothing kept.
   */
  handOn(changed: readonly Change[]): Keeper {
    if (!this.isNoting) return new Keeper(true);
    const next = new Keeper(this.isNoting);
    next.#store = this.#store;
    this.#store = emptyStore();
    for (const it of this.#views.splice(0)) it.table = new Map();
    for (const { before, now } of changed) {
      forgetReaders(sourceOf(next.#store.files, now.file));
      if (outlineOf(before) !== outlineOf(now)) forgetReaders(sourceOf(next.#store.outlines, now.file));
    }
    if (changed.length > 0) forgetReaders(next.#store.everything);
    for (const index of next.#store.indexes.values()) {
      const { indexed } = index;
      if (!indexed) continue;
      for (const { now } of changed) enter(index, now.file, indexed.of(now), indexed.isSame);
    }
    for (const it of next.#store.named.values()) it.change(changed.map(({ now }) => now));
    next.#age = this.#age + 1;
    if (next.#age % purging !== 0) return next;
    for (const it of next.#store.indexes.values()) purge(it);
    for (const it of next.#store.named.values()) it.purge();
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
    const all = this.#gathered<FilePath>(question, () => (this.isNoting ? files.keys() : []));
    // Who links once mends nothing. Files are in the order of their paths.
    if (!this.isNoting) all.list ??= [...files.values()].flatMap((it) => [...ask(it)]);
    return mended(all, (file) => {
      const facts = unnoted(() => files.get(file));
      const said = (): readonly Item[] => (facts ? [...ask(facts)] : []);
      return this.workOut({ ...all, subject: file }, said, file);
    }) as readonly Item[];
  }

  /** The same of subjects that each model makes anew, in their order. */
  list<Subject, Item>(
    question: string,
    { keys, of }: Subjects<Subject>,
    ask: (subject: Subject) => Iterable<Item>,
  ): readonly Said<Subject, Item>[] {
    const all = this.#gathered<unknown>(question, () => []);
    regathered(all, keys);
    const said = mended(all, (key) => this.workOut({ ...all, subject: key }, () => [...ask(of(key))]));
    return (said as readonly Said<unknown, Item>[]).map((it) => ({ ...it, of: of(it.of) }));
  }

  #gathered<Key>(question: string, keys: () => Iterable<Key>): Gathered<Key> {
    const { gathered, everything } = this.#store;
    note(everything);
    const all = gathered.get(question) ?? gatheredOf(unnoted(keys));
    gathered.set(question, all);
    return all as Gathered<Key>;
  }

  /** Works an answer out, without keeping it; what is read meanwhile is noted for it. */
  workOut(place: Parameters<typeof newAnswer>[0], ask: () => unknown, file?: FilePath): Answer {
    const answer = newAnswer(place);
    if (!this.isNoting) {
      answer.value = ask();
      return answer;
    }
    noting(answer, () => {
      if (file !== undefined) this.noteFile(file);
      answer.value = ask();
    });
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
    const make = (): Index => {
      const made = this.#indexOf(question);
      made.indexed = indexed as Indexed<unknown, unknown>;
      unnoted(() => {
        for (const facts of files.values()) enter(made, facts.file, indexed.of(facts), indexed.isSame);
      });
      return made;
    };
    // Asked for by its name each time: the one that was handed on is of the next model.
    return (key) => itemsUnder(this.#store.indexes.get(question) ?? make(), key) as readonly Item[];
  }

  /** What all files say of a thing, in the order of their paths; only files that have its name are asked. */
  byName<Key, Item>(named: Named<Key, Item>): (name: string, key: Key) => readonly Item[] {
    const { question } = named;
    const workOut: NamedIndex['workOut'] = (place, { file, name }) => {
      const answer = this.workOut(place, () => named.of(file, name), file);
      return { answer, said: answer.value as ReadonlyMap<Key, Item> };
    };
    const asked = named as Named<unknown, unknown>;
    const known = this.#store.named.get(question);
    if (known) {
      Object.assign(known, { named: asked, workOut });
      unnoted(() => known.mend());
    }
    // As with an index: the one that was handed on is of the next model.
    const index = (): NamedIndex => {
      const made = this.#store.named.get(question) ?? new NamedIndex(asked, workOut);
      this.#store.named.set(question, made);
      return made;
    };
    return (name, key) => index().items(name, key) as readonly Item[];
  }

  /** A look-up that each link makes anew: what was made from an entry that is different now is forgotten. */
  lookUp<Key, Item>(
    question: string,
    make: () => ReadonlyMap<Key, Item>,
    isSame: (one: Item, other: Item) => boolean,
  ): (key: Key) => Item | undefined {
    const entered = (): Index => {
      const index = this.#indexOf(question);
      unnoted(() => enter(index, '', make(), isSame));
      return index;
    };
    if (this.#store.indexes.has(question)) entered();
    return (key) => itemsUnder(this.#store.indexes.get(question) ?? entered(), key)[0] as Item | undefined;
  }

  #indexOf(question: string): Index {
    let index = this.#store.indexes.get(question);
    if (!index) this.#store.indexes.set(question, (index = { byFile: new Map(), byKey: new Map() }));
    return index;
  }

  /** Notes that the answer in the making depends on what a file says, or that it is not there. */
  noteFile(file: FilePath): void {
    if (isNoted()) note(sourceOf(this.#store.files, file));
  }

  /** Notes that it depends on which names a file imports, exports and declares. */
  noteOutline(file: FilePath): void {
    if (isNoted()) note(sourceOf(this.#store.outlines, file));
  }

  /** Notes that the answer in the making depends on all files. */
  noteEverything(): void {
    note(this.#store.everything);
  }
}

function emptyStore(): Store {
  return {
    tables: new Map(),
    files: new Map(),
    outlines: new Map(),
    everything: newWhole(),
    indexes: new Map(),
    gathered: new Map(),
    named: new Map(),
  };
}

function sourceOf<Key>(sources: Map<Key, Source>, key: Key): Source {
  let source = sources.get(key);
  if (!source) sources.set(key, (source = newSource()));
  return source;
}
