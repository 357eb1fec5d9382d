// Reads and lints what the command was pointed at. Where nothing changed since the last run, its answer is given again.
import { resolve } from 'node:path';
import { buildDigest } from '../build.ts';
import { readConfig, type Problem } from '../config/read.ts';
import { absolute, cacheFolder, kindOf, list, read } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import { lineColumn, lineStarts, type FilePath } from '../text.ts';
import type { PlacedConfig } from '../workspace/configs.ts';
import { load } from '../workspace/load.ts';
import { CommandProblem } from './exit.ts';
import type { LintOptions, Target } from './given.ts';
import type { Linted, Printed } from './reports/checked.ts';
import { RunCache } from './runCache.ts';

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
export async function lint(targets: readonly Target[], options: LintOptions): Promise<Linted> {
  const roots = targets.map(rootOf);
  const cache = new RunCache(folderFor(options), buildDigest ?? 'sources', roots);
  const seen = cache.seeing(read);
  const loaded = load({ list, read: seen }, roots, rules);
  if (options.config === undefined) refuse(loaded.problems);
  const configs = options.config === undefined ? loaded.configs : givenConfig(options.config, roots, seen);
  const texts = new Map<FilePath, string>();
  for (const file of loaded.sources) {
    const text = seen(file);
    if (text !== undefined) texts.set(file, text);
  }
  const { preset, rule } = options;
  const key = cache.keyOf([targets, { preset, rule }, rules.map((it) => it.id)]);
  const textOf = (file: FilePath): string | undefined => texts.get(file);
  const before = cache.find(key);
  if (before && isOf(before, texts)) return { ...before, textOf };
  // Only now is TypeScript needed.
  const { lintFresh } = await import('./lintFresh.ts');
  const { linted, facts } = lintFresh({ targets, options, loaded, configs, texts }, cache.facts());
  cache.keep(key, linted, facts);
  return { ...linted, textOf };
}

/** Whether an answer speaks of nothing but places in the texts that were read. */
function isOf({ findings }: Printed, texts: ReadonlyMap<FilePath, string>): boolean {
  return findings
    .flatMap((it) => [it, ...it.related])
    .every(({ file, at }) => {
      const text = texts.get(file);
      return text !== undefined && at.start >= 0 && at.start <= at.end && at.end <= text.length;
    });
}

/** From the sources nothing is kept unless that is asked for: they change without a digest. */
function folderFor({ cache, cacheLocation }: LintOptions): string | undefined {
  if (cache === false) return undefined;
  if (cacheLocation !== undefined) return resolve(cacheLocation);
  return buildDigest === undefined ? undefined : cacheFolder();
}

/** A configuration given by name holds for everything; its globs start at the linted folders. */
function givenConfig(
  path: string,
  roots: readonly FilePath[],
  readText: typeof read,
): readonly PlacedConfig[] {
  const file = absolute(resolve(path));
  const text = readText(file);
  if (text === undefined) throw new CommandProblem(`there is no configuration file \`${path}\`.`);
  const { config, problems } = readConfig(text, file, rules);
  refuse(problems);
  return roots.map((dir) => ({ dir, config }));
}

/** Throws a `CommandProblem` that tells where a configuration is wrong. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, at, message }) => {
    const { line, column } = lineColumn(lineStarts(read(file) ?? ''), at.start);
    return `${file}:${line + 1}:${column + 1}: ${message}`;
  });
  throw new CommandProblem(lines.join('\n'));
}
