// Which service a file belongs to: the nearest package, or a folder below one that holds services.
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';

const holders = /\/(?:apps|services|microservices|packages|modules|libs)\/([^/]+)\//;

/** Names the service of a file; kept for the life of the model. */
export function servicesOf(projects: readonly ProjectFacts[]): (file: FilePath) => string {
  const packages = projects.filter((it) => it.package).sort((a, b) => b.dir.length - a.dir.length);
  const root = packages.at(-1);
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
  packages: readonly ProjectFacts[],
  root: ProjectFacts | undefined,
): string {
  const nearest = packages.find((it) => dir.startsWith(it.dir.endsWith('/') ? it.dir : `${it.dir}/`));
  const base = nearest?.dir ?? root?.dir ?? '';
  if (nearest && nearest !== root) return nearest.package?.name ?? lastPart(nearest.dir);
  const folder = holders.exec(dir.slice(base.length))?.[1];
  return folder ?? nearest?.package?.name ?? lastPart(base);
}

function lastPart(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
