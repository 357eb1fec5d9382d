// Which service a file belongs to: the nearest package, or a folder below one that holds services.
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';

const holders = /\/(?:apps|services|microservices|packages|modules|libs)\/([^/]+)\//;

/** Names the service of a file; kept for the life of the model. */
export function servicesOf(projects: readonly ProjectFacts[]): (file: FilePath) => string {
  const packages = new Map(projects.filter((it) => it.package).map((it) => [it.dir, it]));
  const root = [...packages.values()].sort((a, b) => a.dir.length - b.dir.length)[0];
  const known = new Map<FilePath, string>();
  return (file) => {
    const dir = file.slice(0, file.lastIndexOf('/') + 1);
    let service = known.get(dir);
    if (service === undefined) known.set(dir, (service = nameService(dir, packages, root)));
    return service;
  };
}

function nameService(
  dir: FilePath,
  packages: ReadonlyMap<FilePath, ProjectFacts>,
  root: ProjectFacts | undefined,
): string {
  const nearest = nearestIn(packages, dir);
  const base = nearest?.dir ?? root?.dir ?? '';
  if (nearest && nearest !== root) return nearest.package?.name ?? lastPart(nearest.dir);
  const folder = holders.exec(dir.slice(base.length))?.[1];
  return folder ?? nearest?.package?.name ?? lastPart(base);
}

function nearestIn(packages: ReadonlyMap<FilePath, ProjectFacts>, dir: FilePath): ProjectFacts | undefined {
  for (let end = dir.lastIndexOf('/'); end >= 0; end = dir.lastIndexOf('/', end - 1)) {
    const found = packages.get(dir.slice(0, end));
    if (found || end === 0) return found;
  }
  return undefined;
}

function lastPart(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
