// Expressions as plain data.
import { ts } from 'ts-morph';
import type { Expr, ObjectEntry, ObjectExpr, TypeExpr } from '../facts/expressions.ts';
import { bindingOf } from './bindings.ts';
import { beginningOf } from './budget.ts';
import { bare, placeOf, type Draft } from './draft.ts';
import { readType } from './types.ts';

/** Deeper than this nothing useful was ever found; what is below becomes `unknown`. */
const deepest = 12;
/** A link of a chain (`saga.step(…).invoke(…).step(…)`) nests the one before it, but a reader goes along and not down. */
const link = 1 / 8;

/** Reads an expression; names are bound in the scope where the node stands. */
export function readExpr(draft: Draft, node: ts.Expression, depth = 0): Expr {
  const inner = bare(node);
  const frozen = ts.isCallExpression(inner) ? frozenBy(inner) : undefined;
  return frozen ? readExpr(draft, frozen, depth) : readWhole(draft, node, depth);
}

/** Reads an expression as it stands, also a call that only hands back its argument. */
export function readWhole(draft: Draft, node: ts.Expression, depth = 0): Expr {
  const known = draft.exprs.get(node);
  if (known && depth + known.levels <= deepest) {
    draft.level = Math.max(draft.level, depth + known.levels);
    return known.expr;
  }
  const before = draft.level;
  draft.level = depth;
  const expr = readAnew(draft, node, depth);
  // What was cut off at this depth may be read from a lesser one.
  if (draft.level <= deepest) draft.exprs.set(node, { expr, levels: draft.level - depth });
  draft.level = Math.max(before, draft.level);
  return expr;
}

function readAnew(draft: Draft, node: ts.Expression, depth: number): Expr {
  const inner = bare(node);
  if (depth > deepest) return { kind: 'unknown', at: placeOf(inner, draft.source) };
  if (ts.isIdentifier(inner)) return readName(draft, inner);
  if (ts.isPropertyAccessExpression(inner)) {
    const object = readExpr(draft, inner.expression, depth + link);
    const at = placeOf(inner.name, draft.source);
    const isOptional = inner.questionDotToken !== undefined;
    return { kind: 'member', object, name: inner.name.text, ...(isOptional && { isOptional }), at };
  }
  const at = placeOf(inner, draft.source);
  if (ts.isStringLiteralLike(inner)) return { kind: 'string', value: beginningOf(inner.text), at };
  if (inner.kind === ts.SyntaxKind.ThisKeyword) return { kind: 'this', at };
  if (inner.kind === ts.SyntaxKind.SuperKeyword) return { kind: 'this', isSuper: true, at };
  const next = (it: ts.Expression): Expr => readExpr(draft, it, depth + 1);
  const along = (it: ts.Expression): Expr => readExpr(draft, it, depth + link);
  if (ts.isElementAccessExpression(inner)) return readElement(draft, inner, next);
  if (ts.isCallExpression(inner)) return readCall(draft, inner, { next, along });
  if (ts.isNewExpression(inner)) return readNew(draft, inner, next);
  if (ts.isObjectLiteralExpression(inner)) {
    const asserted = assertedType(draft, node) ?? declaredType(draft, inner);
    return { ...readObject(draft, inner, next), ...(asserted ? { asserted } : {}) };
  }
  if (ts.isArrayLiteralExpression(inner)) {
    const items = inner.elements.map((it) => next(ts.isSpreadElement(it) ? it.expression : it));
    return { kind: 'array', items, at };
  }
  if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) {
    return { kind: 'function', function: draft.functionId(inner), at };
  }
  return readOperation(draft, inner, next);
}

/** What `Object.freeze({ … })` and `Object.seal(names)` hand back. */
function frozenBy({
  expression,
  arguments: [only, ...others],
}: ts.CallExpression): ts.Expression | undefined {
  if (only === undefined || others.length > 0 || !ts.isPropertyAccessExpression(expression)) return undefined;
  const { expression: object } = expression;
  if (!ts.isIdentifier(object) || object.text !== 'Object') return undefined;
  return /^(?:freeze|seal)$/.test(expression.name.text) ? only : undefined;
}

type Next = (node: ts.Expression) => Expr;

