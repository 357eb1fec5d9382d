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
  /** Absent until somebody needs the facts: the text has no trigger word and nothing relevant imports it. */
  facts?: FileFacts;
  isTriggered: boolean;
  failure?: string;
}

export class Workspace {
  readonly #rules: readonly Rule[];
  readonly #entries = new Map<FilePath, Entry>();
  #projects: readonly ProjectFacts[] = [];
  #configOf: ConfigOf;
  #isComplete = false;
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
    const before = this.#entries.get(file);
    if (before?.text === text) return;
    const entry: Entry = { text, isTriggered: mayMatter(text) };
    this.#entries.set(file, entry);
    if (!before?.facts && !entry.isTriggered) return;
    this.#read(file, entry);
    const isSame =
      before?.facts && entry.facts && JSON.stringify(before.facts) === JSON.stringify(entry.facts);
    if (isSame && this.#snapshot) this.#snapshot = { ...this.#snapshot };
    else this.#snapshot = undefined;
  }

  removeFile(file: FilePath): void {
    const entry = this.#entries.get(file);
    if (!entry) return;
    this.#entries.delete(file);
    if (entry.facts) this.#snapshot = undefined;
  }

  setProjects(projects: readonly ProjectFacts[]): void {
    this.#projects = projects;
    this.#snapshot = undefined;
  }

  setConfig(configOf: ConfigOf): void {
    this.#configOf = configOf;
    this.#snapshot = undefined;
  }

  /** Says whether every file of the workspace was put in; until then nothing may be called absent. */
  setComplete(isComplete: boolean): void {
    if (this.#isComplete === isComplete) return;
    this.#isComplete = isComplete;
    this.#snapshot = undefined;
  }

  get files(): Iterable<FilePath> {
    return this.#entries.keys();
  }

  snapshot(): Snapshot {
    return (this.#snapshot ??= this.#makeSnapshot());
  }

  #makeSnapshot(): Snapshot {
    this.#followImports();
    const texts = new Map([...this.#entries].map(([file, it]) => [file, it.text]));
    const facts = new Map(
      [...this.#entries].flatMap(([file, it]) => (it.facts ? [[file, it.facts] as const] : [])),
    );
    this.#links += 1;
    const model = link(facts.values(), this.#projects, { isComplete: this.#isComplete });
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

  /** Reads the files that relevant files import, as far as names may need resolving; those in turn, and so on. */
  #followImports(): void {
    const resolve = resolver(new Map([...this.#entries.keys()].map((it) => [it, it])), this.#projects);
    const queue = [...this.#entries].flatMap(([, it]) => (it.facts ? [it.facts] : []));
    for (const facts of queue) {
      const modules = [
        ...facts.imports.map((it) => it.from),
        ...facts.exports.flatMap((it) => it.from ?? []),
      ];
      for (const specifier of new Set(modules)) {
        const file = resolve(facts.file, specifier);
        const entry = file === undefined ? undefined : this.#entries.get(file);
        if (file === undefined || !entry || entry.facts || entry.failure !== undefined) continue;
        this.#read(file, entry);
        if (entry.facts) queue.push(entry.facts);
      }
    }
  }

  #read(file: FilePath, entry: Entry): void {
    this.#extractions += 1;
    try {
      entry.facts = extract(file, entry.text);
    } catch (error) {
      entry.failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  }

  #failures(): readonly Failure[] {
    return [...this.#entries].flatMap(([file, it]) =>
      it.failure === undefined ? [] : [{ file, message: it.failure }],
    );
  }
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
