// Gives each file what others have made for it: the clients of libraries that it imports. A second look at facts, not at texts.
import { clientsOf } from '../extract/clients.ts';
import type { Client, Clients } from '../extract/fileView.ts';
import type { ExportFact, FileFacts, ImportFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { outlineOf } from '../model/fileIndex.ts';
import type { FilePath } from '../text.ts';
import { amended, differingIn } from './amended.ts';

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
  #all: FactsByFile = new Map();
  #names: ReadonlySet<string> = new Set();
  readonly #seen = new Map<FilePath, Seen>();

  /** The facts of all files, those that import clients read again with these. */
  seenBy(facts: FactsByFile, sources: ClientSources): FactsByFile {
    const changed = this.#changedIn(facts, sources);
    this.#all = changed ? this.#amended(facts, changed, sources) : this.#lookedThrough(facts, sources);
    this.#resolve = sources.resolve;
    this.#before = facts;
    return this.#all;
  }

  /** The files that changed; undefined where any file may be given something else: a client did, or who hands it on. */
  #changedIn(facts: FactsByFile, { resolve }: ClientSources): readonly FileFacts[] | undefined {
    const changed = resolve === this.#resolve ? differingIn(this.#before, facts) : undefined;
    const now = changed?.flatMap((it) => facts.get(it) ?? []);
    return now?.every((it) => isSameForOthers(this.#before.get(it.file), it)) ? now : undefined;
  }

  #amended(facts: FactsByFile, changed: readonly FileFacts[], sources: ClientSources): FactsByFile {
    for (const it of changed) this.#look(it, facts, sources);
    return amended(this.#all, new Map(changed.map((it) => [it.file, this.#seen.get(it.file)?.facts ?? it])));
  }

  #lookedThrough(facts: FactsByFile, sources: ClientSources): FactsByFile {
    for (const file of [...this.#seen.keys()]) if (!facts.has(file)) this.#seen.delete(file);
    this.#names = namesOfClients(facts);
    for (const it of facts.values()) this.#look(it, facts, sources);
    return amended(facts, new Map([...this.#seen].map(([file, it]) => [file, it.facts])));
  }

  #look(own: FileFacts, all: FactsByFile, { resolve, recognise }: ClientSources): void {
    const { file } = own;
    const imports = own.imports.filter(({ name }) => name === '*' || this.#names.has(name));
    const given = givenTo({ file, imports }, all, resolve);
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

/** Under which names modules export clients: their own, and what others make of these when they hand them on. */
function namesOfClients(facts: FactsByFile): ReadonlySet<string> {
  const names = new Set([...facts.values()].flatMap((it) => Object.keys(clientsOf(it))));
  if (names.size === 0) return names;
  const renamed = [...facts.values()].flatMap(renamedIn);
  for (let hop = 0; hop < maxHops; hop += 1)
    for (const { from, to } of renamed) if (from === '*' || names.has(from)) names.add(to);
  return names;
}

const clientsKey = once((facts: FileFacts) => JSON.stringify(clientsOf(facts)));

function isSameForOthers(before: FileFacts | undefined, now: FileFacts): boolean {
  return (
    before !== undefined && outlineOf(before) === outlineOf(now) && clientsKey(before) === clientsKey(now)
  );
}

function givenTo(
  { file, imports }: Pick<FileFacts, 'file' | 'imports'>,
  all: FactsByFile,
  resolve: ClientSources['resolve'],
): Clients | undefined {
  const found = imports.flatMap(({ local, name, from }: ImportFact) => {
    const client = clientOf({ file: resolve(file, from), name, hops: maxHops }, all, resolve);
    return client ? [[local, client] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** `export { redis as cache } from './redis'`: under which other names a module hands on what it imports. */
const renamedIn = once(({ exports, imports }: FileFacts) =>
  exports.flatMap((it) => {
    if (it.name === '*') return [];
    const behind = behindExport(it, imports, it.name);
    return behind && behind.name !== it.name ? [{ from: behind.name, to: it.name }] : [];
  }),
);

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
    const behind = behindExport(it, facts.imports, name);
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
  imports: FileFacts['imports'],
  name: string,
): Pick<ImportFact, 'name' | 'from'> | undefined {
  if (from !== undefined && exported === '*') return { name, from };
  if (exported !== name) return undefined;
  return from === undefined ? imports.find((it) => it.local === local) : { name: local, from };
}
