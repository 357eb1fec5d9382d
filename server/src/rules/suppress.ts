// Comments that suppress findings: what they leave out, and those that leave out nothing.
import type { FileFacts, SuppressionFact } from '../facts/facts.ts';
import { saidOfFiles } from '../model/incremental/about.ts';
import type { EventModel } from '../model/model.ts';
import { lineColumn, lineStarts, type FilePath, type Span } from '../text.ts';
import type { Finding, Fix, Rule } from './rule.ts';
import type { RunConfig } from './runConfig.ts';

/** Leaves out what comments suppress, and reports comments that suppress nothing. */
export function suppress(
  findings: readonly Finding[],
  { model, rules, config }: { model: EventModel; rules: readonly Rule[]; config: RunConfig },
): readonly Finding[] {
  const { isComplete } = model;
  const suppressing = saidOfFiles(model, 'suppressions', (it) => (it.suppressions.length > 0 ? [it] : []));
  if (suppressing.length === 0) return findings;
  const byFile = new Map(suppressing.map((it): [FilePath, Finding[]] => [it.file, []]));
  const kept = findings.filter((it) => !byFile.get(it.file)?.push(it));
  for (const facts of suppressing)
    kept.push(...suppressIn({ facts, findings: byFile.get(facts.file) ?? [], rules, config, isComplete }));
  return kept;
}

interface FileRun {
  readonly facts: FileFacts;
  readonly findings: readonly Finding[];
  readonly rules: readonly Rule[];
  readonly config: RunConfig;
  /** Before the whole workspace was read a comment may have something to suppress that is not found yet. */
  readonly isComplete: boolean;
}

interface Range {
  readonly fact: SuppressionFact;
  readonly from: number;
  readonly to: number;
}

function suppressIn({ facts, findings, rules, config, isComplete }: FileRun): readonly Finding[] {
  const text = config.textOf(facts.file);
  if (text === undefined) return findings;
  const starts = lineStarts(text);
  const lineOf = (offset: number): number => lineColumn(starts, offset).line;
  const ranges = rangesOf(facts.suppressions, lineOf);
  const used = new Map<SuppressionFact, Set<string>>();
  const kept = findings.filter((finding) => {
    const line = lineOf(finding.at.start);
    const by = ranges.filter((it) => it.from <= line && line <= it.to && names(it.fact, finding.ruleId));
    for (const { fact } of by) used.set(fact, (used.get(fact) ?? new Set()).add(finding.ruleId));
    return by.length === 0;
  });
  if (!isComplete) return kept;
  const idle = ranges.flatMap(({ fact }) => {
    const unused = idleIn(fact, used.get(fact) ?? new Set());
    return unused && wasChecked(unused, facts.file, rules, config)
      ? unusedFinding(fact, unused, { text, facts, rules, config })
      : [];
  });
  const strange = facts.suppressions.filter((it) => it.form === 'unknown');
  return [...kept, ...idle, ...strange.flatMap((it) => strangeFinding(it, text, facts.file, config))];
}

/** Who writes `sagalint-ignore` believes that something is suppressed. */
function strangeFinding(
  { at }: SuppressionFact,
  text: string,
  file: FilePath,
  config: RunConfig,
): readonly Finding[] {
  const written = /sagalint-[a-z-]+/.exec(text.slice(at.start, at.end))?.[0] ?? '';
  return isOffFor(config, file)
    ? []
    : [
        {
          ruleId: unused,
          severity: 'info',
          file,
          at,
          symbol: written,
          message: `\`${written}\` is no comment that sagalint knows: it suppresses nothing.`,
          help: 'Write `sagalint-disable-next-line`, `sagalint-disable-line`, `sagalint-disable` or `sagalint-disable-file`, and the rules behind it.',
          related: [],
          fixes: [],
        },
      ];
}

const unused = 'unused-suppression';

function isOffFor(config: RunConfig, file: FilePath): boolean {
  return config.severityOf(unused, 'warning', file) === 'off' || !config.isLinted(file);
}

