// Lets a catch throw what it caught when it is done, or reject the message that it acknowledged.
import { ts } from 'ts-morph';
import type { Edit, FileEdit, FilePath, Span } from '../text.ts';
import type { RethrowPlan } from './plan.ts';

/** The edits of the one file that the catch stands in. */
export function rethrow(
  { target, acknowledged }: RethrowPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = ts.createSourceFile(target.file, text, ts.ScriptTarget.Latest, true);
  const clause = catchAt(source, target.at.start);
  if (!clause) return [];
  const edits = acknowledged ? rejected(source, clause, acknowledged) : thrown(source, clause);
  return edits.length > 0 ? [{ file: target.file, edits }] : [];
}

function catchAt(source: ts.SourceFile, offset: number): ts.CatchClause | undefined {
  let found: ts.CatchClause | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || offset >= node.end) return;
    if (ts.isCatchClause(node) && node.getStart(source) === offset) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `throw error;` as the last statement; a `return` there gives way to it. */
function thrown(source: ts.SourceFile, clause: ts.CatchClause): readonly Edit[] {
  const { block, variableDeclaration } = clause;
  const name = variableDeclaration?.name;
  if (name && !ts.isIdentifier(name)) return [];
  const caught = name?.text ?? 'error';
  const word = clause.getStart(source) + 'catch'.length;
  const named = name ? [] : [{ at: { start: word, end: word }, text: ` (${caught})` }];
  const last = block.statements.at(-1);
  const semicolon = usesSemicolons(source, last) ? ';' : '';
  const statement = `throw ${caught}${semicolon}`;
  if (last && isExit(last)) return [...named, { at: spanOf(source, last), text: statement }];
  return [...named, appended(source, block, statement)];
}

function isExit(node: ts.Statement): boolean {
  return ts.isReturnStatement(node) || ts.isBreakOrContinueStatement(node);
}

function usesSemicolons(source: ts.SourceFile, near: ts.Statement | undefined): boolean {
  return (near ?? source.statements[0])?.getText(source).endsWith(';') ?? true;
}

/** Behind the last statement, or before the closing brace of an empty block. */
function appended(source: ts.SourceFile, block: ts.Block, statement: string): Edit {
  const last = block.statements.at(-1);
  const brace = block.end - 1;
  const isOneLine = !block.getText(source).includes('\n');
  if (isOneLine) {
    const start = last?.end ?? block.getStart(source) + 1;
    return { at: { start, end: brace }, text: ` ${statement} ` };
  }
  const newline = source.text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAt(source.text, brace);
  const inner = last ? indentAt(source.text, last.getStart(source)) : `${outer}${unitOf(source.text)}`;
  const end = source.text.slice(0, brace).trimEnd().length;
  return { at: { start: end, end }, text: `${newline}${inner}${statement}` };
}

function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
}

function unitOf(text: string): string {
  return /^(?:\t| {2,4})(?=\S)/m.exec(text)?.[0] ?? '  ';
}

/** Once more where it was delivered the first time, then to the dead-letter exchange. */
function rejected(source: ts.SourceFile, clause: ts.CatchClause, acknowledged: Span): readonly Edit[] {
  let found: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    const isIt =
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.getStart(source) === acknowledged.start;
    if (isIt) found = node;
    ts.forEachChild(node, visit);
  };
  visit(clause);
  const message = found?.arguments[0]?.getText(source);
  const argument = found?.arguments[0];
  if (!found || !argument || message === undefined) return [];
  return [
    { at: acknowledged, text: 'nack' },
    { at: { start: argument.end, end: found.end - 1 }, text: `, false, !${message}.fields.redelivered` },
  ];
}

function spanOf(source: ts.SourceFile, node: ts.Node): Span {
  return { start: node.getStart(source), end: node.end };
}
