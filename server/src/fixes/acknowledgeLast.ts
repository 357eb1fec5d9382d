// Moves the statement that acknowledges a message behind the last statement of its block.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import type { AcknowledgeLastPlan } from './plan.ts';

/** The edits of the one file; none where the block may be left before its end, since the message would then stay open. */
export function acknowledgeLast(
  { target }: AcknowledgeLastPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(target.file);
  if (text === undefined) return [];
  const source = ts.createSourceFile(target.file, text, ts.ScriptTarget.Latest, true);
  const statement = statementAt(source, target.at.start);
  const block = statement?.parent;
  if (!statement || !block || !ts.isBlock(block)) return [];
  const later = block.statements.slice(block.statements.indexOf(statement) + 1);
  const last = later.at(-1);
  if (!last || later.some(mayLeave)) return [];
  const start = statement.getStart(source);
  const next = later[0]?.getStart(source) ?? statement.end;
  const line = text.lastIndexOf('\n', last.getStart(source) - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const moved = `${newline}${indent}${statement.getText(source)}`;
  // Comments between the two stay with the work.
  const end = text.slice(statement.end, next).trim() === '' ? next : statement.end;
  const edits = [
    { at: { start, end }, text: '' },
    { at: { start: last.end, end: last.end }, text: moved },
  ];
  return [{ file: target.file, edits }];
}

function statementAt(source: ts.SourceFile, offset: number): ts.ExpressionStatement | undefined {
  let found: ts.ExpressionStatement | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || offset >= node.end) return;
    if (ts.isExpressionStatement(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function mayLeave(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isReturnStatement(node) || ts.isBreakOrContinueStatement(node) || ts.isThrowStatement(node))
    return true;
  return ts.forEachChild(node, (it) => mayLeave(it) || undefined) ?? false;
}
