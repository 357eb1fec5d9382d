// Calls inside an expression, in the order of evaluation, each with what becomes of its result.
import { ts } from 'ts-morph';
import type { Action, CallAction, Settlement } from '../facts/actions.ts';
import type { CallExpr, Expr } from '../facts/expressions.ts';
import { resultOf } from './bindings.ts';
import { once } from '../facts/once.ts';
import { deepest } from './budget.ts';
import { readClass } from './classes.ts';
import { bare, deeper, placeOf, type Draft } from './draft.ts';
import { readExpr, readWhole } from './expressions.ts';

/** The calls, assignments and branches of an expression; bodies of inner functions are not run here. */
export function readCalls(draft: Draft, node: ts.Expression): readonly Action[] {
  const actions: Action[] = [];
  const each = (inner: ts.Node): void => visit(draft, inner, actions, each);
  each(node);
  return actions;
}

/** Adds the actions of a node; `each` does so for the ones inside. */
function visit(draft: Draft, node: ts.Node, out: Action[], each: (inner: ts.Node) => void): void {
  if (ts.isIdentifier(node) && draft.depth < deepest) return;
  if (
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node)
  ) {
    draft.functionId(node);
    return;
  }
  if (ts.isClassExpression(node)) {
    out.push(...readClass(draft, node));
    return;
  }
  if (isTypeSyntax(node)) return;
  if (ts.isConditionalExpression(node)) return visitConditional(draft, node, out, each);
  if (ts.isBinaryExpression(node) && isShortcut(node.operatorToken.kind))
    return visitShortcut(draft, node, out, each);
  deeper(draft, node, undefined, () => ts.forEachChild(node, each));
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) out.push(callAction(draft, node));
  else if (ts.isTaggedTemplateExpression(node)) out.push(taggedAction(draft, node));
  else if (ts.isBinaryExpression(node)) visitAssignment(draft, node, out);
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    visitIncrement(draft, node, out);
}

function isTypeSyntax(node: ts.Node): boolean {
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
}

