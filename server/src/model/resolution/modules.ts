// Which file a module specifier means, and which declaration an imported or exported name means.
// It knows only the files that were read: a specifier of anything else has no answer.
import type { FileFacts } from '../../facts/facts.ts';
import type { ProjectFacts } from '../../facts/project.ts';
import type { FilePath } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { Keeper } from '../incremental/kept.ts';
import type { NotedFiles } from '../incremental/notedFiles.ts';

/** A declaration: its file and the name it has there. `*` is the module itself, or the namespace `within` it. */
export interface Declared {
  readonly facts: FileFacts;
  readonly name: string;
  readonly within?: string;
}

export interface Modules {
  /** The workspace file that `specifier` means when it is imported by `from`. The same function as long as the files are the same. */
  readonly resolve: PathResolver;
  /** What `name` means in `file`: a declaration there, or the one behind an import. */
  readonly lookUp: (file: FilePath, name: string) => Declared | undefined;
  /** What a module exports as `name`. */
  readonly exported: (facts: FileFacts, name: string) => Declared | undefined;
  /** The specifier of a name that is imported from outside the workspace. */
  readonly packageOf: (file: FilePath, name: string) => string | undefined;
}

/** Resolves names over the given files. What a module exports is kept. */
export function modulesOf(files: NotedFiles, projects: readonly ProjectFacts[], keeper: Keeper): Modules {
  const pathOf = pathResolver(files, projects);
  const find = exporter(files, pathOf, keeper);
  const declaredAt = ({ file, ...target }: Target): Declared | undefined => {
    const facts = files.get(file);
    return facts && { facts, ...target };
  };
  const exported: Modules['exported'] = ({ file }, name) => {
    const target = find({ file, name });
    return target && declaredAt(target);
  };
  const lookUp: Modules['lookUp'] = (file, name) => {
    const facts = files.outlined(file);
    if (!facts) return undefined;
    const found = indexOf(facts).imports.get(name);
    if (!found) {
      if (isDeclared(facts, name)) return declaredAt({ file, name });
      return isNamespace(facts, name) ? declaredAt({ file, name: '*', within: name }) : undefined;
    }
    const from = pathOf(file, found.from);
    const target = from === undefined ? undefined : find({ file: from, name: found.name });
    return target && declaredAt(target);
  };
  const packageOf: Modules['packageOf'] = (file, name) => {
    const facts = files.outlined(file);
    const found = facts && indexOf(facts).imports.get(name.split('.')[0] ?? name);
    return found && pathOf(file, found.from) === undefined ? found.from : undefined;
  };
  return { resolve: pathOf, lookUp, exported, packageOf };
}

function isDeclared(facts: FileFacts, name: string): boolean {
  const index = indexOf(facts);
  return index.types.has(name) || index.topLevel.has(name) || index.functions.has(name);
}

/** `export namespace Shop { … }`: its members are found by their names among those of the file. */
function isNamespace(facts: FileFacts, name: string): boolean {
  const entry = indexOf(facts).exports.get(name);
  return entry?.local === '*' && entry.from === undefined;
}

type PathResolver = (from: FilePath, specifier: string) => FilePath | undefined;

interface Resolved {
  readonly paths: ReadonlyMap<FilePath, FilePath>;
  readonly resolve: PathResolver;
}

const resolvers = new WeakMap<readonly ProjectFacts[], Resolved>();

/** What specifiers mean depends on which files there are, not on what stands in them: an edit changes nothing of it. */
function pathResolver(
  files: ReadonlyMap<FilePath, FileFacts>,
  projects: readonly ProjectFacts[],
): PathResolver {
  const before = resolvers.get(projects);
  const isSame = before?.paths.size === files.size && [...files.keys()].every((it) => before.paths.has(it));
  if (before && isSame) return before.resolve;
  const paths = new Map([...files.keys()].map((it) => [it, it]));
  const resolve = resolver(paths, projects);
  resolvers.set(projects, { paths, resolve });
  return resolve;
}

