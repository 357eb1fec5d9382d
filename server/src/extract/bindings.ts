// Declarations of names as facts, made when an expression first refers to them.
import { ts } from 'ts-morph';
import type { BindingId, Expr } from '../facts/expressions.ts';
import type { BindingFact } from '../facts/facts.ts';
import { bare, placeOf, type Draft, type FunctionNode } from './draft.ts';
import type { Declaration } from './scopes.ts';
import { readType } from './types.ts';

/** The binding that an identifier means, or undefined for a global. */
export function bindingOf(draft: Draft, name: ts.Identifier): BindingId | undefined {
  const declaration = draft.scopes.find(name.text, name);
  return declaration && idOf(draft, declaration);
}

/** The binding of a declaration, made on first use. */
export function idOf(draft: Draft, declaration: Declaration): BindingId {
  const before = draft.bindingIds.get(declaration.name);
  if (before !== undefined) return before;
  const id = draft.bindings.length;
  const binding: Draft['bindings'][number] = {
    name: declaration.name.text,
    at: placeOf(declaration.name, draft.source),
    kind: declaration.kind,
    ...(isTopLevel(declaration) ? { isTopLevel: true, ...namespaceOf(declaration.node) } : {}),
  };
  draft.bindings.push(binding);
  draft.bindingIds.set(declaration.name, id);
  Object.assign(binding, originOf(draft, declaration));
  const { node } = declaration;
  if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) {
    draft.pending.push(() => Object.assign(binding, valueOf(draft, node)));
  }
  return id;
}

/** The binding of what a module exports without a name. */
export function idOfDefault(draft: Draft, value: ts.Expression | ts.FunctionDeclaration): BindingId {
  const id = draft.bindings.length;
  const binding: Draft['bindings'][number] = {
    name: 'default',
    at: placeOf(value, draft.source),
    kind: 'const',
    isTopLevel: true,
  };
  draft.bindings.push(binding);
  draft.pending.push(() => {
    const init = ts.isFunctionDeclaration(value)
      ? { kind: 'function', function: draft.functionId(value), at: binding.at }
      : draft.expr(value);
    Object.assign(binding, { init });
  });
  return id;
}

/** The bindings of a function's parameters; a destructured one has the name `{}`. */
export function parametersOf(draft: Draft, node: ts.SignatureDeclaration): readonly BindingId[] {
  return node.parameters
    .filter((it) => it.name.getText(draft.source) !== 'this')
    .map((parameter) => {
      if (ts.isIdentifier(parameter.name)) {
        return idOf(draft, { name: parameter.name, node: parameter, kind: 'parameter' });
      }
      return patternOf(draft, parameter);
    });
}

function patternOf(draft: Draft, parameter: ts.ParameterDeclaration): BindingId {
  const before = draft.bindingIds.get(parameter.name);
  if (before !== undefined) return before;
  const id = draft.bindings.length;
  const at = placeOf(parameter.name, draft.source);
  draft.bindings.push({ name: '{}', at, kind: 'parameter', ...parameterFacts(draft, parameter) });
  draft.bindingIds.set(parameter.name, id);
  return id;
}

function isTopLevel({ node, kind }: Declaration): boolean {
  if (kind === 'parameter' || kind === 'catch') return false;
  for (let outer: ts.Node | undefined = node.parent; outer; outer = outer.parent) {
    if (ts.isBlock(outer) || ts.isFunctionLike(outer) || ts.isCaseBlock(outer)) return false;
  }
  return true;
}

/** `namespace Shop { namespace Orders { … } }`: `Shop.Orders`. */
function namespaceOf(node: ts.Node): Pick<BindingFact, 'namespace'> {
  const names: string[] = [];
  for (let outer = node.parent; outer; outer = outer.parent)
    if (ts.isModuleDeclaration(outer)) names.unshift(outer.name.text);
  return names.length > 0 ? { namespace: names.join('.') } : {};
}

/** What can be said at once: import, parameter's place, declared type. */
function originOf(draft: Draft, { node, kind, name }: Declaration): Partial<BindingFact> {
  if (kind === 'import') {
    const index = draft.imports.findIndex((it) => it.local === name.text);
    return index < 0 ? {} : { import: index };
  }
  if (isFunctionNode(node) && kind === 'function') return { function: draft.functionId(node) };
  if (ts.isParameter(node)) return parameterFacts(draft, node);
  if (ts.isVariableDeclaration(node)) {
    const index = draft.imports.findIndex((it) => it.local === name.text);
    if (index >= 0 && isRequire(node)) return { kind: 'import', import: index };
    const taken = takenAs(draft, node);
    return { ...(node.type ? { type: readType(node.type, draft.source) } : {}), ...taken };
  }
  return ts.isBindingElement(node) ? takenAs(draft, patternHolder(node)) : {};
}

