// How a file is written: line ends, indentation, quotes, semicolons. A fix writes the same way.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath, Place } from '../text.ts';

/** What a fix reads: a text parsed. */
export function parse(file: FilePath, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** The line end that a text uses. */
export function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** One level of indentation. */
export function unitOf(text: string): string {
  return /^(?:\t| {2,4})(?=\S)/m.exec(text)?.[0] ?? '  ';
}

/** How long a line may be: as long as the file's own, but neither less than 80 nor more than 120 characters. */
export function widthOf(text: string): number {
  const longest = Math.max(...text.split('\n').map((it) => it.length));
  return Math.min(Math.max(longest, 80), 120);
}

/** The white space at the start of the line that an offset stands on. */
export function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
}

/** The quote of the file's first string, `'` where it has none. */
export function quoteOf(text: string): string {
  return /(?:from |\()(['"])/.exec(text)?.[1] ?? "'";
}

/** Whether statements end with a semicolon. */
export function usesSemicolons(source: ts.SourceFile): boolean {
  const plain = source.statements.filter(
    (it) => ts.isImportDeclaration(it) || ts.isVariableStatement(it) || ts.isTypeAliasDeclaration(it),
  );
  return plain.length === 0 || plain.some((it) => it.getText(source).endsWith(';'));
}

/** The innermost node that starts at an offset and is at least as long as the span. */
export function nodeAt(
  source: ts.SourceFile,
  { start, end }: { readonly start: number; readonly end: number },
): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (end <= node.pos || start >= node.end) return;
    if (node.getStart(source) === start && node.end >= end) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The name that a plan is about, in its file as it is now; undefined where no name stands there. */
export function nameAt(
  { file, at }: Place,
  read: (file: FilePath) => string | undefined,
): { readonly text: string; readonly source: ts.SourceFile; readonly name: ts.Identifier } | undefined {
  const text = read(file);
  const source = text === undefined ? undefined : parse(file, text);
  const name = source && nodeAt(source, at);
  return text !== undefined && source && name && ts.isIdentifier(name) ? { text, source, name } : undefined;
}

/** Where a helper that one file exports is in the folder of a source, and the edit that creates it where it is not there yet. */
export function helperBeside(
  source: ts.SourceFile,
  helper: string,
  {
    read,
    written,
  }: {
    readonly read: (file: FilePath) => string | undefined;
    readonly written: (file: FilePath) => string;
  },
): { readonly file: FilePath; readonly created: readonly FileEdit[] } {
  const file = `${source.fileName.slice(0, source.fileName.lastIndexOf('/'))}/${helper}.ts`;
  if (read(file) !== undefined) return { file, created: [] };
  return { file, created: [newFile(file, written(file))] };
}

/** The edit that creates a file. */
export function newFile(file: FilePath, text: string): FileEdit {
  return { file, isNew: true, edits: [{ at: { start: 0, end: 0 }, text }] };
}
