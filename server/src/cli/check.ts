// `sagalint check`: reads, lints, prints.
import { resolve } from 'node:path';
import { readConfig, type Problem } from '../config/read.ts';
import { absolute, kindOf, list, read } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import { lineColumn, lineStarts, type FilePath } from '../text.ts';
import { configsOf, type PlacedConfig } from '../workspace/configs.ts';
import { configsAbove, load, type Disk } from '../workspace/load.ts';
import { Workspace, type Snapshot } from '../workspace/workspace.ts';
import { CommandProblem, exitStatus } from './exit.ts';
import type { CheckOptions } from './main.ts';
import { jsonReport } from './reports/json.ts';
import { textReport } from './reports/text.ts';

/** Everything a report needs. */
export interface Checked {
  readonly root: FilePath;
  readonly snapshot: Snapshot;
  readonly seconds: number;
}

/** Lints the paths and gives the exit status. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  const started = performance.now();
  const targets = paths.map(target);
  const unknown = options.rule?.filter((id) => !rules.some((it) => it.id === id)) ?? [];
  if (unknown.length > 0) throw new CommandProblem(`there is no rule \`${unknown.join('`, `')}\`. \`sagalint rules\` lists all.`);
  const root = targets.length === 1 && targets[0]?.kind === 'folder' ? targets[0].path : absolute(process.cwd());
  const snapshot = lint(targets, options);
  const checked: Checked = { root, snapshot, seconds: (performance.now() - started) / 1000 };
  const report = options.format === 'json' ? jsonReport(checked) : await textReport(checked, options.color);
  await written(report);
  return statusOf(snapshot, options);
}

interface Target {
  readonly path: FilePath;
  readonly kind: 'file' | 'folder';
}

function target(path: string): Target {
  const full = absolute(resolve(path));
  const kind = kindOf(full);
  if (!kind) throw new CommandProblem(`there is no file or folder \`${path}\`.`);
  return { path: full, kind };
}

const disk: Disk = { list, read };

function lint(targets: readonly Target[], options: CheckOptions): Snapshot {
  const ids = rules.map((it) => it.id);
  const roots = targets.map((it) => (it.kind === 'folder' ? it.path : it.path.slice(0, it.path.lastIndexOf('/'))));
  const loaded = load(disk, roots, ids);
  const above = roots.map((it) => configsAbove(disk, it, ids));
  const given = options.config === undefined ? undefined : givenConfig(options.config, ids);
  const configs = given ? [given] : [...loaded.configs, ...above.flatMap((it) => it.configs)];
  if (!given) refuseBroken([...loaded.problems, ...above.flatMap((it) => it.problems)]);
  const run = { ...(options.preset ? { preset: options.preset } : {}), ...(options.rule ? { only: options.rule } : {}) };
  const workspace = new Workspace(rules, restrict(configsOf(configs, run), targets));
  workspace.setProjects(loaded.projects);
  const isTty = process.stderr.isTTY === true && loaded.sources.length > 500;
  loaded.sources.forEach((file, index) => {
    const text = read(file);
    if (text !== undefined) workspace.setText(file, text);
    if (isTty && index % 200 === 0) process.stderr.write(`\r${index} of ${loaded.sources.length} files`);
  });
  if (isTty) process.stderr.write('\r\u001B[K');
  workspace.setComplete(true);
  return workspace.snapshot();
}

/** Of a file that was named alone only that file's findings are shown; its folder helps to understand it. */
function restrict(config: ReturnType<typeof configsOf>, targets: readonly Target[]): ReturnType<typeof configsOf> {
  const isWanted = (file: FilePath): boolean =>
    targets.some((it) => (it.kind === 'file' ? it.path === file : file.startsWith(`${it.path}/`)));
  return { ...config, isLinted: (file) => isWanted(file) && config.isLinted(file) };
}

function givenConfig(path: string, ids: readonly string[]): PlacedConfig {
  const file = absolute(resolve(path));
  const text = read(file);
  if (text === undefined) throw new CommandProblem(`there is no configuration file \`${path}\`.`);
  const { config, problems } = readConfig(text, file, ids);
  refuseBroken(problems);
  return { dir: '', config };
}

function refuseBroken(problems: readonly Problem[]): void {
  const first = problems[0];
  if (!first) return;
  const { line, column } = lineColumn(lineStarts(read(first.file) ?? ''), first.at.start);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new CommandProblem(`${first.file}:${line + 1}:${column + 1}: ${first.message}${more}`);
}

const order = ['info', 'warning', 'error'];

function statusOf(snapshot: Snapshot, options: CheckOptions): number {
  for (const it of snapshot.failures) {
    const where = 'ruleId' in it ? `rule ${it.ruleId}` : it.file;
    process.stderr.write(`sagalint: ${where} failed, which is a defect of sagalint: ${it.message}\n`);
  }
  if (snapshot.failures.length > 0) return exitStatus.couldNotRun;
  if (options.failOn === 'never') return exitStatus.clean;
  const least = order.indexOf(options.failOn);
  return snapshot.findings.some((it) => order.indexOf(it.severity) >= least) ? exitStatus.findings : exitStatus.clean;
}

/** Waits until a pipe took everything: `process.exitCode` must not cut a long report. */
function written(text: string): Promise<void> {
  return new Promise((done) => process.stdout.write(text, () => done()));
}
