// Fills a workspace from the disk: listing, projects, configurations, texts.
import { readConfig, readPackageConfig, type Problem } from '../config/read.ts';
import { readProjects } from '../config/projects.ts';
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';
import type { PlacedConfig } from './configs.ts';

/** What the workspace needs of a disk; `disk.ts` is the real one. */
export interface Disk {
  readonly list: (root: FilePath) => {
    readonly sources: readonly FilePath[];
    readonly projects: readonly FilePath[];
    readonly configs: readonly FilePath[];
  };
  readonly read: (file: FilePath) => string | undefined;
}

export interface Loaded {
  readonly sources: readonly FilePath[];
  readonly projects: readonly ProjectFacts[];
  readonly configs: readonly PlacedConfig[];
  readonly problems: readonly Problem[];
}

/** Lists the roots and reads their projects and configurations; sources are listed, not read. */
export function load(disk: Disk, roots: readonly FilePath[], knownRules: readonly string[]): Loaded {
  const listings = roots.map((it) => disk.list(it));
  const configs: PlacedConfig[] = [];
  const problems: Problem[] = [];
  for (const file of [...new Set(listings.flatMap((it) => [...it.projects, ...it.configs]))]) {
    const read = configIn(disk, file, knownRules);
    if (!read) continue;
    configs.push({ dir: file.slice(0, file.lastIndexOf('/')), config: read.config });
    problems.push(...read.problems);
  }
  const projects = readProjects([...new Set(listings.flatMap((it) => it.projects))], disk.read);
  return { sources: [...new Set(listings.flatMap((it) => it.sources))], projects, configs, problems };
}

function configIn(disk: Disk, file: FilePath, knownRules: readonly string[]): ReturnType<typeof readPackageConfig> {
  const isConfig = file.endsWith('/sagalint.config.json');
  if (!isConfig && !file.endsWith('/package.json')) return undefined;
  const text = disk.read(file);
  if (text === undefined) return undefined;
  return isConfig ? readConfig(text, file, knownRules) : readPackageConfig(text, file, knownRules);
}

/** Configurations of the folders above a root, nearest first: they hold for what lies below. */
export function configsAbove(disk: Disk, root: FilePath, knownRules: readonly string[]): Pick<Loaded, 'configs' | 'problems'> {
  const configs: PlacedConfig[] = [];
  const problems: Problem[] = [];
  for (let dir = root; dir.includes('/'); dir = dir.slice(0, dir.lastIndexOf('/'))) {
    for (const name of ['sagalint.config.json', 'package.json']) {
      const read = dir === root ? undefined : configIn(disk, `${dir}/${name}`, knownRules);
      if (!read) continue;
      configs.push({ dir, config: read.config });
      problems.push(...read.problems);
    }
  }
  return { configs, problems };
}
