// `sagalint rules`: one line a rule.
import { rules } from '../rules/rules.generated.ts';

/** Prints id, severity, whether it has a fix, and the summary of every rule. */
export function listRules(): void {
  const width = Math.max(...rules.map((it) => it.id.length));
  for (const it of rules) {
    const fix = it.hasFix ? 'fix' : '   ';
    process.stdout.write(`${it.id.padEnd(width)}  ${it.severity.padEnd(7)}  ${fix}  ${it.summary}\n`);
  }
}
