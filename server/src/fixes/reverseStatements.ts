// Puts statements that follow each other into the opposite order: what was done last is taken back first.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath, Span } from '../text.ts';
import type { ReverseStatementsPlan } from './plan.ts';
import { nodeAt, parse } from './style.ts';

/** The edits of the one file; none where the calls do not stand in statements of their own, one behind the other, or a name is declared among them. */
export function reverseStatements(
  { file, calls }: ReverseStatementsPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const text = read(file);
  if (text === undefined) return [];
  const source = parse(file, text);
  const own = statementsOf(source, calls);
  const texts = own.map((it) => it.getText(source)).toReversed();
  const edits = own.map((it, index) => ({
    at: { start: it.getStart(source), end: it.end },
    text: texts[index] ?? '',
  }));
  return edits.length > 0 ? [{ file, edits }] : [];
}

/** One for each call, in the innermost block or case that has them; what stands under a condition goes with it. */
function statementsOf(source: ts.SourceFile, calls: readonly Span[]): readonly ts.Statement[] {
  const [first] = calls;
  let at = first && nodeAt(source, first);
  for (; at; at = at.parent) {
    if (ts.isFunctionLike(at) || ts.isSourceFile(at)) return [];
    if (!ts.isBlock(at) && !ts.isCaseOrDefaultClause(at)) continue;
    const { statements } = at;
    const found = calls.map((it) => statements.findIndex((one) => one.pos <= it.start && it.end <= one.end));
    if (found.includes(-1) || new Set(found).size !== calls.length) continue;
    // What is declared among them may be used by a statement that would come before it.
    const all = statements.slice(Math.min(...found), Math.max(...found) + 1);
    return all.some(declares) ? [] : found.flatMap((it) => statements[it] ?? []);
  }
  return [];
}

function declares(statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) || ts.isFunctionDeclaration(statement);
}
