// Lets a loop go through a list from its end: `[...done].reverse()`, or a copy reversed in place.
import { ts } from 'ts-morph';
import type { FileEdit, FilePath } from '../text.ts';
import type { ReverseListPlan } from './plan.ts';
import { nameAt } from './style.ts';

/** Methods that give a new array in the same order: what they give may be reversed itself. */
const copying = /^(?:slice|filter|map|flatMap|flat|concat|from)$/;
const reversing = /^(?:reverse|toReversed)$/;

/** The edits of the one file. */
export function reverseList(
  { target }: ReverseListPlan,
  read: (file: FilePath) => string | undefined,
): readonly FileEdit[] {
  const found = nameAt(target, read);
  if (!found) return [];
  const { text, source, name } = found;
  const list = chainOf(named(name));
  const before = ts.isCallExpression(list) ? list.expression : undefined;
  if (before && ts.isPropertyAccessExpression(before) && reversing.test(before.name.text))
    return [
      { file: target.file, edits: [{ at: { start: before.expression.end, end: list.end }, text: '' }] },
    ];
  const method = text.includes('.toReversed()') ? '.toReversed()' : '.reverse()';
  const after = { at: { start: list.end, end: list.end }, text: method };
  const isCopy = ts.isArrayLiteralExpression(list) || ts.isCallExpression(list);
  if (isCopy || method === '.toReversed()') return [{ file: target.file, edits: [after] }];
  const start = list.getStart(source);
  return [
    {
      file: target.file,
      edits: [
        { at: { start, end: start }, text: '[...' },
        { ...after, text: `]${method}` },
      ],
    },
  ];
}

/** `this.done` of its last name. */
function named(name: ts.Identifier): ts.Expression {
  const { parent } = name;
  return ts.isPropertyAccessExpression(parent) && parent.name === name ? parent : name;
}

/** As far as the list is handed on from copy to copy. */
function chainOf(list: ts.Expression): ts.Expression {
  const { parent } = list;
  if (
    ts.isSpreadElement(parent) &&
    ts.isArrayLiteralExpression(parent.parent) &&
    parent.parent.elements.length === 1
  )
    return chainOf(parent.parent);
  if (ts.isNonNullExpression(parent) || ts.isParenthesizedExpression(parent)) return chainOf(parent);
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== list) return list;
  const isCalled = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
  const isCopied = copying.test(parent.name.text) || reversing.test(parent.name.text);
  return isCalled && isCopied && !isIterated(parent) ? chainOf(parent.parent) : list;
}

/** `done.map((step) => step.compensate())` is the loop itself. */
function isIterated({ name, parent }: ts.PropertyAccessExpression): boolean {
  return (
    /^(?:map|flatMap)$/.test(name.text) &&
    !ts.isExpression(parent.parent) &&
    !ts.isForOfStatement(parent.parent)
  );
}