/** The rules of a comment that suppress nothing; an empty list for one that names none; undefined where all do something. */
function idleIn(fact: SuppressionFact, used: ReadonlySet<string>): readonly string[] | undefined {
  if (fact.rules.length === 0) return used.size === 0 ? [] : undefined;
  const idle = fact.rules.filter((it) => !used.has(it));
  return idle.length > 0 ? idle : undefined;
}

/** Whether the rules were on here: only then does silence prove the comment idle. */
function wasChecked(
  ids: readonly string[],
  file: FilePath,
  rules: readonly Rule[],
  config: RunConfig,
): boolean {
  const named = rules.filter((it) => ids.includes(it.id));
  return named.every((it) => config.severityOf(it.id, it.severity, file) !== 'off');
}

function names(fact: SuppressionFact, ruleId: string): boolean {
  return fact.rules.length === 0 || fact.rules.includes(ruleId);
}

function rangesOf(facts: readonly SuppressionFact[], lineOf: (offset: number) => number): readonly Range[] {
  return facts.flatMap((fact) => {
    const line = lineOf(fact.at.start);
    if (fact.form === 'enable' || fact.form === 'unknown') return [];
    if (fact.form === 'file') return [{ fact, from: 0, to: Infinity }];
    if (fact.form === 'line') return [{ fact, from: line, to: line }];
    if (fact.form === 'next-line') return [{ fact, from: line + 1, to: line + 1 }];
    const end = facts.find(
      (it) => it.form === 'enable' && it.at.start > fact.at.start && sameRules(it, fact),
    );
    return [{ fact, from: line, to: end ? lineOf(end.at.start) : Infinity }];
  });
}

function sameRules(enable: SuppressionFact, disable: SuppressionFact): boolean {
  return enable.rules.length === 0 || disable.rules.every((it) => enable.rules.includes(it));
}

/** Shown as advice under every preset but `off`, unless configured otherwise. */
function unusedFinding(
  fact: SuppressionFact,
  idle: readonly string[],
  {
    text,
    facts: { file },
    rules,
    config,
  }: Pick<FileRun, 'facts' | 'rules' | 'config'> & { readonly text: string },
): readonly Finding[] {
  const isWhole = idle.length === fact.rules.length;
  const unknown = idle.filter((it) => !rules.some(({ id }) => id === it));
  const finding: Finding = {
    ruleId: unused,
    severity: 'info',
    file,
    at: fact.at,
    symbol: 'sagalint-disable',
    ...saidOfUnused(idle, unknown, isWhole),
    related: [],
    ...(isWhole && { tag: 'unnecessary' as const }),
    fixes: isWhole ? [deletion(file, fact.at, text)] : [],
  };
  return isOffFor(config, file) ? [] : [finding];
}

function saidOfUnused(
  idle: readonly string[],
  unknown: readonly string[],
  isWhole: boolean,
): Pick<Finding, 'message' | 'help'> {
  if (unknown.length > 0)
    return {
      message: `There is no rule ${listed(unknown)}: this comment suppresses nothing of it.`,
      help: isWhole
        ? 'Write the rule as `sagalint rules` lists it, or delete the comment.'
        : 'Write the rule as `sagalint rules` lists it, or take the name out.',
    };
  return isWhole
    ? { message: 'This comment suppresses nothing.', help: 'Delete it.' }
    : { message: `This comment suppresses nothing of ${listed(idle)}.`, help: 'Take the name out of it.' };
}

function listed(names: readonly string[]): string {
  return names.map((it) => `\`${it}\``).join(', ');
}

function deletion(file: FilePath, at: Span, text: string): Fix {
  const plan = { kind: 'insert-text', file, at: lineOrComment(at, text), text: '' } as const;
  return { title: 'Delete the unused suppression', isPreferred: true, isSafe: true, plan };
}

/** The comment, with its line where it stands alone on it. */
function lineOrComment(at: Span, text: string): Span {
  let start = at.start;
  while (start > 0 && /[ \t]/.test(text.charAt(start - 1))) start -= 1;
  const after = /^[ \t]*(\r\n|\n|\r)/.exec(text.slice(at.end))?.[0].length ?? 0;
  const isAlone = after > 0 && (start === 0 || /[\r\n]/.test(text.charAt(start - 1)));
  return isAlone ? { start, end: at.end + after } : { start, end: at.end };
}
