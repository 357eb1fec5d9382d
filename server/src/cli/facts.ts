// `sagalint facts FILE`: what extraction saw, in the form the fixtures use.
import { list, read } from '../disk.ts';
import { extract } from '../extract/extract.ts';
import { printFacts } from '../facts/print.ts';
import { rules } from '../rules/rules.generated.ts';
import { configsOf } from '../workspace/configs.ts';
import { load } from '../workspace/load.ts';
import { CommandProblem } from './exit.ts';
import { refuse, rootOf, targetAt } from './lint.ts';

/** Prints the facts of one file; throws a `CommandProblem` where there is none, or a configuration is wrong. */
export function facts(path: string): void {
  const target = targetAt(path);
  const file = target.path;
  if (target.kind === 'folder')
    throw new CommandProblem(`\`${path}\` is a folder: \`sagalint facts\` tells of one file.`);
  const text = read(file);
  if (text === undefined) throw new CommandProblem(`\`${path}\` is too large or binary, or can't be read.`);
  const { configs, problems } = load({ list, read }, [rootOf(target)], rules);
  refuse(problems);
  const own = configsOf(configs).frameworksFor(file)?.frameworks;
  process.stdout.write(printFacts(extract(file, text, own), text));
}