function assertedType(draft: Draft, node: ts.Expression): TypeExpr | undefined {
  if (ts.isParenthesizedExpression(node)) return assertedType(draft, node.expression);
  const isAsserted = ts.isSatisfiesExpression(node) || ts.isAsExpression(node);
  return isAsserted && ts.isTypeReferenceNode(node.type) ? readType(node.type, draft.source) : undefined;
}

/** `const event: OrderPlaced = { … }`, `const events: OrderPlaced[] = [{ … }]`. */
function declaredType(draft: Draft, literal: ts.ObjectLiteralExpression): TypeExpr | undefined {
  const holder = holderOf(literal);
  const isListed = ts.isArrayLiteralExpression(holder);
  const declaration = isListed ? holderOf(holder) : holder;
  const type = ts.isVariableDeclaration(declaration) ? declaration.type : undefined;
  const own = isListed && type ? itemType(type) : type;
  return own && ts.isTypeReferenceNode(own) ? readType(own, draft.source) : undefined;
}

function holderOf({ parent }: ts.Node): ts.Node {
  const isFrozen = ts.isCallExpression(parent) && frozenBy(parent) !== undefined;
  return ts.isParenthesizedExpression(parent) || isFrozen ? holderOf(parent) : parent;
}

/** What `OrderPlaced[]` and `readonly OrderPlaced[]` hold. */
function itemType(type: ts.TypeNode): ts.TypeNode | undefined {
  if (ts.isTypeOperatorNode(type)) return itemType(type.type);
  return ts.isArrayTypeNode(type) ? type.elementType : undefined;
}

function readName(draft: Draft, node: ts.Identifier): Expr {
  const at = placeOf(node, draft.source);
  if (node.text === 'undefined') return { kind: 'literal', text: 'undefined', at };
  const binding = bindingOf(draft, node);
  return { kind: 'name', name: node.text, ...(binding === undefined ? {} : { binding }), at };
}

function readElement(draft: Draft, node: ts.ElementAccessExpression, next: Next): Expr {
  const at = placeOf(node.argumentExpression, draft.source);
  const index = next(node.argumentExpression);
  const object = next(node.expression);
  if (index.kind === 'string') return { kind: 'member', object, name: index.value, at };
  return { kind: 'member', object, name: '[]', index, at };
}

function readCall(
  draft: Draft,
  node: ts.CallExpression,
  { next, along }: { readonly next: Next; readonly along: Next },
): Expr {
  return {
    kind: 'call',
    callee: along(node.expression),
    typeArgs: typeArgs(draft, node.typeArguments),
    args: node.arguments.map((it) => next(ts.isSpreadElement(it) ? it.expression : it)),
    ...(node.arguments.some(ts.isSpreadElement) && { hasSpread: true }),
    at: lastName(draft, node.expression),
    span: placeOf(node, draft.source),
  };
}

function readNew(draft: Draft, node: ts.NewExpression, next: Next): Expr {
  return {
    kind: 'new',
    callee: next(node.expression),
    typeArgs: typeArgs(draft, node.typeArguments),
    args: (node.arguments ?? []).map((it) => next(ts.isSpreadElement(it) ? it.expression : it)),
    at: lastName(draft, node.expression),
    span: placeOf(node, draft.source),
  };
}

function typeArgs(draft: Draft, nodes: ts.NodeArray<ts.TypeNode> | undefined): readonly TypeExpr[] {
  return (nodes ?? []).map((it) => readType(it, draft.source));
}

function lastName(draft: Draft, callee: ts.Expression): { start: number; end: number } {
  const inner = bare(callee);
  return placeOf(ts.isPropertyAccessExpression(inner) ? inner.name : inner, draft.source);
}

function readObject(draft: Draft, node: ts.ObjectLiteralExpression, next: Next): ObjectExpr {
  const entries: ObjectEntry[] = [];
  const spreads: Expr[] = [];
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) spreads.push(next(property.expression));
    else entries.push(readEntry(draft, property, next));
  }
  return { kind: 'object', entries, spreads, at: placeOf(node, draft.source) };
}

function readEntry(
  draft: Draft,
  property: Exclude<ts.ObjectLiteralElementLike, ts.SpreadAssignment>,
  next: Next,
): ObjectEntry {
  const at = placeOf(property.name, draft.source);
  if (ts.isShorthandPropertyAssignment(property)) {
    return { key: property.name.text, value: readName(draft, property.name), at };
  }
  const key = keyOf(property.name);
  const value: Expr = ts.isPropertyAssignment(property)
    ? next(property.initializer)
    : { kind: 'function', function: draft.functionId(property), at };
  if (key !== undefined) return { key, value, at };
  const computed = ts.isComputedPropertyName(property.name) ? next(property.name.expression) : undefined;
  return { key: '[]', ...(computed ? { computed } : {}), value, at };
}

