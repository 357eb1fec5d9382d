// The part of a run that needs the whole analyser: loaded only where the last answer does not hold any more.
import { unnamedSites } from '../model/events/sites.ts';
import type { SiteNode } from '../model/model.ts';
import { rules } from '../rules/rules.generated.ts';
import type { FilePath } from '../text.ts';
import { configsOf, type ConfigOf } from '../workspace/configs.ts';
import type { FactsCache } from '../workspace/factsCache.ts';
import { fill } from '../workspace/load.ts';
import { skippedIn } from '../workspace/skipped.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { Given, Target } from './given.ts';
import { progressOn } from './progress.ts';
import type { Printed, Sites } from './reports/checked.ts';

export interface LintedFresh {
  readonly linted: Printed;
  readonly facts: FactsCache;
}

/**
 * Lints what was read; facts of unchanged files are taken from `kept`. Where these have another form than ours, because somebody wrote
 * into the cache, everything is read anew; a defect of our own shows then too.
 */
export function lintFresh(given: Given, kept: FactsCache): LintedFresh {
  try {
    const fresh = lintWith(given, kept);
    if (fresh.linted.failures.length === 0 || !kept.isUsed) return fresh;
  } catch (error) {
    if (!kept.isUsed) throw error;
  }
  return lintWith(given, kept.emptied());
}

function lintWith({ targets, options, loaded, configs, texts }: Given, kept: FactsCache): LintedFresh {
  const run = { preset: options.preset, only: options.rule };
  const config = restrict(configsOf(configs, run), targets);
  const workspace = new Workspace(rules, config, kept);
  workspace.setProjects(loaded.projects);
  const progress = progressOn(process.stderr, texts.size);
  const read = (file: FilePath): string | undefined => texts.get(file);
  for (const count of fill(workspace, [...texts.keys()], { read, keep: () => false })) progress.show(count);
  const snapshot = workspace.snapshot();
  progress.clear();
  const unreadable = loaded.sources.filter((it) => !texts.has(it));
  const shown = [...texts.keys()].filter(config.isLinted).length;
  return { linted: { ...printedOf(snapshot, unreadable), shown }, facts: kept };
}

/** Of a file that was named alone only that file's findings are shown. */
function restrict(config: ConfigOf, targets: readonly Target[]): ConfigOf {
  const isWanted = (file: FilePath): boolean =>
    targets.some((it) => (it.kind === 'file' ? it.path === file : file.startsWith(`${it.path}/`)));
  return { ...config, isLinted: (file) => isWanted(file) && config.isLinted(file) };
}

function printedOf(snapshot: Snapshot, unreadable: readonly FilePath[]): Omit<Printed, 'shown'> {
  const { findings, failures, files, model } = snapshot;
  const gaps = [...model.files.values()].reduce((sum, it) => sum + it.gaps.length, 0);
  const unnamed = unnamedSites(model);
  return {
    findings,
    failures,
    files,
    seen: {
      events: model.events.length,
      producers: count(model.sites.filter((it) => it.end === 'producer')),
      consumers: count(model.sites.filter((it) => it.end === 'consumer')),
      sagas: model.sagas.length,
      unnamed: unnamed.map(({ end, file, at, name }) => ({ end, file, at, name })),
      gaps,
      skipped: [
        ...unreadable.map((file) => ({ file, reason: 'It is too large, binary, or can not be read.' })),
        ...skippedIn(snapshot),
      ],
    },
  };
}

function count(sites: readonly SiteNode[]): Sites {
  const read = (reading: SiteNode['reading']): number => sites.filter((it) => it.reading === reading).length;
  return { all: sites.length, named: read('named'), relayed: read('relayed') };
}