/** A name in a file. */
interface Target {
  readonly file: FilePath;
  readonly name: string;
  readonly within?: string;
}

/** No chain of modules that hand on what others export is longer. */
const longestChain = 500;

/** The declaration behind what a module exports. */
function exporter(
  files: NotedFiles,
  pathOf: PathResolver,
  keeper: Keeper,
): (target: Target) => Target | undefined {
  const search = ({ file, name }: Target, seen: Set<FilePath>): Target | undefined => {
    if (name === '*') return { file, name };
    const facts = seen.has(file) || seen.size > longestChain ? undefined : files.outlined(file);
    if (!facts) return undefined;
    seen.add(file);
    const index = indexOf(facts);
    const entry = index.exports.get(name);
    if (entry?.from !== undefined) return through(file, entry.from, entry.local, seen);
    // A class and a namespace of one name are one thing.
    if (isNamespace(facts, name))
      return isDeclared(facts, name) ? { file, name } : { file, name: '*', within: name };
    const local = entry?.local ?? name;
    const imported = index.imports.get(local);
    if (imported) return through(file, imported.from, imported.name, seen);
    if (isDeclared(facts, local)) return { file, name: local };
    return searchStars(facts, name, seen);
  };
  const through = (
    file: FilePath,
    specifier: string,
    name: string,
    seen: Set<FilePath>,
  ): Target | undefined => {
    const path = pathOf(file, specifier);
    return path === undefined ? undefined : search({ file: path, name }, seen);
  };
  const searchStars = (facts: FileFacts, name: string, seen: Set<FilePath>): Target | undefined => {
    for (const { from } of indexOf(facts).stars) {
      const found = from === undefined ? undefined : through(facts.file, from, name, seen);
      if (found) return found;
    }
    return undefined;
  };
  return keeper.keepBy(
    'exports',
    ({ file, name }: Target) => `${name}\0${file}`,
    (target) => search(target, new Set()),
  );
}

/** Finds what a specifier means among `files`, whatever is kept of them: the workspace asks before it has read their facts. */
export function resolver<T>(
  files: ReadonlyMap<FilePath, T>,
  projects: readonly ProjectFacts[],
): (from: FilePath, specifier: string) => T | undefined {
  const known = new Map<string, Map<string, T | undefined>>();
  const mappings = [...projects]
    .filter((it) => it.paths ?? it.baseUrl)
    .sort((a, b) => b.dir.length - a.dir.length);
  const packages = new Map(
    projects.flatMap((it) => (it.package?.name ? [[it.package.name, it] as const] : [])),
  );
  const find = (dir: FilePath, specifier: string): T | undefined => {
    for (const path of candidates(dir, specifier, mappings, packages)) {
      const found = fileAt(files, path);
      if (found) return found;
    }
    return undefined;
  };
  // A package is the same one from all folders below the same mappings.
  const innermost = new Map<string, FilePath>();
  const mappedFrom = (dir: FilePath): FilePath => {
    const around = innermost.get(dir) ?? mappings.find((it) => isBelow(dir, it.dir))?.dir ?? '';
    innermost.set(dir, around);
    return around;
  };
  const answersAt = (place: string): Map<string, T | undefined> => {
    const answers = known.get(place) ?? new Map<string, T | undefined>();
    known.set(place, answers);
    return answers;
  };
  const places = new Map<FilePath, Place<T>>();
  const placeOf = (from: FilePath): Place<T> => {
    const dir = from.slice(0, from.lastIndexOf('/'));
    const place = { dir, near: answersAt(dir), far: answersAt(mappedFrom(dir)) };
    places.set(from, place);
    return place;
  };
  return (from, specifier) => {
    const { dir, near, far } = places.get(from) ?? placeOf(from);
    const answers = specifier.startsWith('.') || specifier.startsWith('src/') ? near : far;
    if (!answers.has(specifier)) answers.set(specifier, find(dir, specifier));
    return answers.get(specifier);
  };
}

