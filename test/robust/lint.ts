// Texts linted as a workspace does it, without disk and protocol.
import { readConfig } from '../../server/src/config/read.ts';
import { readProjects } from '../../server/src/config/projects.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import type { FactsStore } from '../../server/src/workspace/factsCache.ts';
import type { Snapshot } from '../../server/src/workspace/snapshot.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

export type Files = Readonly<Record<string, string>>;

export const strict = '{ "preset": "strict" }';

/** What holds for these files, by paths below `/shop`; package.json and tsconfig.json files count as such. */
export function linted(files: Files, config = strict, store?: FactsStore): Snapshot {
  const texts = new Map(Object.entries(files).map(([path, text]) => [`/shop/${path}`, text]));
  const read = readConfig(config, '/shop/sagalint.config.json', rules).config;
  const workspace = new Workspace(rules, configsOf([{ dir: '/shop', config: read }]), store);
  const projects = [...texts.keys()].filter((it) => it.endsWith('.json'));
  workspace.setProjects(readProjects(projects, (it) => texts.get(it)));
  for (const [file, text] of texts) if (!file.endsWith('.json')) workspace.setText(file, text);
  workspace.setComplete(true);
  return workspace.snapshot();
}
