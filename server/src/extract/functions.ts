// Functions as facts: one for each body in the file, and one for the module itself.
import { ts } from 'ts-morph';
import type { DecoratorFact, FunctionId } from '../facts/expressions.ts';
import type { FunctionFact } from '../facts/facts.ts';
import { parametersOf } from './bindings.ts';
import { placeOf, type Draft, type FunctionNode } from './draft.ts';
import { readExpr } from './expressions.ts';
import { isExported } from './modules.ts';
import { readType } from './types.ts';

/** The id of a function, given on first use; its body is read later. */
export function functionIdOf(draft: Draft, node: FunctionNode): FunctionId {
  const before = draft.functionIds.get(node);
  if (before !== undefined) return before;
  const id = draft.functions.length;
  draft.functionIds.set(node, id);
  draft.nodes.push(node);
  const fact = headOf(draft, node, id);
  draft.functions.push(fact);
  draft.pending.push(() => {
    fact.parameters = parametersOf(draft, node);
    fact.decorators = readDecorators(draft, node);
    fact.body = node.body ? draft.body(node.body) : [];
  });
  return id;
}

/** Registers the module as function 0 and reads its top-level statements; classes and functions in it follow from there. */
export function readModule(draft: Draft): void {
  const { source } = draft;
  draft.functionIds.set(source, 0);
  draft.nodes.push(source);
  const fact: Draft['functions'][number] = {
    id: 0,
    name: '',
    at: { start: 0, end: 0 },
    span: { start: 0, end: source.end },
    kind: 'module',
    isAsync: false,
    parameters: [],
    decorators: [],
    body: [],
  };
  draft.functions.push(fact);
  draft.pending.push(() => (fact.body = draft.body(source)));
}

/** `@Name(args)` on a class, member or parameter. */
export function readDecorators(draft: Draft, node: ts.Node): readonly DecoratorFact[] {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.map((decorator) => {
    const call = ts.isCallExpression(decorator.expression) ? decorator.expression : undefined;
    const callee = call ? call.expression : decorator.expression;
    const name = callee.getText(draft.source);
    const root = name.split('.')[0] ?? name;
    const from = draft.imports.find((it) => it.local === root)?.from;
    return {
      name,
      ...(from === undefined ? {} : { from }),
      args: (call?.arguments ?? []).map((it) => readExpr(draft, it)),
      at: placeOf(callee, draft.source),
    };
  });
}

function headOf(draft: Draft, node: FunctionNode, id: FunctionId): Draft['functions'][number] {
  const name = nameOf(node);
  const owner = ownerOf(node);
  const outer = outerOf(draft, node);
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const has = (kind: ts.SyntaxKind): boolean => modifiers.some((it) => it.kind === kind);
  return {
    id,
    name: name?.text ?? '',
    at: name ? placeOf(name.node, draft.source) : wordOf(draft, node),
    span: placeOf(node, draft.source),
    kind: kindOf(node),
    ...(owner === undefined ? {} : { owner }),
    ...(outer === undefined ? {} : { outer }),
    isAsync: has(ts.SyntaxKind.AsyncKeyword),
    ...(has(ts.SyntaxKind.StaticKeyword) ? { isStatic: true } : {}),
    ...(has(ts.SyntaxKind.AbstractKeyword) || !node.body ? { isAbstract: true } : {}),
    ...('asteriskToken' in node && node.asteriskToken ? { isGenerator: true } : {}),
    ...(isExported(node) ? { isExported: true } : {}),
    parameters: [],
    ...(node.type ? { returns: readType(node.type, draft.source) } : {}),
    ...narrowing(node.type, draft),
    ...typeOfHolder(node, draft),
    decorators: [],
    body: [],
  };
}

/** `value is OrderPlaced`, `asserts value is OrderPlaced`. */
function narrowing(type: ts.TypeNode | undefined, draft: Draft): Pick<FunctionFact, 'narrows'> {
  const narrowed = type && ts.isTypePredicateNode(type) ? type.type : undefined;
  return narrowed ? { narrows: readType(narrowed, draft.source) } : {};
}

function kindOf(node: FunctionNode): FunctionFact['kind'] {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (ts.isAccessor(node)) return 'accessor';
  if (ts.isMethodDeclaration(node)) return 'method';
  return ts.isArrowFunction(node) ? 'arrow' : 'function';
}

/** The name a reader gives the function: its own, or that of the variable, property or field it is put into. */
function nameOf(node: FunctionNode): { text: string; node: ts.Node } | undefined {
  if (ts.isConstructorDeclaration(node)) {
    return { text: 'constructor', node: node.getFirstToken() ?? node };
  }
  const name = node.name ?? holderOf(node);
  if (!name) return undefined;
  const isPlain = ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isPrivateIdentifier(name);
  return { text: isPlain ? name.text : name.getText(), node: name };
}

function holderOf(node: ts.Node): ts.PropertyName | undefined {
  let outer = node.parent;
  while (ts.isParenthesizedExpression(outer) || ts.isAsExpression(outer) || ts.isSatisfiesExpression(outer)) {
    outer = outer.parent;
  }
  if (ts.isVariableDeclaration(outer) && ts.isIdentifier(outer.name)) return outer.name;
  if (ts.isPropertyAssignment(outer) || ts.isPropertyDeclaration(outer)) return outer.name;
  return undefined;
}

/** `const handler: SQSHandler = async () => …`. */
function typeOfHolder(node: FunctionNode, { source }: Draft): Pick<FunctionFact, 'declaredAs'> {
  const { parent } = node;
  const type = ts.isSatisfiesExpression(parent)
    ? parent.type
    : ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent)
      ? parent.type
      : undefined;
  return type ? { declaredAs: readType(type, source) } : {};
}

function wordOf(draft: Draft, node: FunctionNode): { start: number; end: number } {
  if (ts.isArrowFunction(node)) return placeOf(node.equalsGreaterThanToken, draft.source);
  const { start } = placeOf(node, draft.source);
  return { start, end: Math.min(node.end, start + 'function'.length) };
}

function ownerOf(node: ts.Node): string | undefined {
  const outer = node.parent;
  if (ts.isClassLike(outer)) return classNameOf(outer);
  return ts.isPropertyDeclaration(outer) && ts.isClassLike(outer.parent)
    ? classNameOf(outer.parent)
    : undefined;
}

/** A class's own name, or that of the constant that holds a class expression. */
export function classNameOf(node: ts.ClassLikeDeclaration): string | undefined {
  if (node.name) return node.name.text;
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined;
}

function outerOf(draft: Draft, node: ts.Node): FunctionId | undefined {
  for (let outer: ts.Node | undefined = node.parent; outer; outer = outer.parent) {
    const id = draft.functionIds.get(outer);
    if (id !== undefined) return id === 0 ? undefined : id;
  }
  return undefined;
}
