// `sagalint explain RULE`: the rule's page, readable in a terminal.
import { packagePath, read } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import { CommandProblem } from './exit.ts';

/** Prints the page of a rule; throws a `CommandProblem` for an unknown one. */
export function explain(id: string): void {
  const rule = rules.find((it) => it.id === id);
  if (!rule) {
    const near = rules
      .map((it) => it.id)
      .filter((it) => it.includes(id) || id.split('-').some((word) => word.length > 4 && it.includes(word)));
    const hint =
      near.length > 0
        ? ` Did you mean \`${near.slice(0, 3).join('`, `')}\`?`
        : ' `sagalint rules` lists all.';
    throw new CommandProblem(`there is no rule \`${id}\`.${hint}`);
  }
  const page = read(packagePath(`docs/rules/${id}.md`));
  if (page === undefined) throw new CommandProblem(`the page of \`${id}\` is not there: reinstall sagalint.`);
  process.stdout.write(page.replace(/^<!--[\s\S]*?-->\n*/gm, ''));
}
