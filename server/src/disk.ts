// The only file that touches the disk: lists and reads. What can't be read is "not there", never an exception.
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ignore from 'ignore';
import { globSync } from 'tinyglobby';
import { hasManyStars } from './config/globs.ts';
import { alwaysExcluded } from './config/settings.ts';
import type { FilePath } from './text.ts';

/** Files larger than this are left out: generated bundles, never event code. In bytes. */
const largest = 2_000_000;

/** What lies in more folders than these is not asked for: a pattern with several `**` tries all ways to divide them. */
const deepest = 60;

const patterns = [
  '**/*.{ts,tsx,mts,cts}',
  '**/package.json',
  '**/tsconfig*.json',
  '**/project.json',
  '**/sagalint.config.json',
  '**/.gitignore',
];

export interface Listing {
  /** TypeScript sources, sorted. */
  readonly sources: readonly FilePath[];
  /** package.json, tsconfig and project.json files. */
  readonly projects: readonly FilePath[];
  /** Configuration files of sagalint. */
  readonly configs: readonly FilePath[];
}

/** Lists a folder, honouring .gitignore files and what is always left out; links are not followed. */
export function list(root: FilePath): Listing {
  const found = everythingIn(root);
  const isIgnored = ignoredBy(root, [...gitignoresAbove(root), ...found.filter(isGitignore)]);
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
    // A pipe or a device that a link leads to would never end.
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > largest) return undefined;
    const text = decoded(readFileSync(file));
    return text.includes('\0') ? undefined : text.replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

/** UTF-8, or what the first bytes say; a byte that is neither becomes a replacement character. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}

/**
 * Writes a file, and the folders it needs; a sentence where that fails. What is there stays, unless it may be replaced. A link is
 * never written through: a repository may bring one that leads elsewhere.
 */
export function write(file: FilePath, text: string, mayReplace: boolean): string | undefined {
  try {
    makeFolder(dirname(file), 0o777);
    if (mayReplace) replace(file, text, 0o666);
    else writeFileSync(file, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    return `${file} can't be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The folder for what can be worked out again: the user's own, never one that a repository could bring along. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'sagalint');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'sagalint');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'sagalint');
}

/**
 * Makes a folder and those above it; throws where that is refused. Node's own `recursive` tries for ever where the system says
 * "no such folder" of one that is there, as it does below /proc.
 */
function makeFolder(folder: string, mode: number): void {
  if (kindOf(folder) === 'folder') return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Somebody else may have been quicker.
    if (kindOf(folder) !== 'folder') throw error;
  }
}

/** What was kept under a name, or undefined. The folder may be one that others write to. */
export function readKept(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text: whole or not at all, also where others write the same. A disk that refuses is no fault. */
export function keep(file: string, text: string): void {
  try {
    makeFolder(dirname(file), 0o700);
    replace(file, text, 0o600);
  } catch {
    // Then it is worked out again.
  }
}

/** Puts a text where another may be, which is there until this one is whole; throws where the disk refuses. */
function replace(file: string, text: string, mode: number): void {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(draft, text, { mode, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    forget(draft);
    throw error;
  }
}

function forget(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Then it stays, under a name that nobody asks for.
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

/** Whether anything has this path, also a link that leads nowhere. */
export function isTaken(path: FilePath): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
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

/** The path of a file of this package, from the bundle in dist/ and from the sources alike: `docs/rules/dual-write.md`. */
export function packagePath(name: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, name);
}

/** The same as a `file:` URI that ends with a slash where the name does. */
export function packageUri(name: string): string {
  return pathToFileURL(packagePath(name)).href;
}

/** Tests, build output and the like are not even looked into. A folder that can't be read is empty. */
function everythingIn(root: FilePath): readonly string[] {
  try {
    return globSync(patterns, {
      cwd: root,
      ignore: [...alwaysExcluded],
      dot: true,
      followSymbolicLinks: false,
      expandDirectories: false,
    });
  } catch {
    return [];
  }
}

function isGitignore(path: string): boolean {
  return path === '.gitignore' || path.endsWith('/.gitignore');
}

/** Those of the folders above, up to the repository's own, as paths relative to the root: `../../.gitignore`. */
function gitignoresAbove(root: FilePath): readonly string[] {
  const found: string[] = [];
  let up = '';
  for (let dir: string = root; !existsSync(join(dir, '.git')) && dirname(dir) !== dir;) {
    dir = dirname(dir);
    up += '../';
    found.push(`${up}.gitignore`);
    if (existsSync(join(dir, '.git'))) return found;
  }
  return [];
}

/** Whether a path, relative to the root, is ignored by the .gitignore files of its folders. */
function ignoredBy(root: FilePath, files: readonly string[]): (path: string) => boolean {
  const rules = files.flatMap((file) => {
    const text = read(`${root}/${file}`);
    if (text === undefined) return [];
    const dir = file.slice(0, -'.gitignore'.length);
    const steps = dir.split('../').length - 1;
    const above = steps === 0 ? '' : `${root.split('/').slice(-steps).join('/')}/`;
    return [
      {
        dir: above === '' ? dir : '',
        above,
        matcher: ignore().add(text.split('\n').filter((it) => !hasManyStars(it.trim()))),
      },
    ];
  });
  return (path) =>
    path.split('/').length <= deepest &&
    rules.some(
      (it) =>
        path.startsWith(it.dir) &&
        path !== it.dir &&
        it.matcher.ignores(it.above + path.slice(it.dir.length)),
    );
}
