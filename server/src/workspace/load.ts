// Fills a workspace from the disk: listing, projects, configurations, texts.
import { readProjects } from '../config/projects.ts';
import { readConfig, readPackageConfig, type KnownRule, type Problem } from '../config/read.ts';
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';
import type { PlacedConfig } from './configs.ts';
import type { Workspace } from './workspace.ts';

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

/** Lists the roots and reads their projects and configurations, also those above them; sources are listed, not read. */
export function load(disk: Disk, roots: readonly FilePath[], rules: readonly KnownRule[]): Loaded {
  const listings = roots.map((it) => disk.list(it));
  const projectFiles = [...new Set(listings.flatMap((it) => it.projects))];
  const above = roots
    .flatMap(foldersAbove)
    .flatMap((dir) => [`${dir}/sagalint.config.json`, `${dir}/package.json`]);
  const configFiles = new Set([...listings.flatMap((it) => it.configs), ...projectFiles, ...above]);
  const read = [...configFiles].flatMap((file) => configIn(disk, file, rules));
  return {
    sources: [...new Set(listings.flatMap((it) => it.sources))],
    projects: readProjects(projectFiles, disk.read),
    // In one folder the file comes before the key of package.json.
    configs: read.map((it) => it.placed),
    problems: read.flatMap((it) => it.problems),
  };
}

/**
 * Reads the sources into the workspace and their facts, and forgets what is no source any more. It yields after each
 * step how many files are read, so that the caller may show progress or answer others; `keep` are texts that an
 * editor holds.
 */
export function* fill(
  workspace: Workspace,
  sources: readonly FilePath[],
  { read, keep }: { read: Disk['read']; keep: (file: FilePath) => boolean },
): Generator<number> {
  const wanted = new Set(sources);
  for (const file of [...workspace.files]) if (!wanted.has(file) && !keep(file)) workspace.removeFile(file);
  let count = 0;
  for (const file of sources) {
    const text = keep(file) ? undefined : read(file);
    if (text !== undefined) workspace.setText(file, text);
    yield (count += 1);
  }
  for (const _ of workspace.extractAhead()) yield count;
  workspace.setComplete(true);
}

interface FoundConfig {
  readonly placed: PlacedConfig;
  readonly problems: readonly Problem[];
}

function configIn(disk: Disk, file: FilePath, rules: readonly KnownRule[]): readonly FoundConfig[] {
  const isConfig = file.endsWith('/sagalint.config.json');
  const text = isConfig || file.endsWith('/package.json') ? disk.read(file) : undefined;
  if (text === undefined) return [];
  const found = isConfig ? readConfig(text, file, rules) : readPackageConfig(text, file, rules);
  if (!found) return [];
  const dir = file.slice(0, file.lastIndexOf('/'));
  return [{ placed: { dir, config: found.config }, problems: found.problems }];
}

/** The folders above a root, nearest first: their configuration holds for what lies below. */
function foldersAbove(root: FilePath): readonly FilePath[] {
  const end = root.lastIndexOf('/');
  const above = root.slice(0, end);
  return end <= 0 ? [] : [above, ...foldersAbove(above)];
}