function keyOf(name: ts.PropertyName): string | undefined {
  if (ts.isComputedPropertyName(name)) {
    return ts.isStringLiteralLike(name.expression) ? name.expression.text : undefined;
  }
  return name.text;
}

function readOperation(draft: Draft, node: ts.Expression, next: Next): Expr {
  const at = placeOf(node, draft.source);
  if (ts.isConditionalExpression(node)) {
    return {
      kind: 'choice',
      condition: next(node.condition),
      of: [next(node.whenTrue), next(node.whenFalse)],
      at,
    };
  }
  if (ts.isBinaryExpression(node)) return readBinary(node, next, at);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return readUnary(node, next, at);
  if (ts.isTypeOfExpression(node) || ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
    const operator = ts.isTypeOfExpression(node) ? 'typeof' : ts.isVoidExpression(node) ? 'void' : 'delete';
    return { kind: 'operation', operator, of: [next(node.expression)], at };
  }
  if (ts.isTemplateExpression(node)) return readTemplate(node, next, at);
  if (ts.isTaggedTemplateExpression(node)) return readTagged(draft, node, next, at);
  if (ts.isYieldExpression(node) && node.expression) return next(node.expression);
  if (isLiteral(node)) return { kind: 'literal', text: node.getText(draft.source), at };
  return { kind: 'unknown', at };
}

function readUnary(
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  next: Next,
  at: Expr['at'],
): Expr {
  const operator = ts.tokenToString(node.operator) ?? '?';
  if (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand))
    return { kind: 'literal', text: operator + node.operand.text, at };
  return { kind: 'operation', operator, of: [next(node.operand)], at };
}

const choosing = new Set([
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
]);

function readBinary(node: ts.BinaryExpression, next: Next, at: Expr['at']): Expr {
  const of = [next(node.left), next(node.right)];
  const operator = ts.tokenToString(node.operatorToken.kind) ?? '?';
  if (choosing.has(node.operatorToken.kind) && !isCondition(node)) {
    return { kind: 'choice', of: operator === '&&' ? of.slice(1) : of, at };
  }
  if (operator === ',') return of[1] ?? { kind: 'unknown', at };
  if (operator === '=') return of[1] ?? { kind: 'unknown', at };
  return { kind: 'operation', operator, of, at };
}

/** Whether the value of a `&&`, `||` or `??` decides a branch rather than being used. */
function isCondition(node: ts.Node): boolean {
  const outer = node.parent;
  if (ts.isParenthesizedExpression(outer) || ts.isPrefixUnaryExpression(outer)) return isCondition(outer);
  if (ts.isBinaryExpression(outer)) return choosing.has(outer.operatorToken.kind) && isCondition(outer);
  if (ts.isIfStatement(outer) || ts.isWhileStatement(outer) || ts.isDoStatement(outer)) return true;
  return ts.isConditionalExpression(outer) && outer.condition === node;
}

function readTemplate(node: ts.TemplateExpression, next: Next, at: Expr['at']): Expr {
  const parts: (string | Expr)[] = [beginningOf(node.head.text)];
  for (const span of node.templateSpans) parts.push(next(span.expression), beginningOf(span.literal.text));
  return { kind: 'template', parts: parts.filter((it) => it !== ''), at };
}

function readTagged(draft: Draft, node: ts.TaggedTemplateExpression, next: Next, at: Expr['at']): Expr {
  const tag = node.tag.getText(draft.source);
  if (ts.isNoSubstitutionTemplateLiteral(node.template)) {
    return { kind: 'template', parts: [beginningOf(node.template.text)], tag, at };
  }
  const template = readTemplate(node.template, next, at);
  return template.kind === 'template' ? { ...template, tag } : template;
}

function isLiteral(node: ts.Node): boolean {
  return (
    ts.isNumericLiteral(node) ||
    ts.isBigIntLiteral(node) ||
    ts.isRegularExpressionLiteral(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword ||
    node.kind === ts.SyntaxKind.NullKeyword
  );
}
