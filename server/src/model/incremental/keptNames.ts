// Look-ups over all files of which only the names are looked through that somebody asks for. What one file says under such a name
// is worked out by itself: an edit asks anew only where something changed that was read for it.
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { enter, itemsUnder, purge, type Index } from './keptLists.ts';
import { forgetReaders, unnoted, type Answer } from './noting.ts';

/** What files say of things that have one name each. */
export interface Named<Key, Item> {
  readonly question: string;
  readonly namesIn: (facts: FileFacts) => Iterable<string>;
  readonly filesWith: (name: string) => readonly FilePath[];
  /** What a file says under a name. It may look at anything but what it is asked for. */
  readonly of: (file: FilePath, name: string) => ReadonlyMap<Key, Item>;
  readonly isSame: (one: Item, other: Item) => boolean;
}

/** Works out what a file says under a name, and notes what is read for it. */
type WorkOut = (place: Pick<Answer, 'table' | 'subject' | 'forgotten'>, of: Part) => Said;

interface Said {
  readonly answer: Answer;
  readonly said: ReadonlyMap<unknown, unknown>;
}

interface Part {
  readonly file: FilePath;
  readonly name: string;
}

/** So many files of one name are asked before anybody needs it. */
const few = 20;

/** What was looked through so far, from link to link. */
export class NamedIndex {
  /** Of the link that asks now. */
  named: Named<unknown, unknown>;
  workOut: WorkOut;
  /** The names that are looked through in all files, and of which things with them somebody asked. */
  readonly #asked = new Map<string, Set<unknown>>();
  readonly #parts = new Map<unknown, Answer>();
  readonly #forgotten = new Set<unknown>();
  readonly #index: Index = { byFile: new Map(), byKey: new Map() };
  #changed: readonly FileFacts[] = [];

  constructor(named: Named<unknown, unknown>, workOut: WorkOut) {
    this.named = named;
    this.workOut = workOut;
  }

  /** The next link is one of these facts, which are others than before. */
  change(changed: readonly FileFacts[]): void {
    this.#changed = changed;
  }

  /**
   * Asks anew for what was forgotten, and forgets what was made from an entry that is another one now. Where that is much, all is
   * forgotten that was made from the name: to ask for it before somebody needs it may be in vain.
   */
  mend(): void {
    for (const facts of this.#changed) this.#forget(facts);
    this.#changed = [];
    const byName = new Map<string, Part[]>();
    for (const part of [...this.#forgotten].map(partOf)) {
      if (this.#asked.has(part.name)) byName.set(part.name, [...(byName.get(part.name) ?? []), part]);
    }
    for (const [name, parts] of byName)
      if (parts.length > few || !parts.every((it) => this.#isAsked(it))) this.#forgetName(name);
  }

  /** A name that nobody asked for is looked through when somebody does. */
  #forget(facts: FileFacts): void {
    for (const name of this.named.namesIn(facts)) {
      const key = keyOf({ file: facts.file, name });
      if (this.#asked.has(name) || this.#parts.has(key)) this.#forgotten.add(key);
    }
  }

  /** What stands under a key, in the order of paths. */
  items(name: string, key: unknown): readonly unknown[] {
    const asked = this.#asked.get(name) ?? this.#lookedThrough(name);
    asked.add(key);
    return itemsUnder(this.#index, key);
  }

  /** Lets go of keys of which nobody depends: places of older texts are such. */
  purge(): void {
    purge(this.#index);
    for (const asked of this.#asked.values())
      for (const key of asked) if (!this.#index.byKey.has(key)) asked.delete(key);
  }

  #lookedThrough(name: string): Set<unknown> {
    for (const file of unnoted(() => this.named.filesWith(name))) {
      const key = keyOf({ file, name });
      if (!this.#parts.has(key) || this.#forgotten.has(key)) this.#ask({ file, name });
    }
    const asked = new Set<unknown>();
    this.#asked.set(name, asked);
    return asked;
  }

  #ask(part: Part): void {
    const key = keyOf(part);
    const { answer, said } = this.workOut(
      { table: this.#parts, subject: key, forgotten: this.#forgotten },
      part,
    );
    this.#forgotten.delete(key);
    this.#parts.set(key, answer);
    enter(this.#index, key, said, this.named.isSame);
  }

  /** Where a defect of ours stops the answer, whoever needs it hears of it. */
  #isAsked(part: Part): boolean {
    try {
      this.#ask(part);
      return true;
    } catch {
      return false;
    }
  }

  #forgetName(name: string): void {
    for (const key of this.#asked.get(name) ?? []) {
      const entry = this.#index.byKey.get(key);
      if (entry) forgetReaders(entry);
    }
    this.#asked.delete(name);
  }
}

function keyOf({ file, name }: Part): string {
  return `${name}\0${file}`;
}

function partOf(key: unknown): Part {
  const [name = '', file = ''] = String(key).split('\0');
  return { name, file };
}
