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
import { columnAt, unitsIn, type Encoding } from './encoding.ts';
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

/** A range with zero-based lines, and columns in the units that client and server agreed on. */
export function rangeOf(text: string, at: Span, encoding: Encoding): Range {
  return rangeIn({ text, starts: lineStarts(text) }, at, encoding);
}

function rangeIn({ text, starts }: Lines, { start, end }: Span, encoding: Encoding): Range {
  const at = (offset: number): Range['start'] => {
    const { line, column } = lineColumn(starts, offset);
    return { line, character: unitsIn(text, offset - column, offset, encoding) };
  };
  return { start: at(start), end: at(end) };
}

/** The offsets of a range; positions outside the text are clamped into it. */
export function spanOf(text: string, { start, end }: Range, encoding: Encoding): Span {
  const starts = lineStarts(text);
  const at = ({ line, character }: Range['start']): number => {
    const next = starts[line + 1] ?? text.length;
    const column = columnAt(text, starts[line] ?? next, next, character, encoding);
    return offsetOf(starts, { line, column }, text.length);
  };
  return { start: at(start), end: at(end) };
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** What it takes to show findings of one snapshot. */
export interface Shown {
  readonly linesOf: (file: FilePath) => Lines;
  readonly encoding: Encoding;
  readonly uriOf: (file: FilePath) => string;
  /** The address of a rule's page, where it has one. */
  readonly pageOf: (ruleId: string) => string | undefined;
}

/** A text and the starts of its lines. */
interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

/** The lines of texts; each text is looked at once. */
export function linesIn(textOf: (file: FilePath) => string | undefined): Shown['linesOf'] {
  const known = new Map<FilePath, Lines>();
  return (file) => {
    const text = textOf(file) ?? '';
    const lines = known.get(file) ?? { text, starts: lineStarts(text) };
    known.set(file, lines);
    return lines;
  };
}

/** A finding as the editor shows it: what and what to do, the rule as code with its page, the evidence. */
export function diagnosticOf(finding: Finding, { linesOf, uriOf, pageOf, encoding }: Shown): Diagnostic {
  const { ruleId, file, at, message, help, severity, related, tag } = finding;
  const page = pageOf(ruleId);
  const relatedInformation = related.map((it) => ({
    location: { uri: uriOf(it.file), range: rangeIn(linesOf(it.file), it.at, encoding) },
    message: it.message,
  }));
  return {
    source: 'sagalint',
    code: ruleId,
    ...(page === undefined ? {} : { codeDescription: { href: page } }),
    severity: severities[severity],
    range: rangeIn(linesOf(file), at, encoding),
    message: `${message}\n${help}`,
    ...(relatedInformation.length > 0 ? { relatedInformation } : {}),
    ...(tag ? { tags: [tag === 'unnecessary' ? DiagnosticTag.Unnecessary : DiagnosticTag.Deprecated] } : {}),
  };
}

/** A fault of a configuration file. */
export function diagnosticOfProblem({ at, message }: Problem, text: string, encoding: Encoding): Diagnostic {
  const range = rangeOf(text, at, encoding);
  return { source: 'sagalint', severity: DiagnosticSeverity.Error, range, message };
}

/** What it takes to convert edits. */
export interface Edited {
  readonly textOf: (file: FilePath) => string | undefined;
  readonly uriOf: (file: FilePath) => string;
  /** The version of a document that the editor has open, else null. */
  readonly versionOf: (file: FilePath) => number | null;
  readonly encoding: Encoding;
}

/** Edits of several files, new ones among them, in the form that the client understands. */
export function workspaceEditOf(
  edits: readonly FileEdit[],
  { textOf, uriOf, versionOf, encoding }: Edited,
  canCreate: boolean,
): WorkspaceEdit {
  const textEdits = (it: FileEdit): TextEdit[] =>
    it.edits.map(({ at, text }) => ({
      range: rangeOf(it.isNew ? '' : (textOf(it.file) ?? ''), at, encoding),
      newText: text,
    }));
  if (!canCreate) return { changes: Object.fromEntries(edits.map((it) => [uriOf(it.file), textEdits(it)])) };
  const documentChanges = edits.flatMap((it): (CreateFile | TextDocumentEdit)[] => {
    const uri = uriOf(it.file);
    const version = it.isNew ? null : versionOf(it.file);
    const edit: TextDocumentEdit = { textDocument: { uri, version }, edits: textEdits(it) };
    return it.isNew ? [{ kind: 'create', uri, options: { ignoreIfExists: true } }, edit] : [edit];
  });
  return { documentChanges };
}
