// Keeps texts, facts, model and findings in step. One change of a text is one extraction and at most one link, and that only
// when somebody asks. Snapshots are immutable: a request takes one and remembers nothing.
import { extract } from '../extract/extract.ts';
import { mayMatter } from '../extract/triggers.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { ProjectFacts } from '../facts/project.ts';
import { link } from '../model/link.ts';
import type { EventModel } from '../model/model.ts';
import { resolver } from '../model/modules.ts';
import type { Finding, Rule } from '../rules/rule.ts';
import { runRules, type RuleFailure } from '../rules/run.ts';
import type { FilePath } from '../text.ts';
import type { ConfigOf } from './configs.ts';

export interface Snapshot {
  readonly model: EventModel;
  readonly findings: readonly Finding[];
  readonly findingsOf: ReadonlyMap<FilePath, readonly Finding[]>;
  readonly failures: readonly Failure[];
  readonly textOf: (file: FilePath) => string | undefined;
  /** Absent for a file that says nothing about events and that no relevant file imports. */
  readonly factsOf: (file: FilePath) => FileFacts | undefined;
  /** How many files were looked at. */
  readonly files: number;
}

/** A defect of ours that was contained: a file whose extraction failed, or a rule. */
export type Failure = { readonly file: FilePath; readonly message: string } | RuleFailure;

/** What was done since the start; tests count it. */
export interface Counters {
  readonly extractions: number;
  readonly links: number;
}

interface Entry {
  readonly text: string;
  readonly isTriggered: boolean;
  /** The facts of the text before: kept when the new ones are equal, so that nothing needs linking. */
  readonly before?: FileFacts;
  facts?: FileFacts;
  failure?: string;
}

type Resolve = (from: FilePath, specifier: string) => FilePath | undefined;

export class Workspace {
  readonly #rules: readonly Rule[];
  readonly #entries = new Map<FilePath, Entry>();
  #projects: readonly ProjectFacts[] = [];
  #configOf: ConfigOf;
  #isComplete = false;
  #resolve: Resolve | undefined;
  #imports = new WeakMap<FileFacts, readonly FilePath[]>();
  #linked: { readonly facts: readonly FileFacts[]; readonly model: EventModel } | undefined;
  #snapshot: Snapshot | undefined;
  #extractions = 0;
  #links = 0;

  constructor(rules: readonly Rule[], configOf: ConfigOf) {
    this.#rules = rules;
    this.#configOf = configOf;
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
    this.#entries.set(file, { text, isTriggered, ...(before ? { before } : {}) });
    if (!old) this.#forgetImports();
    this.#snapshot = undefined;
  }