/** What is known of specifiers in a file: of those that its folder decides, and of the others. */
interface Place<T> {
  readonly dir: FilePath;
  readonly near: Map<string, T | undefined>;
  readonly far: Map<string, T | undefined>;
}

function* candidates(
  dir: FilePath,
  specifier: string,
  mappings: readonly ProjectFacts[],
  packages: ReadonlyMap<string, ProjectFacts>,
): Iterable<FilePath> {
  if (specifier.startsWith('.')) {
    yield join(dir, specifier);
    return;
  }
  for (const project of mappings) {
    if (!isBelow(dir, project.dir)) continue;
    yield* mapped(project, specifier);
    if (project.baseUrl !== undefined) yield join(join(project.dir, project.baseUrl), specifier);
  }
  yield* inPackage(specifier, packages);
  if (specifier.startsWith('src/')) yield* upwards(dir, specifier);
}

function* upwards(dir: FilePath, specifier: string): Iterable<FilePath> {
  for (let end = dir.length; end > 0; end = dir.lastIndexOf('/', end - 1))
    yield join(dir.slice(0, end), specifier);
}

function* mapped(project: ProjectFacts, specifier: string): Iterable<FilePath> {
  for (const [pattern, targets] of Object.entries(project.paths ?? {})) {
    const star = pattern.indexOf('*');
    const rest = star < 0 ? (specifier === pattern ? '' : undefined) : starOf(pattern, star, specifier);
    if (rest === undefined) continue;
    for (const target of targets) yield join(project.dir, target.replace('*', rest));
  }
}

function starOf(pattern: string, star: number, specifier: string): string | undefined {
  const head = pattern.slice(0, star);
  const tail = pattern.slice(star + 1);
  const matches =
    specifier.startsWith(head) && specifier.endsWith(tail) && specifier.length >= head.length + tail.length;
  return matches ? specifier.slice(head.length, specifier.length - tail.length) : undefined;
}

function* inPackage(specifier: string, packages: ReadonlyMap<string, ProjectFacts>): Iterable<FilePath> {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const project = packages.get(name);
  if (!project) return;
  const rest = specifier.slice(name.length + 1);
  const entry = project.package?.entries[rest ? `./${rest}` : '.'];
  for (const path of entry === undefined ? [] : asSource(entry)) yield join(project.dir, path);
  for (const folder of ['src', '.', 'lib']) yield join(project.dir, `${folder}/${rest || 'index'}`);
  if (/^(?:dist|build|lib)\//.test(rest)) yield join(project.dir, rest.replace(/^[^/]+/, 'src'));
}

/** Entry points name what is built; the source stands beside it or in `src`. */
function asSource(entry: string): readonly string[] {
  const path = entry.replace(/\.d\.([cm]?)ts$/, '.$1ts');
  const inSource = path.replace(/^(\.\/)?(?:dist|build|lib|out)\/(?:src\/|cjs\/|esm\/|types\/)?/, '$1src/');
  return inSource === path ? [path] : [path, inSource];
}

const endings = ['.ts', '.tsx', '.mts', '.cts', '/index.ts', '/index.tsx'];

function fileAt<T>(files: ReadonlyMap<FilePath, T>, path: FilePath): T | undefined {
  const exact = files.get(path);
  if (exact) return exact;
  const bare = path.replace(/\.([cm]?)jsx?$/, '');
  for (const ending of endings) {
    const found = files.get(bare + ending) ?? (bare === path ? undefined : files.get(path + ending));
    if (found) return found;
  }
  return undefined;
}

function isBelow(path: FilePath, dir: FilePath): boolean {
  return path === dir || path.startsWith(dir.endsWith('/') ? dir : `${dir}/`);
}

/** Joins and normalises two paths with forward slashes. */
export function join(dir: FilePath, path: string): FilePath {
  if (path.startsWith('/')) return path;
  const parts = dir.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
