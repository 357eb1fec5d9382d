// `sagalint facts FILE`: what extraction saw, in the form the fixtures use. The other files of its package are read, too: they make
// clients that it imports.
import { list, read } from '../disk.ts';
import { extract } from '../extract/extract.ts';
import { printFacts } from '../facts/print.ts';
import { rules } from '../rules/rules.generated.ts';
import { configsOf } from '../workspace/configs.ts';
import { fill, load } from '../workspace/load.ts';
import { Workspace } from '../workspace/workspace.ts';
import { CommandProblem } from './exit.ts';
import { refuse, rootOf, targetAt } from './lint.ts';
import { printable } from './printable.ts';

/** Prints the facts of one file; throws a `CommandProblem` where there is none, or a configuration is wrong. */
export function facts(path: string): void {
  const target = targetAt(path);
  const file = target.path;
  if (target.kind === 'folder')
    throw new CommandProblem(`\`${path}\` is a folder: \`sagalint facts\` tells of one file.`);
  const text = read(file);
  if (text === undefined) throw new CommandProblem(`\`${path}\` is too large or binary, or can't be read.`);
  const { configs, problems, sources, projects } = load({ list, read }, [rootOf(target)], rules);
  refuse(problems);
  const configOf = configsOf(configs);
  const workspace = new Workspace([], configOf);
  workspace.setProjects(projects);
  for (const _ of fill(workspace, sources, { read, keep: () => false }));
  const own = configOf.frameworksFor(file)?.frameworks;
  const known = workspace.snapshot().factsOf(file) ?? extract(file, text, own);
  process.stdout.write(printable(printFacts(known, text)));
}
