// `sagalint explain RULE`: the rule's page, readable in a terminal.
import { packagePath, read } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import { CommandProblem } from './exit.ts';
import { hintFor } from './knownRules.ts';

/** Prints the page of a rule; throws a `CommandProblem` for an unknown one. */
export function explain(id: string): void {
  const rule = rules.find((it) => it.id === id);
  if (!rule) throw new CommandProblem(`there is no rule \`${id}\`. ${hintFor([id])}`);
  const page = read(packagePath(`docs/rules/${id}.md`));
  if (page === undefined) throw new CommandProblem(`the page of \`${id}\` is not there: reinstall sagalint.`);
  process.stdout.write(page.replace(/^<!--[\s\S]*?-->\n*/gm, ''));
}
