// `sagalint explain RULE`: the rule's page, readable in a terminal.
import { readFileSync } from 'node:fs';
import { rules } from '../rules/rules.generated.ts';
import { CommandProblem } from './exit.ts';
import { packagePath } from './packageFiles.ts';

/** Prints the page of a rule; throws a `CommandProblem` for an unknown one. */
export function explain(id: string): void {
  const rule = rules.find((it) => it.id === id);
  if (!rule) {
    const near = rules.map((it) => it.id).filter((it) => it.includes(id) || id.split('-').some((word) => word.length > 4 && it.includes(word)));
    const hint = near.length > 0 ? ` Did you mean \`${near.slice(0, 3).join('`, `')}\`?` : ' `sagalint rules` lists all.';
    throw new CommandProblem(`there is no rule \`${id}\`.${hint}`);
  }
  process.stdout.write(readFileSync(packagePath(`docs/rules/${rule.id}.md`), 'utf8').replace(/^<!--[\s\S]*?-->\n*/gm, ''));
}
