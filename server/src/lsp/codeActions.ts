// `textDocument/codeAction`: the fixes of the findings in a range, fixing all of a rule, suppressing, and the rule's page. What an
// action changes is worked out when the user picks it.
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
} from 'vscode-languageserver';
import { applyFix } from '../fixes/apply.ts';
import type { FixPlan } from '../fixes/plan.ts';
import { rules } from '../rules/rules.generated.ts';
import type { Finding } from '../rules/rule.ts';
import { lineStarts, lineColumn, type Edit, type FileEdit, type FilePath } from '../text.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { pathOf, spanOf } from './convert.ts';

/** The kind of "fix all" that editors may run on save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.sagalint`;

/** What an action is, kept with it until it is resolved. */
export type ActionData =
  | {
      readonly kind: 'fix';
      readonly uri: string;
      readonly ruleId: string;
      readonly start: number;
      readonly index: number;
    }
  | { readonly kind: 'fix-all'; readonly uri: string; readonly ruleId?: string }
  | {
      readonly kind: 'disable';
      readonly uri: string;
      readonly ruleId: string;
      readonly start: number;
      readonly scope: 'line' | 'file';
    };

/** An action with what it takes to work out its edits. */
export type Offered = CodeAction & { readonly data?: ActionData };

/** The actions for a range of a file. `canExplain`: the client has the command that opens a rule's page. */
export function actionsAt(
  snapshot: Snapshot,
  { textDocument: { uri }, range, context }: CodeActionParams,
  canExplain: boolean,
): readonly Offered[] {
  const file = pathOf(uri);
  const text = file === undefined ? undefined : snapshot.textOf(file);
  if (file === undefined || text === undefined) return [];
  const { start, end } = spanOf(text, range);
  const all = snapshot.findingsOf.get(file) ?? [];
  const here = all.filter((it) => it.at.start <= end && start <= it.at.end);
  const wants = (kind: string): boolean =>
    context.only === undefined || context.only.some((it) => kind === it || kind.startsWith(`${it}.`));
  const quick = wants(CodeActionKind.QuickFix)
    ? [
        ...here.flatMap((it) => fixesOf(it, uri, context.diagnostics)),
        ...[...new Set(here.map((it) => it.ruleId))].flatMap((it) =>
          fixAllOf(all, it, uri, context.diagnostics),
        ),
        ...here.flatMap((it) => suppressions(it, uri, context.diagnostics)),
        ...(canExplain ? here.map((it) => explanation(it, context.diagnostics)) : []),
      ]
    : [];
  const isAllAsked =
    context.only?.some((it) => fixAllKind === it || fixAllKind.startsWith(`${it}.`)) ?? false;
  const source: readonly Offered[] =
    isAllAsked && all.some(isSafe)
      ? [{ title: 'Fix all that sagalint can fix safely', kind: fixAllKind, data: { kind: 'fix-all', uri } }]
      : [];
  return [...quick, ...source];
}

/** The edits of an action; none where its finding is gone meanwhile. */
export function editsOf(snapshot: Snapshot, data: ActionData): readonly FileEdit[] {
  const file = pathOf(data.uri);
  const all = file === undefined ? [] : (snapshot.findingsOf.get(file) ?? []);
  if (data.kind === 'fix-all') {
    const chosen = all.filter((it) => data.ruleId === undefined || it.ruleId === data.ruleId);
    return together(
      chosen.flatMap((it) =>
        it.fixes
          .filter((fix) => fix.isSafe)
          .slice(0, 1)
          .map((fix) => fix.plan),
      ),
      snapshot,
    );
  }
  const finding = all.find((it) => it.ruleId === data.ruleId && it.at.start === data.start);
  if (!finding) return [];
  if (data.kind === 'disable') return [disabling(finding, data.scope, snapshot.textOf(finding.file) ?? '')];
  const plan = finding.fixes[data.index]?.plan;
  return plan ? applyFix(plan, snapshot.textOf) : [];
}

function isSafe({ fixes }: Finding): boolean {
  return fixes.some((it) => it.isSafe);
}

function fixesOf(finding: Finding, uri: string, diagnostics: readonly Diagnostic[]): readonly Offered[] {
  return finding.fixes.map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: own(finding, diagnostics),
    ...(fix.isPreferred ? { isPreferred: true } : {}),
    data: { kind: 'fix', uri, ruleId: finding.ruleId, start: finding.at.start, index },
  }));
}

function fixAllOf(
  all: readonly Finding[],
  ruleId: string,
  uri: string,
  diagnostics: readonly Diagnostic[],
): readonly Offered[] {
  const fixable = all.filter((it) => it.ruleId === ruleId && isSafe(it));
  if (fixable.length < 2) return [];
  return [
    {
      title: `Fix all of ${ruleId} in this file`,
      kind: CodeActionKind.QuickFix,
      diagnostics: diagnostics.filter((it) => it.source === 'sagalint' && it.code === ruleId),
      data: { kind: 'fix-all', uri, ruleId },
    },
  ];
}

function suppressions(finding: Finding, uri: string, diagnostics: readonly Diagnostic[]): readonly Offered[] {
  // What is no rule but a comment without use is deleted, not suppressed.
  if (!rules.some((it) => it.id === finding.ruleId)) return [];
  const { ruleId, at } = finding;
  return (['line', 'file'] as const).map((scope) => ({
    title: `Disable ${ruleId} for this ${scope}`,
    kind: CodeActionKind.QuickFix,
    diagnostics: own(finding, diagnostics),
    data: { kind: 'disable', uri, ruleId, start: at.start, scope },
  }));
}

function explanation({ ruleId, ...rest }: Finding, diagnostics: readonly Diagnostic[]): Offered {
  const title = `Explain ${ruleId}`;
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: own({ ruleId, ...rest }, diagnostics),
    command: { title, command: 'sagalint.explainRule', arguments: [ruleId] },
  };
}

/** The client's diagnostics that show a finding. */
function own({ ruleId }: Finding, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter((it) => it.source === 'sagalint' && it.code === ruleId);
}

function disabling({ ruleId, file, at }: Finding, scope: 'line' | 'file', text: string): FileEdit {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const starts = lineStarts(text);
  const isShebang = scope === 'file' && text.startsWith('#!');
  const line = scope === 'file' ? (isShebang ? 1 : 0) : lineColumn(starts, at.start).line;
  const start = starts[line] ?? text.length;
  const indent = scope === 'file' ? '' : (/^[ \t]*/.exec(text.slice(start))?.[0] ?? '');
  const word = scope === 'file' ? 'sagalint-disable-file' : 'sagalint-disable-next-line';
  return {
    file,
    edits: [{ at: { start, end: start }, text: `${indent}// ${word} ${ruleId} -- say why${newline}` }],
  };
}

/** Several fixes at once: of two that touch the same text the first is taken; one import is inserted once. */
function together(plans: readonly FixPlan[], { textOf }: Snapshot): readonly FileEdit[] {
  const byFile = new Map<FilePath, { isNew: boolean; edits: Edit[] }>();
  for (const plan of plans) {
    const fix = applyFix(plan, textOf);
    const clashes = fix.some((it) =>
      it.edits.some((edit) => byFile.get(it.file)?.edits.some((other) => overlap(edit, other))),
    );
    if (clashes) continue;
    for (const { file, edits, isNew } of fix) {
      const known = byFile.get(file) ?? { isNew: isNew === true, edits: [] };
      byFile.set(file, known);
      known.edits.push(...edits.filter((edit) => !known.edits.some((other) => isSame(edit, other))));
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
