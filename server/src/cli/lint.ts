// Reads and lints what the command was pointed at.
import { resolve } from 'node:path';
import { readConfig, type Problem } from '../config/read.ts';
import { absolute, kindOf, list, read } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import { lineColumn, lineStarts, type FilePath } from '../text.ts';
import { configsOf, type ConfigOf, type PlacedConfig } from '../workspace/configs.ts';
import { fill, load } from '../workspace/load.ts';
import { Workspace, type Snapshot } from '../workspace/workspace.ts';
import { CommandProblem } from './exit.ts';

export interface LintOptions {
  readonly preset?: 'recommended' | 'strict' | 'off';
  readonly rule?: readonly string[];
  readonly config?: string;
}

export interface Target {
  readonly path: FilePath;
  readonly kind: 'file' | 'folder';
}

/** What stands at a path that a user wrote; throws a `CommandProblem` where nothing does. */
export function targetAt(path: string): Target {
  const full = absolute(resolve(path));
  const kind = kindOf(full);
  if (!kind) throw new CommandProblem(`there is no file or folder \`${path}\`.`);
  return { path: full, kind };
}

/** The folder that a target is linted in: of a file, the nearest package's, since its neighbours help to understand it. */
export function rootOf({ path, kind }: Target): FilePath {
  if (kind === 'folder') return path;
  const folder = path.slice(0, path.lastIndexOf('/'));
  for (let dir = folder; dir.includes('/'); dir = dir.slice(0, dir.lastIndexOf('/'))) {
    if (kindOf(`${dir}/package.json`) === 'file') return dir;
  }
  return folder;
}

/** Lints the targets; throws a `CommandProblem` for a configuration that can't be followed. */
export function lint(targets: readonly Target[], options: LintOptions): Snapshot {
  const roots = targets.map(rootOf);
  const loaded = load({ list, read }, roots, rules);
  if (options.config === undefined) refuse(loaded.problems);
  const configs = options.config === undefined ? loaded.configs : givenConfig(options.config, roots);
  const run = { preset: options.preset, only: options.rule };
  const workspace = new Workspace(rules, restrict(configsOf(configs, run), targets));
  workspace.setProjects(loaded.projects);
  const progress = progressOn(process.stderr, loaded.sources.length);
  for (const count of fill(workspace, loaded.sources, { read, keep: () => false })) progress.show(count);
  const snapshot = workspace.snapshot();
  progress.clear();
  return snapshot;
}

/** Of a file that was named alone only that file's findings are shown. */
function restrict(config: ConfigOf, targets: readonly Target[]): ConfigOf {
  const isWanted = (file: FilePath): boolean =>
    targets.some((it) => (it.kind === 'file' ? it.path === file : file.startsWith(`${it.path}/`)));
  return { ...config, isLinted: (file) => isWanted(file) && config.isLinted(file) };
}

/** A configuration given by name holds for everything; its globs start at the linted folders. */
function givenConfig(path: string, roots: readonly FilePath[]): readonly PlacedConfig[] {
  const file = absolute(resolve(path));
  const text = read(file);
  if (text === undefined) throw new CommandProblem(`there is no configuration file \`${path}\`.`);
  const { config, problems } = readConfig(text, file, rules);
  refuse(problems);
  return roots.map((dir) => ({ dir, config }));
}

function refuse(problems: readonly Problem[]): void {
  const [first, ...others] = problems;
  if (!first) return;
  const { line, column } = lineColumn(lineStarts(read(first.file) ?? ''), first.at.start);
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new CommandProblem(`${first.file}:${line + 1}:${column + 1}: ${first.message}${more}`);
}

interface Progress {
  readonly show: (count: number) => void;
  readonly clear: () => void;
}

/** Shows on a terminal how far a long run is; elsewhere nothing. */
function progressOn(stream: NodeJS.WriteStream, all: number): Progress {
  const started = performance.now();
  let shown = started;
  const show = (count: number): void => {
    const now = performance.now();
    if (now - started < 500 || now - shown < 100) return;
    shown = now;
    stream.write(`\r\u001B[Ksagalint reads file ${count} of ${all}`);
  };
  const clear = (): void => {
    if (shown > started) stream.write('\r\u001B[K');
  };
  return stream.isTTY ? { show, clear } : { show: () => undefined, clear: () => undefined };
}