function isShortcut(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** `a && f()` runs `f` only sometimes; a right side without calls needs no branch. */
function visitShortcut(
  draft: Draft,
  node: ts.BinaryExpression,
  out: Action[],
  each: (inner: ts.Node) => void,
): void {
  each(node.left);
  const right = readCalls(draft, node.right);
  if (right.length === 0) return;
  const isAnd = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
  const condition = readExpr(draft, node.left);
  const at = placeOf(node.left, draft.source);
  out.push({ kind: 'if', condition, then: isAnd ? right : [], otherwise: isAnd ? [] : right, at });
}

function visitConditional(
  draft: Draft,
  node: ts.ConditionalExpression,
  out: Action[],
  each: (inner: ts.Node) => void,
): void {
  each(node.condition);
  const then = readCalls(draft, node.whenTrue);
  const otherwise = readCalls(draft, node.whenFalse);
  if (then.length === 0 && otherwise.length === 0) return;
  const condition = readExpr(draft, node.condition);
  out.push({ kind: 'if', condition, then, otherwise, at: placeOf(node.condition, draft.source) });
}

function visitAssignment(draft: Draft, node: ts.BinaryExpression, out: Action[]): void {
  const kind = node.operatorToken.kind;
  if (kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment) return;
  out.push({
    kind: 'assign',
    target: readExpr(draft, node.left),
    operator: ts.tokenToString(kind) ?? '=',
    value: readExpr(draft, node.right),
    at: placeOf(node.left, draft.source),
  });
}

function visitIncrement(
  draft: Draft,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  out: Action[],
): void {
  if (node.operator !== ts.SyntaxKind.PlusPlusToken && node.operator !== ts.SyntaxKind.MinusMinusToken)
    return;
  const at = placeOf(node.operand, draft.source);
  const operator = node.operator === ts.SyntaxKind.PlusPlusToken ? '+=' : '-=';
  out.push({
    kind: 'assign',
    target: readExpr(draft, node.operand),
    operator,
    value: { kind: 'literal', text: '1', at },
    at,
  });
}

function callAction(draft: Draft, node: ts.CallExpression | ts.NewExpression): CallAction {
  const expr = readWhole(draft, node);
  const call: CallExpr =
    expr.kind === 'call' || expr.kind === 'new' ? { ...expr, kind: 'call' } : unknownCall(expr);
  const result = resultOf(draft, node);
  return {
    kind: 'call',
    call,
    ...(ts.isNewExpression(node) ? { isNew: true } : {}),
    settled: settlementOf(node),
    ...(result === undefined ? {} : { result }),
    roles: [],
  };
}

function unknownCall(expr: Expr): CallExpr {
  return { kind: 'call', callee: expr, typeArgs: [], args: [], at: expr.at, span: expr.at };
}

/** A tagged template is a call whose one argument is the template: `` sql`INSERT …` ``. */
function taggedAction(draft: Draft, node: ts.TaggedTemplateExpression): CallAction {
  const callee = readExpr(draft, node.tag);
  const span = placeOf(node, draft.source);
  const call: CallExpr = {
    kind: 'call',
    callee,
    typeArgs: [],
    args: [readExpr(draft, node)],
    at: callee.at,
    span,
  };
  const result = resultOf(draft, node);
  return {
    kind: 'call',
    call,
    settled: settlementOf(node),
    ...(result === undefined ? {} : { result }),
    roles: [],
  };
}

const waitsForObservable = new Set(['lastValueFrom', 'firstValueFrom']);
const joinsPromises = new Set(['all', 'allSettled', 'race', 'any']);

function settlementOf(call: ts.Expression): Settlement {
  let node: ts.Node = call;
  for (;;) {
    const outer: ts.Node = node.parent;
    const inner = ts.isExpression(node) ? node : undefined;
    if (ts.isAwaitExpression(outer) || ts.isYieldExpression(outer)) return 'awaited';
    if (ts.isReturnStatement(outer) || (ts.isArrowFunction(outer) && outer.body === node)) return 'returned';
    if (ts.isExpressionStatement(outer) || ts.isVoidExpression(outer)) return 'dropped';
    if (ts.isPropertyAccessExpression(outer)) return settlementOfChain(outer);
    if (ts.isCallExpression(outer) && outer.expression !== node) return settlementOfArgument(outer);
    if (ts.isArrayLiteralExpression(outer) && ts.isCallExpression(outer.parent))
      return settlementOfArgument(outer.parent);
    const passes =
      (ts.isExpression(outer) && inner && bare(outer) === bare(inner)) ||
      ts.isConditionalExpression(outer) ||
      (ts.isBinaryExpression(outer) && isShortcut(outer.operatorToken.kind)) ||
      ts.isForStatement(outer);
    if (!passes) return isForgotten(outer) ? 'dropped' : 'collected';
    if (ts.isForStatement(outer)) return 'dropped';
    node = outer;
  }
}

/** `const sent = producer.send(…)`, and nothing in the file speaks of `sent` again. */
function isForgotten(node: ts.Node): boolean {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return false;
  if (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) return false;
  return saidOnce(node.getSourceFile()).has(node.name.text);
}

/** The words that stand in a text once, comments and strings included. */
const saidOnce = once(({ text }: ts.SourceFile): ReadonlySet<string> => {
  const found = new Set<string>();
  const again = new Set<string>();
  for (const [word] of text.matchAll(/[\w$]+/g)) {
    if (found.has(word)) again.add(word);
    else found.add(word);
  }
  for (const it of again) found.delete(it);
  return found;
});

/** What gives the same promise on, and the promise of a request that the older AWS client has made. */
const passingOn = /^(?:then|finally|pipe|promise)$/;

/** `call().catch(…)`, `call().then(a, b)`, `call().pipe(…)`: what is done with the promise or Observable it gives. */
function settlementOfChain(access: ts.PropertyAccessExpression): Settlement {
  const outer = access.parent;
  if (!ts.isCallExpression(outer) || outer.expression !== access) return 'collected';
  const name = access.name.text;
  if (name === 'catch' || name === 'subscribe') return 'handled';
  if (name === 'then' && outer.arguments.length > 1) return 'handled';
  if (name === 'toPromise') return waited(settlementOf(outer));
  return passingOn.test(name) ? settlementOf(outer) : 'collected';
}

function settlementOfArgument(outer: ts.CallExpression): Settlement {
  const callee = outer.expression;
  const name = ts.isIdentifier(callee)
    ? callee.text
    : ts.isPropertyAccessExpression(callee)
      ? callee.name.text
      : '';
  if (waitsForObservable.has(name)) return waited(settlementOf(outer));
  if (joinsPromises.has(name) && callee.getText().startsWith('Promise.')) return settlementOf(outer);
  return 'collected';
}

function waited(outer: Settlement): Settlement {
  return outer === 'awaited' || outer === 'returned' || outer === 'handled' ? 'handled' : outer;
}
