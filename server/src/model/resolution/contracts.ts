// Which types are a contract with others: exported by a package that is published, or that only others can use.
import type { FileFacts } from '../../facts/facts.ts';
import { isMessaging } from '../../facts/messagingPackages.ts';
import type { ProjectFacts } from '../../facts/project.ts';
import type { FilePath } from '../../text.ts';
import type { TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import type { Modules } from './modules.ts';

export interface Contracts {
  /** Whether somebody outside the workspace may use the type. */
  readonly isPublic: (type: TypeNode) => boolean;
  /** Whether a file belongs to a library that somebody outside the workspace may use. */
  readonly isOfLibrary: (file: FilePath) => boolean;
  /** Whether a file belongs to a program that draws screens and serves nobody. */
  readonly isOfScreen: (file: FilePath) => boolean;
}

/** What the packages of the workspace hand to others. */
export function contractsOf(projects: readonly ProjectFacts[], { files, modules }: Linking): Contracts {
  const { resolve } = modules;
  const doorOfFile = known.get(resolve) ?? doorsOf(projects, resolve);
  known.set(resolve, doorOfFile);
  return {
    isPublic: (type) => {
      const { isOpen, isLibrary, entries } = doorOfFile(type.file);
      if (isOpen && entries.length === 0) return isLibrary && type.fact.isExported;
      return isOpen && entries.some((it) => isExportedBy(files.get(it), type, modules));
    },
    isOfLibrary: (file) => {
      const { isOpen, isLibrary } = doorOfFile(file);
      return isOpen && isLibrary;
    },
    isOfScreen: (file) => doorOfFile(file).isScreen,
  };
}

/** By what specifiers mean, which changes when files or projects do. */
const known = new WeakMap<Modules['resolve'], (file: FilePath) => Door>();

function doorsOf(projects: readonly ProjectFacts[], resolve: Modules['resolve']): (file: FilePath) => Door {
  const packages = projects.filter((it) => it.package).sort((a, b) => b.dir.length - a.dir.length);
  const used = new Set(packages.flatMap((it) => it.package?.dependencies ?? []));
  const doors = new Map<ProjectFacts, Door>();
  const ofFolders = new Map<FilePath, Door>();
  const doorOfFolder = (dir: FilePath): Door => {
    const project = packages.find((it) => `${dir}/`.startsWith(`${it.dir}/`));
    const door = project ? (doors.get(project) ?? doorOf(project, used, resolve)) : closed;
    if (project) doors.set(project, door);
    return door;
  };
  const doorOfFile = (file: FilePath): Door => {
    const dir = file.slice(0, file.lastIndexOf('/'));
    const door = ofFolders.get(dir) ?? doorOfFolder(dir);
    ofFolders.set(dir, door);
    return door;
  };
  return doorOfFile;
}

/** By which files a package is entered, and whether others than the workspace do. */
interface Door {
  readonly isOpen: boolean;
  /** As far as their facts are known. */
  readonly entries: readonly FilePath[];
  /** An application may name what it starts with; only a library ships types or several entries. */
  readonly isLibrary: boolean;
  readonly isScreen: boolean;
}

const closed: Door = { isOpen: false, entries: [], isLibrary: false, isScreen: false };

function doorOf(project: ProjectFacts, used: ReadonlySet<string>, resolve: Modules['resolve']): Door {
  const { name, isPrivate, entries, dependencies } = project.package ?? {};
  const isScreen = drawsOnly(dependencies ?? []);
  const shut = { ...closed, isScreen };
  if (name === undefined || entries === undefined || Object.keys(entries).length === 0) return shut;
  const isLibrary = Object.entries(entries).some(([key, path]) => key !== '.' || /\.[cm]?ts$/.test(path));
  const isOpen = isPrivate !== true || (isLibrary && !used.has(name));
  if (!isOpen) return shut;
  const from: FilePath = `${project.dir}/package.json`;
  const found = Object.keys(entries).map((it) => resolve(from, `${name}${it.slice(1)}`));
  return { isOpen, isLibrary, isScreen, entries: found.filter((it) => it !== undefined) };
}

const drawing = /^(?:react-dom|react-native|vue|svelte|preact|solid-js|@angular\/core)$/;
/** What answers requests or keeps rows; a framework that draws and serves, as Next.js, is a server too. */
const serving =
  /^(?:express|koa|fastify|hono|h3|next|nuxt|@trpc\/server|@nestjs\/.*|@hapi\/hapi|@remix-run\/.*|@sveltejs\/kit|ioredis|redis|pg|inngest|@aws-sdk\/client-(?:sqs|sns|eventbridge))$/;

function drawsOnly(dependencies: readonly string[]): boolean {
  return (
    dependencies.some((it) => drawing.test(it)) &&
    !dependencies.some((it) => serving.test(it) || isMessaging(it))
  );
}

function isExportedBy(entry: FileFacts | undefined, { file, fact }: TypeNode, modules: Modules): boolean {
  const found = entry && modules.exported(entry, fact.name);
  return found?.facts.file === file && found.name === fact.name;
}
