// Gives each file what others have made for it: the clients of libraries that it imports. A second look at facts, not at texts.
// A file that imports a client need not have a trigger word, so all texts are asked for what they import, but not parsed.
import { clientsOf } from '../extract/clients.ts';
import { nothingGiven, type Client, type Clients } from '../extract/fileView.ts';
import { importedAtTop } from '../extract/topImports.ts';
import { hasOtherEvents } from '../extract/triggers.ts';
import type { ExportFact, FileFacts } from '../facts/facts.ts';
import { isSameData } from '../same.ts';
import type { FilePath } from '../text.ts';

/** What is asked about a workspace. */
export interface ClientSources {
  readonly resolve: (from: FilePath, specifier: string) => FilePath | undefined;
  /** The facts of a file where its imports stand for these clients. */
  readonly recognise: (facts: FileFacts, given: Clients) => FileFacts;
  /** The facts that a text gives by itself; it is extracted when it was not yet. */
  readonly factsOf: (file: FilePath) => FileFacts | undefined;
}

/** A text without trigger words. */
export interface Unread {
  readonly file: FilePath;
  readonly text: string;
}

/** Barrels hand on what barrels hand on. */
const maxHops = 5;

/** Knows who exports clients and who imports them, and keeps what came of it from round to round. */
export class ImportedClients {
  readonly #sources: ClientSources;
  /** What files with trigger words made when they were asked. */
  readonly #made = new Map<FilePath, Clients>();
  /** What each file exports of clients, its own and those of others that it hands on. */
  readonly #exported = new Map<FilePath, Clients>();
  /** Files that hand clients on and have no trigger word. */
  readonly #barrels = new Set<FilePath>();
  /** How relative specifiers of those who export clients end. */
  readonly #endings = new Set<string>();
  readonly #seen = new Map<FilePath, Seen>();

  constructor(sources: ClientSources) {
    this.#sources = sources;
  }

