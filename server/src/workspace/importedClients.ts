// Gives each file what others have made for it: the clients of libraries that it imports. A second look at facts, not at texts.
import { clientsOf } from '../extract/clients.ts';
import type { Client, Clients } from '../extract/fileView.ts';
import type { ExportFact, FileFacts, ImportFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { outlineOf } from '../model/fileIndex.ts';
import type { FilePath } from '../text.ts';

type FactsByFile = ReadonlyMap<FilePath, FileFacts>;

/** What is asked about a workspace. */
export interface ClientSources {
  /** The same function as long as a specifier means the same file. */
  readonly resolve: (from: FilePath, specifier: string) => FilePath | undefined;
  /** The facts of a file where its imports stand for these clients. */
  readonly recognise: (facts: FileFacts, given: Clients) => FileFacts;
}

/** Barrels hand on what barrels hand on. */
const maxHops = 5;

/** Keeps from round to round what a file was given, and what came of it. */
export class ImportedClients {
  #resolve: ClientSources['resolve'] | undefined;
  #before: FactsByFile = new Map();
  readonly #seen = new Map<FilePath, Seen>();

  /** The facts of all files, those that import clients read again with these. */
  seenBy(facts: FactsByFile, sources: ClientSources): FactsByFile {
    const changed = this.#changedIn(facts, sources);
    for (const it of changed) this.#look(it, facts, sources);
    this.#resolve = sources.resolve;
    this.#before = facts;
    if (this.#seen.size === 0) return facts;
    const all = new Map(facts);
    for (const [file, { facts: seen }] of this.#seen) all.set(file, seen);
    return all;
  }

  /** The files that may be given something else than before: those that changed, or all where a client did, or who hands it on. */
  #changedIn(facts: FactsByFile, { resolve }: ClientSources): readonly FileFacts[] {
    if (resolve === this.#resolve && facts.size === this.#before.size) {
      const changed = [...facts.values()].filter((it) => this.#before.get(it.file) !== it);
      if (changed.every((it) => isSameForOthers(this.#before.get(it.file), it))) return changed;
    }
    for (const file of [...this.#seen.keys()]) if (!facts.has(file)) this.#seen.delete(file);
    return [...facts.values()];
  }

  #look(own: FileFacts, all: FactsByFile, { resolve, recognise }: ClientSources): void {
    const { file } = own;
    const given = givenTo(own, all, resolve);
    const before = this.#seen.get(file);
    if (!given) {
      this.#seen.delete(file);
      return;
    }
    const key = JSON.stringify(given);
    if (before?.of === own && before.key === key) return;
    const facts = recognise(own, given);
    // The very facts of before, where they are the same: then nothing needs linking.
    const isSame = before !== undefined && JSON.stringify(before.facts) === JSON.stringify(facts);
    this.#seen.set(file, { of: own, key, facts: isSame ? before.facts : facts });
  }
}

interface Seen {
  readonly of: FileFacts;
  readonly key: string;
  readonly facts: FileFacts;
}

const clientsKey = once((facts: FileFacts) => JSON.stringify(clientsOf(facts)));

function isSameForOthers(before: FileFacts | undefined, now: FileFacts): boolean {
  return (
    before !== undefined && outlineOf(before) === outlineOf(now) && clientsKey(before) === clientsKey(now)
  );
}

function givenTo(
  { file, imports }: FileFacts,
  all: FactsByFile,
  resolve: ClientSources['resolve'],
): Clients | undefined {
  const found = imports.flatMap(({ local, name, from }: ImportFact) => {
    const client = clientOf({ file: resolve(file, from), name, hops: maxHops }, all, resolve);
    return client ? [[local, client] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

interface Asked {
  readonly file: FilePath | undefined;
  readonly name: string;
  readonly hops: number;
}

/** What a module exports under a name, itself or through others. */
function clientOf(
  { file, name, hops }: Asked,
  all: FactsByFile,
  resolve: ClientSources['resolve'],
): Client | undefined {
  const facts = file === undefined ? undefined : all.get(file);
  if (!facts || hops === 0) return undefined;
  const own = clientsOf(facts);
  if (name === '*') return Object.keys(own).length > 0 ? { members: own } : undefined;
  if (Object.hasOwn(own, name)) return own[name];
  for (const it of facts.exports) {
    const behind = behindExport(it, facts, name);
    if (!behind) continue;
    const asked = { file: resolve(facts.file, behind.from), name: behind.name, hops: hops - 1 };
    const client = clientOf(asked, all, resolve);
    if (client) return client;
  }
  return undefined;
}

/** `export { redis } from './redis'`, `export * from './redis'`, `import { redis } from './redis'; export { redis }`. */
function behindExport(
  { name: exported, local, from }: ExportFact,
  { imports }: FileFacts,
  name: string,
): Pick<ImportFact, 'name' | 'from'> | undefined {
  if (from !== undefined && exported === '*') return { name, from };
  if (exported !== name) return undefined;
  return from === undefined ? imports.find((it) => it.local === local) : { name: local, from };
}
