// What a configuration says to whoever runs the rules.
import type { FilePath } from '../text.ts';
import type { Rule, RuleContext, Severity } from './rule.ts';

export interface RunConfig {
  readonly severityOf: (ruleId: string, standard: Severity, file: FilePath) => Severity | 'off';
  /** The options that configurations give a rule, each with the files it holds for; the rule's own schema fills the defaults. */
  readonly optionsOf: (ruleId: string, standard: Severity) => readonly RuleOptions[];
  readonly settingsOf: RuleContext<unknown>['settingsOf'];
  /** The text of a file, for the lines that suppressions speak of. */
  readonly textOf: (file: FilePath) => string | undefined;
  /** Whether a file's findings are shown; facts of others only help to understand. */
  readonly isLinted: (file: FilePath) => boolean;
}

export interface RuleOptions {
  readonly options: unknown;
  readonly holdsFor: (file: FilePath) => boolean;
}

/** The options of a rule as they hold for one file. */
export type OptionsFor = <Options>(rule: Rule<Options>, file: FilePath) => Options;