  /** Finds out anew who exports clients, and gives the files without trigger words that import some. */
  importers(triggered: readonly FileFacts[], unread: () => Iterable<Unread>): readonly FileFacts[] {
    for (const it of [this.#made, this.#exported, this.#barrels, this.#endings]) it.clear();
    for (const it of triggered) {
      const made = clientsOf(it);
      if (made === nothingGiven) continue;
      this.#made.set(it.file, made);
      this.#export(it.file, made);
    }
    if (this.#exported.size === 0) return [];
    const headed = [...unread()].map((it) => ({ ...it, specifiers: importedAtTop(it.text) }));
    this.#handOn(triggered, headed);
    return headed.flatMap((it) => {
      const facts = this.#mayImport(it) ? this.#sources.factsOf(it.file) : undefined;
      return facts && this.#givenTo(facts) ? [facts] : [];
    });
  }

  /** The facts of a file, read again with the clients that it imports. */
  seen(own: FileFacts): FileFacts {
    const given = this.#givenTo(own);
    if (!given) return own;
    const before = this.#seen.get(own.file);
    const key = JSON.stringify(given);
    if (before?.of === own && before.key === key) return before.facts;
    const facts = this.#sources.recognise(own, given);
    // The very facts of before, where they are the same: then nothing needs linking.
    const isSame = before !== undefined && isSameData(before.facts, facts);
    const seen = { of: own, key, facts: isSame ? before.facts : facts };
    this.#seen.set(own.file, seen);
    return seen.facts;
  }

  /** Whether a file makes what it made for others before. What it hands on is told by its imports and exports. */
  makesTheSame(now: FileFacts): boolean {
    const before = this.#made.get(now.file) ?? nothingGiven;
    const made = clientsOf(now);
    return isSameData(made, before);
  }

  /** Whether a text that imported no client, or only handed some on, may do otherwise now. */
  mayChange({ file, text }: Unread): boolean {
    if (this.#barrels.has(file)) return true;
    if (!this.#mayImport({ file, text, specifiers: importedAtTop(text) })) return false;
    const facts = this.#sources.factsOf(file);
    return facts !== undefined && (this.#givenTo(facts) ?? this.#handedOnBy(facts)) !== undefined;
  }

  forget(file: FilePath): void {
    this.#seen.delete(file);
  }

  /** From those who make clients to barrels, and to barrels of barrels. */
  #handOn(triggered: readonly FileFacts[], unread: readonly Headed[]): void {
    const exporting = unread.filter(({ text }) => text.includes('export'));
    for (let hop = 1; hop < maxHops; hop += 1) {
      const found = [
        ...triggered,
        ...exporting.flatMap((it) => (this.#mayImport(it) ? (this.#sources.factsOf(it.file) ?? []) : [])),
      ].filter((it) => this.#handsOnMore(it));
      for (const { file } of found) if (!this.#made.has(file)) this.#barrels.add(file);
      if (found.length === 0) return;
    }
  }

  /** Whether a file hands on what was not known of it yet; from now on it is. */
  #handsOnMore(facts: FileFacts): boolean {
    const known = this.#exported.get(facts.file) ?? nothingGiven;
    const more = Object.entries(this.#handedOnBy(facts) ?? nothingGiven).filter(
      ([name]) => !Object.hasOwn(known, name),
    );
    if (more.length > 0) this.#export(facts.file, Object.fromEntries([...Object.entries(known), ...more]));
    return more.length > 0;
  }

  #export(file: FilePath, clients: Clients): void {
    this.#exported.set(file, clients);
    const [folder, name] = file.split('/').slice(-2).map(bare);
    for (const it of name === 'index' ? [name, folder] : [name]) if (it !== undefined) this.#endings.add(it);
  }

  #handedOnBy(facts: FileFacts): Clients | undefined {
    const found = facts.exports.flatMap((it) => this.#behindExport(it, facts));
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  }

  /** `export { redis } from './redis'`, `export * from './redis'`, `import { redis } from './redis'; export { redis }`. */
  #behindExport(
    { name, local, from }: ExportFact,
    { file, imports }: FileFacts,
  ): readonly (readonly [string, Client])[] {
    if (name === '*' && from !== undefined) {
      const all = this.#exportedBy(this.#sources.resolve(file, from)) ?? nothingGiven;
      return Object.entries(all).filter(([it]) => it !== 'default');
    }
    const behind = from === undefined ? imports.find((it) => it.local === local) : { name: local, from };
    const client = behind && this.#exportedAs(behind.name, this.#sources.resolve(file, behind.from));
    return client ? [[name, client]] : [];
  }

  #exportedBy(file: FilePath | undefined): Clients | undefined {
    return file === undefined ? undefined : this.#exported.get(file);
  }

  #exportedAs(name: string, file: FilePath | undefined): Client | undefined {
    const all = this.#exportedBy(file);
    if (!all) return undefined;
    if (name === '*') return { members: all };
    return Object.hasOwn(all, name) ? all[name] : undefined;
  }

  #givenTo({ file, imports }: FileFacts): Clients | undefined {
    if (this.#exported.size === 0) return undefined;
    const found = imports.flatMap(({ local, name, from }) => {
      const client = this.#exportedAs(name, this.#sources.resolve(file, from));
      return client ? [[local, client] as const] : [];
    });
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  }

  /** Whether a text says the name of a client, and imports from the file that exports it. */
  #mayImport({ file, text, specifiers }: Headed): boolean {
    if (this.#exported.size === 0) return false;
    return (
      specifiers.some((it) => {
        const all = this.#mayLead(it) ? this.#exportedBy(this.#sources.resolve(file, it)) : undefined;
        return all && isSaid(all, text);
      }) && !hasOtherEvents(text, file)
    );
  }

  #mayLead(specifier: string): boolean {
    if (!specifier.startsWith('.')) return true;
    const last = specifier.slice(specifier.lastIndexOf('/') + 1);
    return /^\.*$/.test(last) || this.#endings.has(bare(last));
  }
}

interface Seen {
  readonly of: FileFacts;
  readonly key: string;
  readonly facts: FileFacts;
}

interface Headed extends Unread {
  readonly specifiers: readonly string[];
}

/** By whatever name something is imported as the default, or a whole module, or handed on with it. */
function isSaid(clients: Clients, text: string): boolean {
  if (Object.hasOwn(clients, 'default') || /\*\s*(?:as|from)\b/.test(text)) return true;
  return Object.keys(clients).some((it) => text.includes(it));
}

function bare(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, '');
}
