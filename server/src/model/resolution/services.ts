// Which service a file belongs to: as configured, or else its Nx project, the nearest package, or a folder below one that holds services.
import type { ProjectFacts } from '../../facts/project.ts';
import type { FilePath } from '../../text.ts';

const holders = /\/(?:apps|services|microservices|packages|modules|libs)\/([^/]+)\//;

/** The service that the configuration gives to a file. */
export type ConfiguredService = (file: FilePath) => string | undefined;

const nothing: ConfiguredService = () => undefined;

interface Known {
  readonly configured: ConfiguredService;
  readonly serviceOf: (file: FilePath) => string;
}

const known = new WeakMap<readonly ProjectFacts[], Known>();

/** Names the service of a file; kept as long as the projects and the configuration are the same. */
export function servicesOf(
  projects: readonly ProjectFacts[],
  configured: ConfiguredService = nothing,
): (file: FilePath) => string {
  const before = known.get(projects);
  if (before?.configured === configured) return before.serviceOf;
  const serviceOf = namingServices(projects, configured);
  known.set(projects, { configured, serviceOf });
  return serviceOf;
}

function namingServices(
  projects: readonly ProjectFacts[],
  configured: ConfiguredService,
): (file: FilePath) => string {
  const units = projects
    .filter((it) => it.package ?? it.nxName)
    .sort((a, b) => b.dir.length - a.dir.length || rank(a) - rank(b));
  const root = units.filter((it) => it.package).at(-1);
  const ofFolders = new Map<FilePath, string>();
  const ofFolder = (dir: FilePath): string => {
    let service = ofFolders.get(dir);
    if (service === undefined) ofFolders.set(dir, (service = nameService(dir, units, root)));
    return service;
  };
  const ofFiles = new Map<FilePath, string>();
  return (file) => {
    let service = ofFiles.get(file);
    if (service === undefined) {
      service = configured(file) ?? ofFolder(file.slice(0, file.lastIndexOf('/') + 1));
      ofFiles.set(file, service);
    }
    return service;
  };
}

/** Where a project of Nx is a package too, its own name is the project's. */
function rank({ nxName }: ProjectFacts): number {
  return nxName === undefined ? 1 : 0;
}

function nameService(dir: FilePath, units: readonly ProjectFacts[], root: ProjectFacts | undefined): string {
  const nearest = units.find((it) => dir.startsWith(it.dir.endsWith('/') ? it.dir : `${it.dir}/`));
  const base = nearest?.dir ?? root?.dir ?? '';
  if (nearest && nearest.dir !== root?.dir) return nameOf(nearest);
  const folder = holders.exec(dir.slice(base.length))?.[1];
  return folder ?? nearest?.package?.name ?? lastPart(base);
}

function nameOf({ dir, nxName, package: manifest }: ProjectFacts): string {
  return nxName ?? manifest?.name ?? lastPart(dir);
}

function lastPart(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