function takenAs(draft: Draft, node: ts.Node): Partial<BindingFact> {
  const type = ts.isVariableDeclaration(node) && node.initializer ? castOf(node.initializer) : undefined;
  return type ? { takenAs: readType(type, draft.source) } : {};
}

function castOf(node: ts.Expression): ts.TypeNode | undefined {
  if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node))
    return ts.isConstTypeReference(node.type) ? undefined : node.type;
  return ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)
    ? castOf(node.expression)
    : undefined;
}

function patternHolder({ parent: { parent } }: ts.BindingElement): ts.Node {
  return ts.isBindingElement(parent) ? patternHolder(parent) : parent;
}

function parameterFacts(draft: Draft, node: ts.ParameterDeclaration): Partial<BindingFact> {
  const of = node.parent;
  const first = of.parameters[0];
  const shift = first && first.name.getText(draft.source) === 'this' ? 1 : 0;
  return {
    index: of.parameters.indexOf(node) - shift,
    ...(isFunctionNode(of) ? { function: draft.functionId(of) } : {}),
    ...(node.type ? { type: readType(node.type, draft.source) } : {}),
  };
}

function isRequire(node: ts.VariableDeclaration): boolean {
  const value = node.initializer;
  return value !== undefined && ts.isCallExpression(value) && value.expression.getText() === 'require';
}

function isFunctionNode(node: ts.Node): node is FunctionNode {
  return ts.isFunctionLike(node) && 'body' in node;
}

function valueOf(
  draft: Draft,
  node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement,
): Partial<BindingFact> {
  if (ts.isBindingElement(node))
    return { init: takenApart(draft, node), ...(hasDefault(node) && { isDefaulted: true }) };
  if (!node.initializer) return ts.isVariableDeclaration(node) ? loopItem(draft, node) : {};
  const isAwaited = ts.isAwaitExpression(node.initializer);
  return { init: draft.expr(node.initializer), ...(isAwaited ? { isAwaited } : {}) };
}

function hasDefault({ initializer, parent: { parent } }: ts.BindingElement): boolean {
  if (initializer) return true;
  return ts.isBindingElement(parent) ? hasDefault(parent) : ts.isParameter(parent) && !!parent.initializer;
}

/** `for (const item of items)`: the item is an element of what is run through. */
function loopItem(draft: Draft, node: ts.VariableDeclaration): Partial<BindingFact> {
  const loop = node.parent.parent;
  if (!ts.isForOfStatement(loop)) return {};
  const object = draft.expr(loop.expression);
  return { init: { kind: 'member', object, name: '[]', at: object.at } };
}

/** `const { a: { b } } = value`: `b` is `value.a.b`. */
function takenApart(draft: Draft, element: ts.BindingElement): Expr {
  const pattern = element.parent;
  const of = pattern.parent;
  const object = ts.isBindingElement(of) ? takenApart(draft, of) : wholeOf(draft, of);
  const at = placeOf(element.name, draft.source);
  if (element.dotDotDotToken) return object;
  if (ts.isArrayBindingPattern(pattern)) return { kind: 'member', object, name: '[]', at };
  const key = element.propertyName ?? element.name;
  const name = ts.isIdentifier(key) || ts.isStringLiteralLike(key) ? key.text : '[]';
  return { kind: 'member', object, name, at };
}

function wholeOf(draft: Draft, of: ts.VariableDeclaration | ts.ParameterDeclaration): Expr {
  const at = placeOf(of.name, draft.source);
  if (ts.isParameter(of)) return { kind: 'name', name: '{}', binding: patternOf(draft, of), at };
  if (of.initializer) return draft.expr(of.initializer);
  return loopItem(draft, of).init ?? { kind: 'unknown', at };
}

/** The name that takes a call's result: `const x = await call()`, `x = await call()`. */
export function resultOf(draft: Draft, call: ts.Expression): BindingId | undefined {
  let outer: ts.Node = call.parent;
  while (ts.isExpression(outer) && bare(outer) === bare(call)) outer = outer.parent;
  if (ts.isVariableDeclaration(outer) && ts.isIdentifier(outer.name)) {
    const list = outer.parent;
    const kind = list.flags & ts.NodeFlags.Const ? 'const' : 'variable';
    return idOf(draft, { name: outer.name, node: outer, kind });
  }
  if (
    ts.isBinaryExpression(outer) &&
    outer.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isIdentifier(outer.left)
  ) {
    return bindingOf(draft, outer.left);
  }
  return undefined;
}
