// Between our plain data and the protocol: paths and URIs, offsets and positions, findings and diagnostics, edits.
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type CreateFile,
  type Diagnostic,
  type Range,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Problem } from '../config/read.ts';
import { slashed } from '../disk.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import { lineColumn, lineStarts, offsetOf, type FileEdit, type FilePath, type Span } from '../text.ts';

/** The path of a `file:` URI, or undefined for any other scheme and for what is no URI. */
export function pathOf(uri: string): FilePath | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return slashed(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}

export function uriOf(file: FilePath): string {
  return pathToFileURL(file).href;
}

/** Zero-based lines and UTF-16 columns. */
export function rangeOf(text: string, { start, end }: Span): Range {
  const starts = lineStarts(text);
  const at = (offset: number): Range['start'] => {
    const { line, column } = lineColumn(starts, offset);
    return { line, character: column };
  };
  return { start: at(start), end: at(end) };
}

/** The offsets of a range; positions outside the text are clamped into it. */
export function spanOf(text: string, { start, end }: Range): Span {
  const starts = lineStarts(text);
  const at = ({ line, character }: Range['start']): number =>
    offsetOf(starts, { line, column: character }, text.length);
  return { start: at(start), end: at(end) };
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

export interface Shown {
  readonly textOf: (file: FilePath) => string | undefined;
  readonly uriOf: (file: FilePath) => string;
  /** With a rule's id behind it: the address of its page. */
  readonly rulePages: string | undefined;
}

/** A finding as the editor shows it: what and what to do, the rule as code with its page, the evidence. */
export function diagnosticOf(finding: Finding, { textOf, uriOf, rulePages }: Shown): Diagnostic {
  const { ruleId, file, at, message, help, severity, related, tag } = finding;
  const relatedInformation = related.map((it) => ({
    location: { uri: uriOf(it.file), range: rangeOf(textOf(it.file) ?? '', it.at) },
    message: it.message,
  }));
  return {
    source: 'sagalint',
    code: ruleId,
    ...(rulePages === undefined ? {} : { codeDescription: { href: `${rulePages}${ruleId}` } }),
    severity: severities[severity],
    range: rangeOf(textOf(file) ?? '', at),
    message: `${message}\n${help}`,
    ...(relatedInformation.length > 0 ? { relatedInformation } : {}),
    ...(tag ? { tags: [tag === 'unnecessary' ? DiagnosticTag.Unnecessary : DiagnosticTag.Deprecated] } : {}),
  };
}

/** A fault of a configuration file. */
export function diagnosticOfProblem({ at, message }: Problem, text: string): Diagnostic {
  return { source: 'sagalint', severity: DiagnosticSeverity.Error, range: rangeOf(text, at), message };
}

/** Edits of several files, new ones among them, in the form that the client understands. */
export function workspaceEditOf(
  edits: readonly FileEdit[],
  { textOf, uriOf }: Pick<Shown, 'textOf' | 'uriOf'>,
  canCreate: boolean,
): WorkspaceEdit {
  const textEdits = (it: FileEdit): TextEdit[] =>
    it.edits.map(({ at, text }) => ({
      range: rangeOf(it.isNew ? '' : (textOf(it.file) ?? ''), at),
      newText: text,
    }));
  if (!canCreate) return { changes: Object.fromEntries(edits.map((it) => [uriOf(it.file), textEdits(it)])) };
  const documentChanges = edits.flatMap((it): (CreateFile | TextDocumentEdit)[] => {
    const uri = uriOf(it.file);
    const edit: TextDocumentEdit = { textDocument: { uri, version: null }, edits: textEdits(it) };
    return it.isNew ? [{ kind: 'create', uri, options: { ignoreIfExists: true } }, edit] : [edit];
  });
  return { documentChanges };
}
