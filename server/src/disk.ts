// The only file that touches the disk: lists and reads. What can't be read is "not there", never an exception.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import ignore from 'ignore';
import { globSync } from 'tinyglobby';
import { alwaysExcluded } from './config/settings.ts';
import type { FilePath } from './text.ts';

/** Files larger than this are left out: generated bundles, never event code. In bytes. */
const largest = 2_000_000;

const sources = ['**/*.{ts,tsx,mts,cts}'];
const projectFiles = ['**/package.json', '**/tsconfig*.json', '**/project.json'];

export interface Listing {
  /** TypeScript sources, sorted. */
  readonly sources: readonly FilePath[];
  /** package.json, tsconfig and project.json files. */
  readonly projects: readonly FilePath[];
  /** Configuration files of sagalint. */
  readonly configs: readonly FilePath[];
}

/** Lists a folder, honouring .gitignore files and what is always left out; links are not followed. */
export function list(root: FilePath, exclude: readonly string[] = []): Listing {
  const patterns = [...sources, ...projectFiles, '**/sagalint.config.json', '**/.gitignore'];
  const found = globSync(patterns, {
    cwd: root,
    ignore: [...alwaysExcluded, ...exclude],
    dot: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  const isIgnored = ignoredBy(
    root,
    found.filter((it) => it.endsWith('.gitignore')),
  );
  const kept = found.filter((it) => !isIgnored(it)).sort();
  const under = (test: RegExp): readonly FilePath[] =>
    kept.filter((it) => test.test(it)).map((it) => `${root}/${it}`);
  return {
    sources: under(/\.[cm]?tsx?$/),
    projects: under(/(^|\/)(package|project|tsconfig[^/]*)\.json$/),
    configs: under(/(^|\/)sagalint\.config\.json$/),
  };
}

/** The text of a file, or undefined where there is none to be had: gone, unreadable, binary or too large. */
export function read(file: FilePath): string | undefined {
  try {
    if (statSync(file).size > largest) return undefined;
    const text = readFileSync(file, 'utf8');
    return text.includes('\0') ? undefined : text.replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

/** What stands at a path. */
export function kindOf(path: FilePath): 'file' | 'folder' | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : undefined;
  } catch {
    return undefined;
  }
}

/** The absolute path with forward slashes, links resolved. */
export function absolute(path: string): FilePath {
  try {
    return slashed(realpathSync(path));
  } catch {
    return slashed(path);
  }
}

/** Windows paths with forward slashes. */
export function slashed(path: string): FilePath {
  return path.replaceAll('\\', '/');
}

/** Whether a path, relative to the root, is ignored by the .gitignore files of its folders. */
function ignoredBy(root: FilePath, files: readonly string[]): (path: string) => boolean {
  const rules = files.map((file) => ({
    dir: file.slice(0, -'.gitignore'.length),
    matcher: ignore().add(read(`${root}/${file}`) ?? ''),
  }));
  if (rules.length === 0) return () => false;
  return (path) =>
    rules.some(
      (it) => path.startsWith(it.dir) && path !== it.dir && it.matcher.ignores(path.slice(it.dir.length)),
    );
}
