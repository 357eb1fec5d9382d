// Runs the rules over a model: severities, options, order. A rule that throws is reported and the others go on.
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { foundInFiles } from '../model/incremental/about.ts';
import type { EventModel } from '../model/model.ts';
import { areSame, isSameData } from '../same.ts';
import type { FilePath } from '../text.ts';
import { byFile } from './byFile.ts';
import type { Finding, Rule, RuleFinding, Severity } from './rule.ts';
import type { RunConfig } from './runConfig.ts';
import { suppress } from './suppress.ts';

export interface RuleFailure {
  readonly ruleId: string;
  readonly message: string;
}

/** In the order of files and places. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly findingsOf: FindingsOf;
}

export interface RunResult extends Found {
  readonly failures: readonly RuleFailure[];
}

type FindingsOf = ReadonlyMap<FilePath, readonly Finding[]>;

export const nothingFound: Found = { findings: [], findingsOf: new Map() };

/** All findings. Of a file of which the same is said as before, the list is that of before. */
export function runRules(
  model: EventModel,
  rules: readonly Rule[],
  config: RunConfig,
  before = nothingFound,
): RunResult {
  const failures: RuleFailure[] = [];
  const found: Finding[] = [];
  const isShown = shownOf(model, config);
  for (const rule of rules) {
    try {
      found.push(...saidBy(rule, model, config, isShown));
    } catch (error) {
      failures.push({
        ruleId: rule.id,
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
  const kept = suppress(found, { model, rules, config });
  const findingsOf = inOrder(kept, before.findingsOf);
  return { findings: [...findingsOf.values()].flat(), findingsOf, failures };
}

function saidBy(rule: Rule, model: EventModel, config: RunConfig, isShown: IsShown): readonly Finding[] {
  return config.optionsOf(rule.id, rule.severity).flatMap(({ options: given, holdsFor }) => {
    const options = parsedBy(rule)(given ?? nothing);
    return [...rule.check({ model, options, settingsOf: config.settingsOf })].flatMap((found) =>
      isShown(found.file) && holdsFor(found.file) ? configured(rule, found, config) : [],
    );
  });
}

type IsShown = (file: FilePath) => boolean;

/** What a tool has written is mended where the tool is told what to write. */
function shownOf(model: EventModel, { isLinted }: RunConfig): IsShown {
  const generated = new Set(foundInFiles(model, 'generated files', ifGenerated));
  return (file) => isLinted(file) && !generated.has(file);
}

const ifGenerated = once(({ file, isGenerated }: FileFacts) => (isGenerated ? [file] : []));

/** One object for the same options: what is remembered of them outlives an edit. */
const parsedBy = once((rule: Rule) => once((given: object): unknown => rule.options.parse(given)));

const nothing = {};

function configured(rule: Rule, found: RuleFinding, { severityOf }: RunConfig): readonly Finding[] {
  const before = said.get(found);
  if (before?.severityOf === severityOf) return before.findings;
  const set = severityOf(rule.id, found.severity ?? rule.severity, found.file);
  const findings = set === 'off' ? [] : [asFinding(rule.id, found, weaker(set, found.severity))];
  said.set(found, { severityOf, findings });
  return findings;
}

/** What rules said at the link before they often say again, in the very same object. */
const said = new WeakMap<RuleFinding, Said>();

interface Said {
  readonly severityOf: RunConfig['severityOf'];
  /** None where the rule is off. */
  readonly findings: readonly Finding[];
}

/** A finding that its rule lowered because the evidence is weak is not raised again by configuration. */
function weaker(set: Severity, lowered: Severity | undefined): Severity {
  const order: readonly Severity[] = ['info', 'warning', 'error'];
  return lowered && order.indexOf(lowered) < order.indexOf(set) ? lowered : set;
}

function asFinding(ruleId: string, found: RuleFinding, severity: Severity): Finding {
  return { ...found, ruleId, severity, related: found.related ?? [], fixes: found.fixes ?? [] };
}

/** Most files have few: to sort each by itself compares their paths less often. */
function inOrder(findings: readonly Finding[], before: FindingsOf): FindingsOf {
  const perFile = byFile(findings);
  const isOfSameFiles = perFile.size === before.size && [...before.keys()].every((it) => perFile.has(it));
  const files = isOfSameFiles ? before.keys() : [...perFile.keys()].sort();
  const found = new Map<FilePath, readonly Finding[]>();
  for (const file of files) {
    const now = perFile.get(file) ?? [];
    const old = before.get(file);
    if (now.length > 1) now.sort(byPlace);
    found.set(file, old && areSame(old, now, isSameData) ? old : now);
  }
  return found;
}

function byPlace(a: Finding, b: Finding): number {
  return a.at.start - b.at.start || (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0);
}
