// Keeps texts, facts, model and findings in step: a changed text is one extraction and at most one link, when somebody asks.
import { extract, recogniseAgain } from '../extract/extract.ts';
import { isNamedAfterEvents, mayMatter } from '../extract/triggers.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { ProjectFacts } from '../facts/project.ts';
import { Keeper } from '../model/incremental/kept.ts';
import { linkSorted } from '../model/link.ts';
import type { EventModel } from '../model/model.ts';
import { resolver } from '../model/resolution/modules.ts';
import type { Rule } from '../rules/rule.ts';
import { nothingFound, runRules, type Found } from '../rules/run.ts';
import { isSameData } from '../same.ts';
import type { FilePath } from '../text.ts';
import { amended, differingIn } from './amended.ts';
import type { ConfigOf } from './configs.ts';
import type { Entry } from './entry.ts';
import type { FactsStore } from './factsCache.ts';
import { follow, isPassedAgain, wayOf, type Reached } from './following.ts';
import { ImportedClients, type ClientSources, type Unread } from './importedClients.ts';
import { handedOn, type Linked } from './linked.ts';
import type { Counters, Snapshot } from './snapshot.ts';
import { Texts } from './texts.ts';

export class Workspace {
  /** Whether texts go on changing: then what one link works out is kept for the next one. */
  isEdited = false;
  readonly #rules: readonly Rule[];
  readonly #store: FactsStore | undefined;
  readonly #entries = new Map<FilePath, Entry>();
  /** Why files could not be read: a defect of ours. */
  readonly #failed = new Map<FilePath, string>();
  readonly #texts = new Texts();
  #projects: readonly ProjectFacts[] = [];
  #configOf: ConfigOf;
  #isComplete = false;
  #resolve: ClientSources['resolve'] | undefined;
  #reached: Reached | undefined;
  readonly #clients: ImportedClients;
  /** Files whose text changed since names were followed. */
  readonly #changed = new Set<FilePath>();
  /** How often anything changed by which names are followed. */
  #changes = 0;
  #linked: Linked | undefined;
  #snapshot: Snapshot | undefined;
  #found: Found = nothingFound;
  #extractions = 0;
  #links = 0;

