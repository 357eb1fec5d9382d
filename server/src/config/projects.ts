// package.json, tsconfig.json and project.json as facts about names and services. Tolerant: what can't be read says nothing.
import { z } from 'zod';
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';
import { parsed } from './json.ts';

const manifest = z.object({
  name: z.string().optional().catch(undefined),
  private: z.boolean().optional().catch(undefined),
  main: z.string().optional().catch(undefined),
  types: z.string().optional().catch(undefined),
  exports: z.unknown().optional(),
  dependencies: z.record(z.string(), z.unknown()).catch({}),
  devDependencies: z.record(z.string(), z.unknown()).catch({}),
  workspaces: z
    .union([z.array(z.string()), z.object({ packages: z.array(z.string()) }).transform((it) => it.packages)])
    .catch([]),
});

const tsconfig = z.object({
  extends: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  compilerOptions: z
    .object({
      baseUrl: z.string().optional().catch(undefined),
      paths: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
    })
    .catch({}),
});

const nx = z.object({
  name: z.string().optional().catch(undefined),
  sourceRoot: z.string().optional().catch(undefined),
  projectType: z.string().optional().catch(undefined),
  targets: z.unknown().optional(),
});

/** The facts of all project files; `read` gives a file's text. */
export function readProjects(
  files: readonly FilePath[],
  read: (file: FilePath) => string | undefined,
): readonly ProjectFacts[] {
  const tsconfigs: Tsconfigs = { read, known: new Map() };
  return files.flatMap((file) => {
    const dir = folderOf(file);
    if (file.endsWith('/package.json')) return readManifest(dir, read(file));
    if (file.endsWith('/project.json')) return readNx(dir, read(file));
    return readTsconfig(file, tsconfigs, 5);
  });
}

function folderOf(file: FilePath): FilePath {
  return file.slice(0, file.lastIndexOf('/'));
}

function readManifest(dir: FilePath, text: string | undefined): readonly ProjectFacts[] {
  const read = manifest.safeParse(parsed(text));
  if (!read.success) return [];
  const { name, main, types, exports, dependencies, devDependencies, workspaces } = read.data;
  const entry = types ?? main;
  return [
    {
      dir,
      package: {
        ...(name === undefined ? {} : { name }),
        isPrivate: read.data.private ?? false,
        entries: { ...(entry === undefined ? {} : { '.': entry }), ...entriesOf(exports) },
        dependencies: [...Object.keys(dependencies), ...Object.keys(devDependencies)],
        workspaces,
      },
    },
  ];
}

/** `exports` by subpath; of conditions the first that leads to a file. */
function entriesOf(exports: unknown): Record<string, string> {
  if (typeof exports === 'string') return { '.': exports };
  if (typeof exports !== 'object' || exports === null) return {};
  const pairs = Object.entries(exports);
  if (!pairs.some(([key]) => key.startsWith('.'))) return targetOf(exports, '.');
  return Object.assign({}, ...pairs.map(([key, value]) => targetOf(value, key)));
}

function targetOf(value: unknown, key: string): Record<string, string> {
  if (typeof value === 'string') return { [key]: value };
  if (typeof value !== 'object' || value === null) return {};
  for (const inner of Object.values(value)) {
    const found = targetOf(inner, key);
    if (Object.keys(found).length > 0) return found;
  }
  return {};
}

function readNx(dir: FilePath, text: string | undefined): readonly ProjectFacts[] {
  const read = nx.safeParse(parsed(text));
  if (!read.success) return [];
  const { name, sourceRoot, projectType, targets } = read.data;
  // Nx takes the folder's name where the file gives none.
  const isProject = sourceRoot !== undefined || projectType !== undefined || targets !== undefined;
  const nxName = name ?? (isProject ? dir.slice(dir.lastIndexOf('/') + 1) : undefined);
  return nxName === undefined ? [] : [{ dir, nxName }];
}

/** Each is worked out once: a few that extend each other several times would take for ever. */
interface Tsconfigs {
  readonly read: (file: FilePath) => string | undefined;
  readonly known: Map<string, readonly ProjectFacts[]>;
}

/** What a tsconfig.json says with those that it extends, over so many steps. */
function readTsconfig(file: FilePath, tsconfigs: Tsconfigs, depth: number): readonly ProjectFacts[] {
  const key = `${depth} ${file}`;
  const facts = tsconfigs.known.get(key) ?? (depth === 0 ? [] : tsconfigIn(file, tsconfigs, depth));
  tsconfigs.known.set(key, facts);
  return facts;
}

function tsconfigIn(file: FilePath, tsconfigs: Tsconfigs, depth: number): readonly ProjectFacts[] {
  const dir = folderOf(file);
  const config = tsconfig.safeParse(parsed(tsconfigs.read(file)));
  if (!config.success) return [];
  const { baseUrl, paths } = config.data.compilerOptions;
  const isRelative = (it: string): boolean => it.startsWith('.');
  const bases = [config.data.extends ?? []].flat().filter(isRelative);
  const inherited = bases.flatMap((it) => readTsconfig(named(dir, it), tsconfigs, depth - 1)).at(-1);
  if (paths) return [{ dir, paths: rebased(paths, baseUrl), ...(baseUrl === undefined ? {} : { baseUrl }) }];
  if (baseUrl !== undefined) return [{ dir, baseUrl }];
  return inherited?.paths || inherited?.baseUrl !== undefined
    ? [{ ...inherited, dir, ...moved(inherited, dir) }]
    : [];
}

function rebased(
  paths: Record<string, string[]>,
  baseUrl: string | undefined,
): Record<string, readonly string[]> {
  if (baseUrl === undefined || baseUrl === '') return paths;
  return Object.fromEntries(
    Object.entries(paths).map(([key, targets]) => [key, targets.map((it) => `${baseUrl}/${it}`)]),
  );
}

/** A base's targets are relative to the base's own folder: made absolute for the file that extends it. */
function moved(from: ProjectFacts, to: FilePath): Partial<ProjectFacts> {
  if (from.dir === to) return {};
  const absolute = (path: string): string => `${from.dir}/${path}`;
  return {
    ...(from.paths
      ? { paths: Object.fromEntries(Object.entries(from.paths).map(([key, it]) => [key, it.map(absolute)])) }
      : {}),
    ...(from.baseUrl === undefined ? {} : { baseUrl: absolute(from.baseUrl) }),
  };
}

function named(dir: FilePath, extended: string): FilePath {
  const parts = dir.split('/');
  for (const part of extended.split('/')) {
    if (part === '..') parts.splice(Math.max(1, parts.length - 1));
    else if (part !== '.') parts.push(part);
  }
  const path = parts.join('/');
  return path.endsWith('.json') ? path : `${path}.json`;
}
