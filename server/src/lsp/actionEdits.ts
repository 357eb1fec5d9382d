// What an action changes: worked out from the snapshot when the user picks it.
import { applyFix } from '../fixes/apply.ts';
import type { FixPlan } from '../fixes/plan.ts';
import { suppressInFile, suppressOnLine } from '../fixes/suppress.ts';
import type { Edit, FileEdit, FilePath } from '../text.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { ActionData } from './actionData.ts';
import { pathOf } from './convert.ts';

/** The edits of an action; none where its finding is gone meanwhile. `read` also gives files that are not linted. */
export function editsOf(
  snapshot: Snapshot,
  data: ActionData,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const file = pathOf(data.uri) ?? '';
  const all = snapshot.findingsOf.get(file) ?? [];
  const textOf = (it: FilePath): string | undefined => snapshot.textOf(it) ?? read(it);
  if (data.kind === 'fix-all') {
    const chosen = all.filter((it) => data.ruleId === undefined || it.ruleId === data.ruleId);
    const safe = chosen.flatMap((it) => it.fixes.find((fix) => fix.isSafe)?.plan ?? []);
    return together(safe, textOf);
  }
  const { ruleId, start, message } = data;
  const finding = all.find((it) => it.ruleId === ruleId && it.at.start === start && it.message === message);
  if (!finding) return [];
  if (data.kind === 'fix') {
    const plan = finding.fixes.find((it) => it.title === data.title)?.plan;
    return plan ? applyFix(plan, textOf) : [];
  }
  const text = textOf(file) ?? '';
  const edit = data.scope === 'line' ? suppressOnLine(text, ruleId, start) : suppressInFile(text, ruleId);
  return [{ file, edits: [edit] }];
}

/** Several fixes at once: of two that touch the same text the first is taken; one import is inserted once. */
function together(
  plans: readonly FixPlan[],
  textOf: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const byFile = new Map<FilePath, { readonly isNew: boolean; readonly edits: Edit[] }>();
  const clashes = ({ file, edits, isNew }: FileEdit): boolean => {
    const known = byFile.get(file)?.edits ?? [];
    return edits.some((edit) => known.some((it) => overlap(edit, it) || (isNew && !isSame(edit, it))));
  };
  for (const plan of plans) {
    const fix = applyFix(plan, textOf);
    if (fix.some(clashes)) continue;
    for (const { file, edits, isNew } of fix) {
      const known = byFile.get(file) ?? { isNew: isNew === true, edits: [] };
      byFile.set(file, known);
      known.edits.push(...edits.filter((edit) => !known.edits.some((it) => isSame(edit, it))));
    }
  }
  return [...byFile].map(([file, { isNew, edits }]) => ({ file, edits, ...(isNew ? { isNew } : {}) }));
}

function overlap(a: Edit, b: Edit): boolean {
  return !isSame(a, b) && a.at.start < b.at.end && b.at.start < a.at.end;
}

function isSame(a: Edit, b: Edit): boolean {
  return a.at.start === b.at.start && a.at.end === b.at.end && a.text === b.text;
}