  constructor(rules: readonly Rule[], configOf: ConfigOf, store?: FactsStore) {
    this.#rules = rules;
    this.#configOf = configOf;
    this.#store = store;
    this.#clients = new ImportedClients({
      resolve: (from, specifier) => this.#resolver()(from, specifier),
      recognise: (facts, given) => {
        const own = this.#configOf.frameworksFor(facts.file)?.frameworks;
        return recogniseAgain(facts, this.#entries.get(facts.file)?.text ?? '', given, own);
      },
      factsOf: (file) => this.#factsOf(file),
    });
  }

  get counters(): Counters {
    return { extractions: this.#extractions, links: this.#links };
  }

  /** Puts a text in, from an editor or from the disk. The same text again changes nothing. */
  setText(file: FilePath, text: string): void {
    const old = this.#entries.get(file);
    if (old?.text === text) return;
    const before = old?.facts ?? old?.before;
    const isTriggered = this.#isTriggered(file, text);
    const followed = old?.followed ?? old?.text;
    const known = followed === undefined ? {} : { followed };
    this.#entries.set(file, { text, isTriggered, ...(before && { before }), ...known });
    this.#texts.put(file, text);
    if (!old) this.#forgetImports();
    // Of a text that could not be read nothing tells where it would have led.
    else if (old.isTriggered !== isTriggered || this.#failed.has(file)) this.#reached = undefined;
    this.#failed.delete(file);
    this.#changed.add(file);
    this.#changes += 1;
    this.#snapshot = undefined;
  }

  removeFile(file: FilePath): void {
    if (!this.#entries.delete(file)) return;
    this.#failed.delete(file);
    this.#texts.remove(file);
    this.#clients.forget(file);
    this.#forgetImports();
  }

  setProjects(projects: readonly ProjectFacts[]): void {
    if (JSON.stringify(projects) === JSON.stringify(this.#projects)) return;
    this.#projects = projects;
    this.#forgetImports();
    this.#linked = undefined;
  }

  setConfig(configOf: ConfigOf): void {
    const isReadAnew = configOf.frameworksKey !== this.#configOf.frameworksKey;
    if (configOf.servicesKey !== this.#configOf.servicesKey) this.#linked = undefined;
    this.#configOf = configOf;
    this.#snapshot = undefined;
    if (!isReadAnew) return;
    // Other frameworks see other facts in the same texts.
    this.#failed.clear();
    for (const [file, { text }] of this.#entries)
      this.#entries.set(file, { text, isTriggered: this.#isTriggered(file, text) });
    this.#forgetImports();
  }

  #isTriggered(file: FilePath, text: string): boolean {
    if (mayMatter(text, file) || isNamedAfterEvents(text, file)) return true;
    return this.#configOf.frameworksFor(file)?.mayMatter(text, file) ?? false;
  }

  /** Says whether every file of the workspace was put in; until then nothing may be called absent. */
  setComplete(isComplete: boolean): void {
    if (this.#isComplete === isComplete) return;
    this.#isComplete = isComplete;
    this.#linked = undefined;
    this.#snapshot = undefined;
  }

  get files(): Iterable<FilePath> {
    return this.#entries.keys();
  }

  /** Extracts file by file what the next snapshot needs anyway, so that the caller can do other things in between. */
  *extractAhead(): Generator<void> {
    if (!this.#snapshot) yield* this.#collect();
  }

  /** What holds now. Extracts, links and runs the rules as far as something changed since the last time. */
  snapshot(): Snapshot {
    return (this.#snapshot ??= this.#makeSnapshot());
  }

  #makeSnapshot(): Snapshot {
    const facts = this.#relevantFacts();
    const model = this.#link(facts);
    const texts = this.#texts.now();
    const textOf = (file: FilePath): string | undefined => texts.get(file);
    const unread = [...this.#failed].sort().map(([file, message]) => ({ file, message }));
    const { failures, ...found } = runRules(model, this.#rules, { ...this.#configOf, textOf }, this.#found);
    this.#found = found;
    return {
      model,
      ...found,
      failures: [...unread, ...failures],
      optionsFor: this.#configOf.optionsFor,
      texts,
      textOf,
      factsOf: (file) => facts.get(file),
      files: texts.size,
    };
  }

  #link(facts: ReadonlyMap<FilePath, FileFacts>): EventModel {
    const linked = this.#linked;
    const changed = linked && differingIn(linked.facts, facts);
    if (linked && changed?.length === 0) return linked.model;
    this.#links += 1;
    const keeper =
      this.isEdited && linked && changed ? handedOn(linked, facts, changed) : new Keeper(this.isEdited);
    const { serviceFor } = this.#configOf;
    const model = linkSorted(facts, this.#projects, { isComplete: this.#isComplete, serviceFor, keeper });
    this.#linked = { facts, model, keeper };
    return model;
  }

  #relevantFacts(): ReadonlyMap<FilePath, FileFacts> {
    const steps = this.#collect();
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  }

  #resolver(): ClientSources['resolve'] {
    return (this.#resolve ??= resolver(
      new Map([...this.#entries.keys()].map((it) => [it, it])),
      this.#projects,
    ));
  }

  /** The facts of the files that names are followed from, and of those to which they lead. */
  *#collect(): Generator<void, ReadonlyMap<FilePath, FileFacts>> {
    const same = this.#reachedAgain();
    if (same) return same.facts;
    this.#reached = undefined;
    const changes = this.#changes;
    const starting = yield* this.#starting();
    const reached = yield* follow(starting, {
      factsOf: (file) => {
        const facts = this.#factsOf(file);
        return facts && this.#clients.seen(facts);
      },
      textOf: (file) => this.#entries.get(file)?.text,
      resolve: this.#resolver(),
    });
    // What changed between two steps was partly followed as it was before.
    if (this.#changes !== changes) return reached.facts;
    this.#reached = reached;
    this.#forgetChanges();
    return reached.facts;
  }

  /** The files with trigger words, and those that import clients. */
  *#starting(): Generator<void, ReadonlyMap<FilePath, FileFacts>> {
    const triggered: FileFacts[] = [];
    for (const [file, entry] of this.#entries) {
      const facts = entry.isTriggered ? this.#factsOf(file) : undefined;
      if (facts) triggered.push(facts);
      yield;
    }
    const importers = this.#clients.importers(triggered, () => this.#unread());
    const starting = new Map<FilePath, FileFacts>();
    for (const it of [...triggered, ...importers]) {
      starting.set(it.file, this.#clients.seen(it));
      yield;
    }
    return starting;
  }

  /** Texts without trigger words. */
  *#unread(): Generator<Unread> {
    for (const [file, { text, isTriggered }] of this.#entries) if (!isTriggered) yield { file, text };
  }

  #forgetChanges(): void {
    for (const file of this.#changed) {
      const entry = this.#entries.get(file);
      if (!entry) continue;
      delete entry.followed;
      // Names were followed without the facts of this text; those of one before say nothing of where it leads.
      if (!entry.facts) delete entry.before;
    }
    this.#changed.clear();
  }

  /** What was reached before, with new facts of changed files, when all lead to the same files as then. */
  #reachedAgain(): Reached | undefined {
    if (!this.#reached) return undefined;
    const { facts } = this.#reached;
    const changes = new Map<FilePath, FileFacts>();
    for (const file of this.#changed) {
      const entry = this.#entries.get(file);
      const old = facts.get(file) ?? (this.#reached.passed.has(file) ? entry?.before : undefined);
      const names = this.#reached.passed.get(file);
      if (!old && names && !(entry && isPassedAgain(entry.followed ?? '', entry.text, names)))
        return undefined;
      if (!old) {
        // Facts that were never asked for can lead nowhere, unless by a client that is new to this file.
        if (entry && this.#clients.mayChange({ file, text: entry.text })) return undefined;
        continue;
      }
      const own = this.#factsOf(file);
      if (!own || !this.#clients.makesTheSame(own)) return undefined;
      const now = this.#clients.seen(own);
      if (wayOf(now) !== wayOf(old)) return undefined;
      if (facts.has(file)) changes.set(file, now);
    }
    this.#forgetChanges();
    return (this.#reached = { ...this.#reached, facts: amended(facts, changes) });
  }

  /** What specifiers mean is to be found out anew: files came or went, or the projects changed. */
  #forgetImports(): void {
    this.#resolve = undefined;
    this.#reached = undefined;
    this.#snapshot = undefined;
    this.#changes += 1;
  }

  /** What the text of a file gives by itself. */
  #factsOf(file: FilePath): FileFacts | undefined {
    const entry = this.#entries.get(file);
    if (!entry || entry.facts || this.#failed.has(file)) return entry?.facts;
    try {
      const facts = this.#extract(file, entry.text);
      const isSame = entry.before && isSameData(entry.before, facts);
      entry.facts = isSame ? entry.before : facts;
      delete entry.before;
    } catch (error) {
      this.#failed.set(file, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    return entry.facts;
  }

  /** What is understood with frameworks of the workspace's own depends on more than the text, and is not kept. */
  #extract(file: FilePath, text: string): FileFacts {
    const own = this.#configOf.frameworksFor(file)?.frameworks;
    const known = own ? undefined : this.#store?.find(file, text);
    if (known) return known;
    this.#extractions += 1;
    const facts = extract(file, text, own);
    if (!own) this.#store?.keep(file, text, facts);
    return facts;
  }
}
