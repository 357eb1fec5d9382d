// The declared type of an expression, as far as declarations, `new` and injection say it. It infers nothing else.
import type { CallExpr, Expr, Member, TypeExpr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { ForeignType, FunctionNode, TypeNode } from '../model.ts';
import { handedOver, takenAs } from './callbackTypes.ts';
import type { Hierarchy } from './hierarchy.ts';
import type { Injected, Injection } from './injection.ts';
import { listBehind } from './origins.ts';
import { rowsGiven, storeMade } from './storedTypes.ts';
import { boundBy, boundInBase, substituted } from './typeArguments.ts';
import { asTyped, ofItem, type Typed } from './typed.ts';
import { classAt, topName, type Values } from './values.ts';

export interface Typing {
  readonly typedOf: (file: FilePath, expr: Expr) => Typed | undefined;
  readonly typeOf: (file: FilePath, expr: Expr) => TypeNode | undefined;
  /** The workspace's type behind a written one: promises, arrays, aliases and nullable unions taken off. */
  readonly nodeOf: (file: FilePath, type: TypeExpr) => TypeNode | undefined;
  /** The package and type of an object that comes from outside the workspace. */
  readonly foreignOf: (file: FilePath, expr: Expr) => ForeignType | undefined;
}

export interface TypingParts {
  readonly packageOf: (file: FilePath, name: string) => string | undefined;
  readonly values: Values;
  readonly hierarchy: Hierarchy;
  readonly injection: Injection;
  readonly calleesOf: (file: FilePath, call: CallExpr, depth: number) => readonly FunctionNode[];
}

const maxDepth = 8;
const wrappers = new Set([
  'Promise', 'Observable', 'Array', 'ReadonlyArray', 'Readonly', 'Partial', 'Required', 'Awaited', 'NonNullable',
  'Omit', 'Pick', 'Set', 'Iterable', 'AsyncIterable', 'InstanceType', 'Mocked', 'DeepPartial',
]); // prettier-ignore
const containerCalls = new Set(['inject', 'resolve', 'get', 'cradle', 'getInstance']);

/** Types over the given parts. `calleesOf` and typing need each other; depth ends the circle. */
export function typingOf(parts: TypingParts): Typing & {
  readonly typedAt: (file: FilePath, expr: Expr, depth: number) => Typed | undefined;
  readonly nodeBehind: (typed: Typed | undefined) => TypeNode | undefined;
} {
  const { values, hierarchy, injection } = parts;

  const typedAt = (file: FilePath, expr: Expr, depth: number): Typed | undefined => {
    const facts = values.factsOf(file);
    if (!facts || depth > maxDepth) return undefined;
    switch (expr.kind) {
      case 'this':
        return asTyped(file, classAt(facts, expr.at.start));
      case 'name':
        return ofName(facts, expr, depth);
      case 'member':
        return ofMember(file, expr.object, expr.name, depth) ?? followed(file, expr, depth);
      case 'new':
        return ofNew(file, expr.callee);
      case 'call':
        return ofCall(file, expr, depth);
      case 'choice':
        return first(expr.of, (it) => typedAt(file, it, depth + 1));
      default:
        return undefined;
    }
  };

  const ofName = (facts: FileFacts, expr: Expr & { kind: 'name' }, depth: number): Typed | undefined => {
    const binding = expr.binding === undefined ? undefined : facts.bindings[expr.binding];
    if (!binding || binding.kind === 'import') return followed(facts.file, expr, depth);
    if (binding.type) return asWritten(facts.file, binding.type, depth);
    if (binding.kind === 'class')
      return asTyped(
        facts.file,
        facts.types.find((it) => it.at.start === binding.at.start),
      );
    if (binding.init) return ofInit(facts.file, binding, binding.init, depth);
    const list = listBehind(facts, binding);
    return list ? ofItem(typedAt(facts.file, list, depth + 1)) : ofCallback(facts, binding, depth);
  };

  /** `change(id, (order) => order.cancel())` of `change(id: string, work: (order: Order) => void)`. */
  const ofCallback = (facts: FileFacts, binding: BindingFact, depth: number): Typed | undefined => {
    const handed = handedOver(facts, binding);
    const callee = handed && parts.calleesOf(facts.file, handed.call, depth + 2)[0];
    const id = callee?.fact.parameters[handed?.index ?? -1];
    const type = id === undefined ? undefined : values.factsOf(callee?.file ?? '')?.bindings[id]?.type;
    if (!callee || !type || binding.index === undefined) return undefined;
    const named = type.kind === 'ref' ? values.typeNamed(callee.file, type.name) : undefined;
    const taken = takenAs(named?.fact.alias ?? type, binding.index);
    return taken && { kind: 'written', file: named?.file ?? callee.file, type: taken };
  };

  const ofInit = (file: FilePath, binding: BindingFact, init: Expr, depth: number): Typed | undefined =>
    init.kind === 'name' && init.name === binding.name ? undefined : typedAt(file, init, depth + 1);

  const followed = (file: FilePath, expr: Expr, depth: number): Typed | undefined => {
    const value = values.evaluate(file, expr);
    if (value.kind === 'type') return { kind: 'node', node: value.node };
    // `Bus.instance` of `static get instance(): Bus`.
    if (value.kind === 'function' && value.node.fact.kind === 'accessor') return ofResult(value.node, depth);
    if (value.kind !== 'expr' || value.expr === expr) return undefined;
    return typedAt(value.file, value.expr, depth + 1);
  };

  const ofMember = (file: FilePath, object: Expr, name: string, depth: number): Typed | undefined => {
    const base = typedAt(file, object, depth + 1);
    if (base?.kind === 'written' && base.type.kind === 'object') {
      return ofDeclared(
        base.file,
        base.type.members.find((it) => it.name === name),
        depth,
      );
    }
    const node = nodeBehind(base);
    const found = node && hierarchy.memberOf(node, name);
    return found && asSeenBy(base, found.node, ofDeclared(found.node.file, found.member, depth));
  };

  /** What a base declares by its type parameter, as the type of the object fills that in. */
  const asSeenBy = (
    object: Typed | undefined,
    declaring: TypeNode,
    typed: Typed | undefined,
  ): Typed | undefined => {
    if (typed?.kind !== 'written' || declaring.fact.parameters.length === 0) return typed;
    const node = nodeBehind(object);
    if (!node) return typed;
    const args = object?.kind === 'written' && object.type.kind === 'ref' ? object.type.args : [];
    const own = object?.kind === 'written' ? boundBy(node, object.file, args, new Map()) : new Map();
    const bound = boundInBase(values.typeNamed, node, declaring, own);
    const filled = bound && substituted(typed, bound);
    return filled ? { kind: 'written', ...filled } : typed;
  };

  const ofDeclared = (file: FilePath, member: Member | undefined, depth: number): Typed | undefined => {
    if (!member) return undefined;
    const token = member.decorators?.find((it) => /^inject/i.test(it.name))?.args[0];
    const provided = token ? injection.byToken(file, token) : ofOwnToken(file, member);
    if (provided?.kind === 'node') return provided;
    const type = member.type ?? (provided && { kind: 'object', members: [], at: member.at });
    if (type) return { kind: 'written', file, type, ...(provided && { given: provided.given }) };
    return member.init && typedAt(file, member.init, depth + 1);
  };

  /** `constructor(private readonly charges: Charges)` of `{ provide: Charges, useFactory: () => ({ … }) }`; a class for one nothing extends. */
  const ofOwnToken = (file: FilePath, { isParameter, type }: Member): Injected | undefined => {
    const named = isParameter && type?.kind === 'ref' ? values.typeNamed(file, type.name) : undefined;
    const given = named?.fact.kind === 'class' ? injection.byType(named) : undefined;
    const isToken = named?.fact.isAbstract === true && hierarchy.subtypesOf(named).length === 0;
    return given?.kind === 'object' || isToken ? given : undefined;
  };

  const ofNew = (file: FilePath, callee: Expr): Typed | undefined => {
    const value = values.evaluate(file, callee);
    if (value.kind === 'type') return { kind: 'node', node: value.node };
    // A package's class.
    const isNamed = value.kind !== 'function' && callee.kind === 'name';
    const { at } = callee;
    return isNamed
      ? { kind: 'written', file, type: { kind: 'ref', name: callee.name, args: [], at } }
      : undefined;
  };

  /** What is written `ReturnType<typeof makeQueue>` is what that function gives. */
  const asWritten = (file: FilePath, type: TypeExpr, depth: number): Typed | undefined => {
    const options = type.kind === 'union' ? type.of : [type];
    const given = options.find((it) => it.kind === 'ref' && it.name === 'ReturnType');
    const [made] = given?.kind === 'ref' ? given.args : [];
    if (made?.kind !== 'typeof') return { kind: 'written', file, type };
    const value = values.evaluate(file, topName(values.factsOf(file), made));
    return (
      (value.kind === 'function' ? ofResult(value.node, depth + 1) : undefined) ?? {
        kind: 'written',
        file,
        type,
      }
    );
  };

  const ofCall = (file: FilePath, call: CallExpr, depth: number): Typed | undefined => {
    const callee = parts.calleesOf(file, call, depth + 1)[0];
    if (callee) return ofMethod(file, call, callee, depth);
    const name = call.callee.kind === 'name' || call.callee.kind === 'member' ? call.callee.name : '';
    return containerCalls.has(name) ? ofContainer(file, call) : ofStore(file, call, depth);
  };

  /** `await this.orders.findOne(…)` of a `Repository<Order>`, and what gives one. */
  const ofStore = (file: FilePath, call: CallExpr, depth: number): Typed | undefined => {
    const made = storeMade(call);
    if (made) return { kind: 'written', file, type: made };
    const { callee } = call;
    const store = callee.kind === 'member' ? typedAt(file, callee.object, depth + 1) : undefined;
    if (callee.kind !== 'member' || store?.kind !== 'written' || nodeBehind(store)) return undefined;
    const type = rowsGiven(store.type, callee.name);
    return type && { kind: 'written', file: store.file, type };
  };

  const ofMethod = (
    file: FilePath,
    { callee }: CallExpr,
    method: FunctionNode,
    depth: number,
  ): Typed | undefined => {
    const { owner } = method.fact;
    const result = ofResult(method, depth);
    const declaring = owner === undefined ? undefined : values.typeNamed(method.file, owner);
    const isGeneric = callee.kind === 'member' && declaring && declaring.fact.parameters.length > 0;
    return isGeneric ? asSeenBy(typedAt(file, callee.object, depth + 1), declaring, result) : result;
  };

  const ofResult = (callee: FunctionNode, depth: number): Typed | undefined =>
    callee.fact.returns
      ? { kind: 'written', file: callee.file, type: callee.fact.returns }
      : ofReturned(callee, depth);

  const ofReturned = (callee: FunctionNode, depth: number): Typed | undefined => {
    for (const action of eachAction(callee.fact.body)) {
      const value = action.kind === 'return' ? action.value : undefined;
      const typed = value && typedAt(callee.file, value, depth + 2);
      if (typed) return typed;
    }
    return undefined;
  };

  const ofContainer = (file: FilePath, call: CallExpr): Typed | undefined => {
    const token = call.args[0];
    const provided = token && injection.byToken(file, token);
    if (provided?.kind === 'node') return provided;
    const type = call.typeArgs[0];
    if (type) return { kind: 'written', file, type, ...(provided && { given: provided.given }) };
    return token && ofNew(file, token);
  };

  const nodeOf = (file: FilePath, type: TypeExpr, depth = 0): TypeNode | undefined => {
    if (depth > maxDepth) return undefined;
    const inner = (it: TypeExpr | undefined): TypeNode | undefined => it && nodeOf(file, it, depth + 1);
    if (type.kind === 'array') return inner(type.of);
    if (type.kind === 'union' || type.kind === 'intersection') return first(type.of, inner);
    if (type.kind === 'typeof') return values.typeNamed(file, type.name);
    if (type.kind !== 'ref') return undefined;
    const node = values.typeNamed(file, type.name);
    if (!node) return wrappers.has(type.name) ? inner(type.args[0]) : undefined;
    const target =
      node.fact.kind === 'alias' && node.fact.alias?.kind === 'ref' ? node.fact.alias : undefined;
    return (target && nodeOf(node.file, target, depth + 1)) ?? node;
  };

  const nodeBehind = (typed: Typed | undefined): TypeNode | undefined =>
    typed?.kind === 'node' ? typed.node : typed && nodeOf(typed.file, typed.type);

  const foreignOf = (file: FilePath, expr: Expr): ForeignType | undefined => {
    const typed = typedAt(file, expr, 0);
    if (typed) return typed.kind === 'written' ? foreignNamed(typed.file, typed.type) : undefined;
    const value = values.evaluate(file, expr);
    if (value.kind !== 'expr' || value.expr.kind !== 'new' || value.expr.callee.kind !== 'name')
      return undefined;
    return packaged(value.file, value.expr.callee.name);
  };

  const foreignNamed = (file: FilePath, type: TypeExpr): ForeignType | undefined => {
    if (type.kind === 'union') return first(type.of, (it) => foreignNamed(file, it));
    return type.kind === 'ref' ? packaged(file, type.name) : undefined;
  };

  const packaged = (file: FilePath, name: string): ForeignType | undefined => {
    const from = values.typeNamed(file, name) ? undefined : parts.packageOf(file, name);
    return from === undefined ? undefined : { name, from };
  };

  return {
    typedAt,
    nodeBehind,
    nodeOf,
    foreignOf,
    typedOf: (file, expr) => typedAt(file, expr, 0),
    typeOf: (file, expr) => nodeBehind(typedAt(file, expr, 0)),
  };
}

function first<T, R>(items: readonly T[], get: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = get(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
