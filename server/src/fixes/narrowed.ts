// What a condition has made sure of is forgotten inside a callback: `if (paymentId) await refund(paymentId)`. Such values are handed in.
import { ts } from 'ts-morph';
import type { Span } from '../text.ts';

export interface Narrowed {
  /** What the callback's parameter is called. */
  readonly name: string;
  /** The expression that is handed in. */
  readonly text: string;
  readonly places: readonly Span[];
}

/** Variables and members in `value` that a condition around the call speaks of and that may have changed when a callback runs. */
export function narrowedIn(
  source: ts.SourceFile,
  call: ts.CallExpression,
  value: ts.Expression,
): readonly Narrowed[] {
  const asked = conditionsAround(call).map((it) => it.getText(source));
  if (asked.length === 0) return [];
  const found = new Map<string, Span[]>();
  const visit = (node: ts.Node): void => {
    if (
      isReference(node) &&
      mayChange(source, node) &&
      asked.some((it) => mentions(it, node.getText(source)))
    ) {
      const at = { start: node.getStart(source), end: node.end };
      found.set(node.getText(source), [...(found.get(node.getText(source)) ?? []), at]);
    } else ts.forEachChild(node, visit);
  };
  const { expression } = call;
  if (ts.isPropertyAccessExpression(expression)) visit(expression.expression);
  for (const it of call.arguments) visit(it);
  if (value !== call && found.size === 0) return [];
  return named([...found]);
}

function named(found: readonly (readonly [string, readonly Span[]])[]): readonly Narrowed[] {
  const names = new Set<string>();
  return found.map(([text, places]) => {
    const last = /[A-Za-z_$][\w$]*$/.exec(text)?.[0] ?? 'it';
    const name = names.has(last) || last === 'this' ? `${last}${names.size + 1}` : last;
    names.add(name);
    return { name, text, places };
  });
}

function isReference(node: ts.Node): node is ts.Identifier | ts.PropertyAccessExpression {
  if (ts.isPropertyAccessExpression(node))
    return !ts.isCallExpression(node.parent) || node.parent.expression !== node;
  return (
    ts.isIdentifier(node) &&
    !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
    !(ts.isPropertyAssignment(node.parent) && node.parent.name === node) &&
    !ts.isShorthandPropertyAssignment(node.parent)
  );
}

function conditionsAround(call: ts.Node): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  for (let at: ts.Node = call; !ts.isFunctionLike(at) && !ts.isSourceFile(at); at = at.parent) {
    const { parent } = at;
    if (ts.isIfStatement(parent) && parent.expression !== at) found.push(parent.expression);
    if (ts.isConditionalExpression(parent) && parent.condition !== at) found.push(parent.condition);
    if (ts.isBinaryExpression(parent) && parent.right === at) found.push(parent.left);
  }
  return found;
}

function mentions(condition: string, text: string): boolean {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$.])${escaped}(?![\\w$])`).test(condition);
}

/** A member of something, or a variable that is not constant. */
function mayChange(source: ts.SourceFile, node: ts.Identifier | ts.PropertyAccessExpression): boolean {
  if (ts.isPropertyAccessExpression(node)) return true;
  const declared = new RegExp(
    `\\b(?:let|var)\\b[^;=]*?(?<![\\w$])${node.text.replace(/\$/g, '\\$&')}(?![\\w$])`,
  );
  return declared.test(source.text);
}
