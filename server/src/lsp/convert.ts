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
  const uri = uris.get(file) ?? pathToFileURL(file).href;
  uris.set(file, uri);
  return uri;
}

/** Each is wanted again after every edit. */
const uris = new Map<FilePath, string>();

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
  /** The same object as long as text and URI are the same. */
  readonly documentOf: (file: FilePath) => ShownDocument;
  readonly encoding: Encoding;
  /** The address of a rule's page, where it has one. */
  readonly pageOf: (ruleId: string) => string | undefined;
}

/** A text and the starts of its lines. */
interface Lines {
  readonly text: string;
  readonly starts: readonly number[];
}

/** A document as the client knows it. */
export interface ShownDocument extends Lines {
  readonly uri: string;
}

/** A document of this text under this URI, the one from before where it is the same. */
export function documentWith(text: string, uri: string, before: ShownDocument | undefined): ShownDocument {
  if (before?.text === text && before.uri === uri) return before;
  return { text, uri, starts: lineStarts(text) };
}

/** A finding as the editor shows it: what and what to do, the rule as code with its page, the evidence. */
export function diagnosticOf(finding: Finding, { documentOf, pageOf, encoding }: Shown): Diagnostic {
  const { ruleId, file, at, message, help, severity, related, tag } = finding;
  const page = pageOf(ruleId);
  const relatedInformation = related.map((it) => {
    const { uri, ...lines } = documentOf(it.file);
    return { location: { uri, range: rangeIn(lines, it.at, encoding) }, message: it.message };
  });
  return {
    source: 'sagalint',
    code: ruleId,
    ...(page === undefined ? {} : { codeDescription: { href: page } }),
    severity: severities[severity],
    range: rangeIn(documentOf(file), at, encoding),
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
