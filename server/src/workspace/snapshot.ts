// What holds of a workspace at one time: immutable, so that a request takes one and remembers nothing.
import type { FileFacts } from '../facts/facts.ts';
import type { EventModel } from '../model/model.ts';
import type { Finding } from '../rules/rule.ts';
import type { RuleFailure } from '../rules/run.ts';
import type { OptionsFor } from '../rules/runConfig.ts';
import type { FilePath } from '../text.ts';

export interface Snapshot {
  readonly model: EventModel;
  readonly findings: readonly Finding[];
  /** By file; the very list of the snapshot before, where nothing else is said of a file. */
  readonly findingsOf: ReadonlyMap<FilePath, readonly Finding[]>;
  readonly failures: readonly Failure[];
  /** What the configuration says of a rule. */
  readonly optionsFor: OptionsFor;
  readonly texts: ReadonlyMap<FilePath, string>;
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
