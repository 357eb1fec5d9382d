// What a rule is: a query over the event model that yields findings. It never parses, resolves, catches or touches a disk.
import type { z } from 'zod';
import type { EventModel } from '../model/model.ts';
import type { FixPlan } from '../fixes/plan.ts';
import type { Place, Span, FilePath } from '../text.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface Rule<Options = unknown> {
  /** The trouble's name; a contract that never changes its meaning. */
  readonly id: string;
  readonly severity: Severity;
  /** One line for tables, without a full stop at the end of fragments: "An event carries no id, timestamp …". */
  readonly summary: string;
  readonly hasFix: boolean;
  /** The options with their defaults: the only place where a default is written. */
  readonly options: z.ZodType<Options>;
  check(context: RuleContext<Options>): Iterable<RuleFinding>;
}

export interface RuleContext<Options> {
  readonly model: EventModel;
  readonly options: Options;
  /** What the configuration of a file says of the system as a whole. */
  readonly settingsOf: (file: FilePath) => SystemSettings;
}

export interface SystemSettings {
  /** Events that other systems produce or consume. */
  readonly external: readonly string[];
  /** How large the system is, as far as somebody said. */
  readonly scale: { readonly messagesPerDay?: number | undefined; readonly developers?: number | undefined };
}

/** What a rule yields. `at` is a name or an argument on one line; `symbol` is its text as a reader says it. */
export interface RuleFinding {
  readonly file: FilePath;
  readonly at: Span;
  readonly symbol: string;
  /** What: a sentence that names what was seen. */
  readonly message: string;
  /** What to do. */
  readonly help: string;
  readonly related?: readonly Related[];
  /** Only to lower the rule's severity where the evidence is weak. */
  readonly severity?: Severity;
  readonly fixes?: readonly Fix[];
  readonly tag?: 'unnecessary' | 'deprecated';
}

export interface Related extends Place {
  readonly message: string;
}

/** A change on offer. Its edits are computed from the texts only when somebody asks for them. */
export interface Fix {
  readonly title: string;
  readonly plan: FixPlan;
  /** The one obvious choice. Never on a scaffold. */
  readonly isPreferred?: boolean;
  /** May be applied to all findings of the rule at once without a look. */
  readonly isSafe?: boolean;
}

/** A finding as shown: with its rule and the severity that configuration gives it. */
export interface Finding extends RuleFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}
