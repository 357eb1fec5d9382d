// `textDocument/codeAction`: the fixes of the findings in a range, fixing all of a rule, suppressing, and the rule's page. What an
// action changes is worked out when the user picks it.
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionContext,
  type CodeActionParams,
  type Diagnostic,
} from 'vscode-languageserver';
import type { Finding } from '../rules/rule.ts';
import { rules } from '../rules/rules.generated.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { Abilities } from './abilities.ts';
import type { ActionData } from './actionData.ts';
import { pathOf, spanOf } from './convert.ts';
import type { Encoding } from './encoding.ts';

/** The kind of "fix all" that editors may run on save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.sagalint`;

/** An action with what it takes to work out its edits. */
export type Offered = CodeAction & { readonly data?: ActionData };

/** What of the client decides over its actions: whether it can open a rule's page, and how it counts columns. */
type Asking = Pick<Abilities, 'canExplain' | 'encoding'>;

/** The actions for a range of a file. */
export function actionsAt(
  snapshot: Snapshot,
  { textDocument: { uri }, range, context }: CodeActionParams,
  { canExplain, encoding }: Asking,
): readonly Offered[] {
  const file = pathOf(uri);
  const text = file === undefined ? undefined : snapshot.textOf(file);
  if (file === undefined || text === undefined) return [];
  const all = snapshot.findingsOf.get(file) ?? [];
  const { start, end } = spanOf(text, range, encoding);
  const here = all.filter((it) => it.at.start <= end && start <= it.at.end);
  const shown: Shown = { uri, diagnosticsOf: shownBy(context, text, encoding) };
  return [
    ...(wants(context, CodeActionKind.QuickFix) ? quickFixes(here, all, shown, canExplain) : []),
    ...(context.only && wants(context, fixAllKind) ? fixAll(all, uri) : []),
  ];
}

interface Shown {
  readonly uri: string;
  /** The client's diagnostics that show a finding. */
  readonly diagnosticsOf: (finding: Finding) => Diagnostic[];
}

function shownBy(
  { diagnostics }: CodeActionContext,
  text: string,
  encoding: Encoding,
): Shown['diagnosticsOf'] {
  return ({ ruleId, at }) =>
    diagnostics.filter((it) => {
      if (it.source !== 'sagalint' || it.code !== ruleId) return false;
      const { start, end } = spanOf(text, it.range, encoding);
      return start <= at.end && at.start <= end;
    });
}

/** A client that names kinds gets those and what is below them. */
function wants({ only }: CodeActionContext, kind: string): boolean {
  return only?.some((it) => it === '' || kind === it || kind.startsWith(`${it}.`)) ?? true;
}

function quickFixes(
  here: readonly Finding[],
  all: readonly Finding[],
  shown: Shown,
  canExplain: boolean,
): readonly Offered[] {
  const byRule = [...new Map(here.map((it) => [it.ruleId, it])).values()].filter(isOfRule);
  return [
    ...here.flatMap((it) => fixesOf(it, shown)),
    ...byRule.flatMap((it) => fixAllOf(it, all, shown)),
    ...byRule.flatMap((it) => suppressions(it, shown)),
    ...(canExplain ? byRule.map((it) => explanation(it, shown)) : []),
  ];
}

/** What is no rule but a comment without use is deleted, not suppressed. */
function isOfRule({ ruleId }: Finding): boolean {
  return rules.some((it) => it.id === ruleId);
}

function fixesOf(finding: Finding, { uri, diagnosticsOf }: Shown): readonly Offered[] {
  const { ruleId, at, message, fixes } = finding;
  return fixes.map(({ title, isPreferred }) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: diagnosticsOf(finding),
    ...(isPreferred ? { isPreferred } : {}),
    data: { kind: 'fix', uri, ruleId, start: at.start, message, title },
  }));
}

function fixAllOf({ ruleId }: Finding, all: readonly Finding[], shown: Shown): readonly Offered[] {
  const fixable = all.filter((it) => it.ruleId === ruleId && isSafe(it));
  if (fixable.length < 2) return [];
  return [
    {
      title: `Fix all ${ruleId} in this file`,
      kind: CodeActionKind.QuickFix,
      diagnostics: fixable.flatMap(shown.diagnosticsOf),
      data: { kind: 'fix-all', uri: shown.uri, ruleId },
    },
  ];
}

function suppressions(finding: Finding, { uri, diagnosticsOf }: Shown): readonly Offered[] {
  const { ruleId, at, message } = finding;
  return (['line', 'file'] as const).map((scope) => ({
    title: `Disable ${ruleId} for this ${scope}`,
    kind: CodeActionKind.QuickFix,
    diagnostics: diagnosticsOf(finding),
    data: { kind: 'disable', uri, ruleId, start: at.start, message, scope },
  }));
}

function explanation(finding: Finding, { diagnosticsOf }: Shown): Offered {
  const title = `Explain ${finding.ruleId}`;
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: diagnosticsOf(finding),
    command: { title, command: 'sagalint.explainRule', arguments: [finding.ruleId] },
  };
}

function fixAll(all: readonly Finding[], uri: string): readonly Offered[] {
  if (!all.some(isSafe)) return [];
  return [
    { title: 'Fix all that sagalint can fix safely', kind: fixAllKind, data: { kind: 'fix-all', uri } },
  ];
}

function isSafe({ fixes }: Finding): boolean {
  return fixes.some((it) => it.isSafe);
}
