// Rules by the ids that people type.
import { rules } from '../rules/rules.generated.ts';

/** What to say to ids that no rule has: the ones that were probably meant, or where all are listed. */
export function hintFor(ids: readonly string[]): string {
  const near = rules.map((it) => it.id).filter((id) => ids.some((it) => isNear(id, it)));
  return near.length > 0
    ? `Did you mean \`${near.slice(0, 3).join('`, `')}\`?`
    : '`sagalint rules` lists all.';
}

function isNear(id: string, typed: string): boolean {
  return (
    id.includes(typed) ||
    typed.includes(id) ||
    typed.split('-').some((word) => word.length > 4 && id.includes(word))
  );
}