  removeFile(file: FilePath): void {
    if (!this.#entries.delete(file)) return;
    this.#forgetImports();
    this.#snapshot = undefined;
  }

  setProjects(projects: readonly ProjectFacts[]): void {
    if (JSON.stringify(projects) === JSON.stringify(this.#projects)) return;
    this.#projects = projects;
    this.#forgetImports();
    this.#linked = undefined;
    this.#snapshot = undefined;
  }

  setConfig(configOf: ConfigOf): void {
    const isReadAnew = configOf.frameworksKey !== this.#configOf.frameworksKey;
    if (configOf.servicesKey !== this.#configOf.servicesKey) this.#linked = undefined;
    this.#configOf = configOf;
    this.#snapshot = undefined;
    if (!isReadAnew) return;
    // Other frameworks see other facts in the same texts.
    for (const [file, { text }] of this.#entries)
      this.#entries.set(file, { text, isTriggered: this.#isTriggered(file, text) });
    this.#forgetImports();
  }

  #isTriggered(file: FilePath, text: string): boolean {
    if (mayMatter(text) || isNamedAfterEvents(file)) return true;
    return this.#configOf.frameworksFor(file)?.mayMatter(text) ?? false;
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
    if (!this.#snapshot) yield* this.#collect(new Map());
  }

  /** What holds now. Extracts, links and runs the rules as far as something changed since the last time. */
  snapshot(): Snapshot {
    return (this.#snapshot ??= this.#makeSnapshot());
  }

  #makeSnapshot(): Snapshot {
    const facts = this.#relevantFacts();
    const model = this.#link([...facts.values()]);
    const texts = new Map([...this.#entries].map(([file, it]) => [file, it.text]));
    const textOf = (file: FilePath): string | undefined => texts.get(file);
    const { findings, failures } = runRules(model, this.#rules, { ...this.#configOf, textOf });
    return {
      model,
      findings,
      findingsOf: byFile(findings),
      failures: [...this.#failures(), ...failures],
      textOf,
      factsOf: (file) => facts.get(file),
      files: texts.size,
    };
  }

  #link(facts: readonly FileFacts[]): EventModel {
    const linked = this.#linked;
    const isSame =
      linked?.facts.length === facts.length && facts.every((it, index) => it === linked.facts[index]);
    if (linked && isSame) return linked.model;
    this.#links += 1;
    const model = link(facts, this.#projects, {
      isComplete: this.#isComplete,
      serviceFor: this.#configOf.serviceFor,
    });
    this.#linked = { facts, model };
    return model;
  }

  #relevantFacts(): ReadonlyMap<FilePath, FileFacts> {
    const found = new Map<FilePath, FileFacts>();
    for (const _ of this.#collect(found)) continue;
    return found;
  }

  /** The facts of every triggered file, and of the files that these import, as far as names may need resolving. */
  *#collect(found: Map<FilePath, FileFacts>): Generator<void> {
    for (const [file, entry] of this.#entries) {
      const facts = entry.isTriggered ? this.#factsOf(file, entry) : undefined;
      if (facts) found.set(file, facts);
      yield;
    }
    // A map gives what is put in while it is walked: so imports of imports are followed too.
    for (const [from, facts] of found) {
      for (const file of this.#importsOf(from, facts)) {
        const entry = found.has(file) ? undefined : this.#entries.get(file);
        const imported = entry && this.#factsOf(file, entry);
        if (imported) found.set(file, imported);
      }
      yield;
    }
  }

  #importsOf(from: FilePath, facts: FileFacts): readonly FilePath[] {
    const known = this.#imports.get(facts);
    if (known) return known;
    this.#resolve ??= resolver(new Map([...this.#entries.keys()].map((it) => [it, it])), this.#projects);
    const resolve = this.#resolve;
    const files = [...modulesOf(facts)].flatMap((it) => resolve(from, it) ?? []);
    this.#imports.set(facts, files);
    return files;
  }

  /** What specifiers mean is to be found out anew: files came or went, or the projects changed. */
  #forgetImports(): void {
    this.#resolve = undefined;
    this.#imports = new WeakMap();
  }

  #factsOf(file: FilePath, entry: Entry): FileFacts | undefined {
    if (entry.facts || entry.failure !== undefined) return entry.facts;
    this.#extractions += 1;
    try {
      const facts = extract(file, entry.text, this.#configOf.frameworksFor(file)?.frameworks);
      const isSame = entry.before && JSON.stringify(entry.before) === JSON.stringify(facts);
      entry.facts = isSame ? entry.before : facts;
    } catch (error) {
      entry.failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    return entry.facts;
  }

  #failures(): readonly Failure[] {
    return [...this.#entries].flatMap(([file, it]) =>
      it.failure === undefined ? [] : [{ file, message: it.failure }],
    );
  }
}

/** A folder or file called after events is evidence where no word of the text is: `events/order.ts`, `orderEvents.ts`. */
function isNamedAfterEvents(file: FilePath): boolean {
  return /event|saga|messages?\b/i.test(file.split('/').slice(-2).join('/'));
}

function modulesOf(facts: FileFacts): ReadonlySet<string> {
  return new Set([...facts.imports.map((it) => it.from), ...facts.exports.flatMap((it) => it.from ?? [])]);
}

function byFile(findings: readonly Finding[]): ReadonlyMap<FilePath, readonly Finding[]> {
  const map = new Map<FilePath, Finding[]>();
  for (const it of findings) {
    const list = map.get(it.file);
    if (list) list.push(it);
    else map.set(it.file, [it]);
  }
  return map;
}
