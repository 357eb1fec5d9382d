// `sagalint check`: reads, lints, prints.
import { resolve } from 'node:path';
import { absolute, kindOf } from '../disk.ts';
import type { Severity } from '../rules/rule.ts';
import { rules } from '../rules/rules.generated.ts';
import { CommandProblem, exitStatus } from './exit.ts';
import type { LintOptions } from './given.ts';
import { hintFor } from './knownRules.ts';
import { lint, targetAt } from './lint.ts';
import { printableLine } from './printable.ts';
import type { Checked, Printed } from './reports/checked.ts';
import { jsonReport } from './reports/json.ts';
import { textReport } from './reports/text.ts';

export interface CheckOptions extends LintOptions {
  readonly format: 'text' | 'json';
  readonly failOn: Severity | 'never';
  readonly color: boolean;
  readonly quiet?: boolean;
}

/** Lints the paths and gives the exit status. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  const started = performance.now();
  const { ids, strays } = rulesAmong(options.rule);
  const all = [...paths, ...strays];
  const targets = (all.length > 0 ? all : ['.']).map(targetAt);
  const other = targets.find((it) => it.kind === 'file' && !/\.[cm]?tsx?$/.test(it.path));
  if (other) throw new CommandProblem(`\`${other.path}\` is no TypeScript file.`);
  const [only, ...others] = targets;
  const root = only?.kind === 'folder' && others.length === 0 ? only.path : absolute(process.cwd());
  const linted = await lint(targets, { ...options, rule: ids });
  if (linted.files === 0) {
    const where = targets.map((it) => it.path).join(', ');
    say(`there is no TypeScript file to lint in ${where}.`);
  } else if (linted.shown === 0) {
    const problem = `no file is linted: \`include\` and \`exclude\` of the configuration leave none of ${linted.files}.`;
    // A hook names whatever was changed, also what the configuration leaves out.
    if (targets.some((it) => it.kind === 'folder')) throw new CommandProblem(problem);
    say(problem);
  }
  const checked: Checked = { root, linted, seconds: (performance.now() - started) / 1000 };
  await written(options.format === 'json' ? jsonReport(checked) : textReport(checked, options));
  return statusOf(linted, options.failOn);
}

/** `--rule ID PATH` gives the path to the option too, which takes all it can: what is a path is given back. */
function rulesAmong(given: readonly string[] | undefined): {
  readonly ids: readonly string[] | undefined;
  readonly strays: readonly string[];
} {
  const named = given?.flatMap((it) => it.split(','));
  const isRule = (id: string): boolean => rules.some((it) => it.id === id);
  const others = named?.filter((it) => !isRule(it)) ?? [];
  const unknown = others.filter((it) => !kindOf(absolute(resolve(it))));
  if (unknown.length === 0) return { ids: named?.filter(isRule), strays: others };
  throw new CommandProblem(`there is no rule \`${unknown.join('`, `')}\`. ${hintFor(unknown)}`);
}

const order: readonly Severity[] = ['info', 'warning', 'error'];

function statusOf({ findings, failures }: Printed, failOn: CheckOptions['failOn']): number {
  for (const it of failures) {
    const where = 'ruleId' in it ? `the rule ${it.ruleId}` : it.file;
    say(`${where} failed, which is a defect of sagalint: ${it.message}`);
  }
  if (failures.length > 0) return exitStatus.couldNotRun;
  if (failOn === 'never') return exitStatus.clean;
  const least = order.indexOf(failOn);
  const isOver = findings.some((it) => order.indexOf(it.severity) >= least);
  return isOver ? exitStatus.findings : exitStatus.clean;
}

/** Names of files are a stranger's. */
function say(sentence: string): void {
  process.stderr.write(`sagalint: ${printableLine(sentence)}\n`);
}

/** Waits until a pipe took everything: the end of the process must not cut a long report. */
function written(text: string): Promise<void> {
  return new Promise((done) => process.stdout.write(text, () => done()));
}
