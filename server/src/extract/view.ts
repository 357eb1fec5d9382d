// A file's facts before frameworks have spoken, with the questions that recognising a call needs: what is behind a name,
// which package an object comes from. Everything is answered from this file alone.
import type { CallAction } from '../facts/actions.ts';
import type { Expr, Member, TypeExpr } from '../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact, TypeFact } from '../facts/facts.ts';
import { actionsIn, callsIn } from '../facts/walk.ts';
import { lazily } from '../facts/once.ts';
import { pathOf } from './paths.ts';

/** The type of an object and the module that type is imported from, as far as this file says. */
export interface Origin {
  readonly name: string;
  readonly from?: string;
}

/** What methods of a package's types give: `{ 'Kafka.producer': 'Producer' }`. */
export type Makes = Readonly<Record<string, string>>;

/** A call and the function that it stands in. */
export interface Site {
  readonly action: CallAction;
  readonly fn: FunctionFact;
}

export interface FileView {
  readonly facts: FileFacts;
  /** The value behind a name that is never reassigned, else the expression itself. */
  readonly valueOf: (expr: Expr) => Expr;
  /** The value of an object literal's entry, behind names. */
  readonly entryOf: (expr: Expr | undefined, key: string) => Expr | undefined;
  /** What an object was made with: the value behind a name, or what a field of the class starts with or is given. */
  readonly makingOf: (expr: Expr) => Expr;
  /** The written type of a name, or of a field of the class. */
  readonly typeOf: (expr: Expr) => TypeExpr | undefined;
  readonly originOf: (expr: Expr) => Origin | undefined;
  readonly originOfType: (type: TypeExpr) => Origin | undefined;
  readonly importedFrom: (name: string) => string | undefined;
  readonly typeNamed: (name: string) => TypeFact | undefined;
  readonly bindingOf: (expr: Expr) => BindingFact | undefined;
  /** Every call of the file whose callee's last name is `name`. */
  readonly callsNamed: (name: string) => readonly Site[];
  /** The class around a function, through inner functions. */
  readonly ownerOf: (fn: number) => string | undefined;
}

export function viewOf(facts: FileFacts, makes: Makes): FileView {
  const imports = lazily(() => new Map(facts.imports.toReversed().map((it) => [it.local, it.from] as const)));
  const importedFrom = (name: string): string | undefined => imports().get(name.split('.')[0] ?? name);
  let calls: ReadonlyMap<string, readonly Site[]> | undefined;
  const view: FileView = {
    facts,
    valueOf: (expr) => behind(facts, expr, 4),
    entryOf: (expr, key) => {
      const object = expr && behind(facts, expr, 4);
      if (object?.kind !== 'object') return undefined;
      const value = object.entries.find((it) => it.key === key)?.value;
      return value && behind(facts, value, 4);
    },
    makingOf: (expr) => {
      const value = behind(facts, expr, 4);
      const isField = value.kind === 'member' && value.object.kind === 'this';
      return (isField ? initOfField(view, value.name, value.at.start) : undefined) ?? value;
    },
    typeOf: (expr) => fieldOrName(view, expr)?.type,
    // Fluent configurations are long chains.
    originOf: (expr) => origin(view, makes, expr, 12),
    originOfType: (type) => originOfType(view, type),
    importedFrom,
    typeNamed: (name) => facts.types.find((it) => it.name === name),
    bindingOf: (expr) =>
      expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined,
    callsNamed: (name) => (calls ??= callsByName(facts)).get(name) ?? [],
    ownerOf: (fn) => ownerOf(facts, fn),
  };
  return view;
}

function callsByName(facts: FileFacts): ReadonlyMap<string, readonly Site[]> {
  const calls = new Map<string, Site[]>();
  for (const fn of facts.functions) {
    for (const action of callsIn(fn.body)) {
      const name = pathOf(action.call.callee).at(-1) ?? '?';
      calls.set(name, [...(calls.get(name) ?? []), { action, fn }]);
    }
  }
  return calls;
}

function ownerOf(facts: FileFacts, id: number): string | undefined {
  for (
    let fn = facts.functions[id];
    fn;
    fn = fn.outer === undefined ? undefined : facts.functions[fn.outer]
  ) {
    if (fn.owner !== undefined) return fn.owner;
  }
  return undefined;
}

function behind(facts: FileFacts, expr: Expr, steps: number): Expr {
  if (expr.kind !== 'name' || expr.binding === undefined || steps === 0) return expr;
  const binding = facts.bindings[expr.binding];
  if (!binding?.init || binding.kind !== 'const') return expr;
  return behind(facts, binding.init, steps - 1);
}

function originOfType(view: FileView, type: TypeExpr): Origin | undefined {
  if (type.kind === 'union') {
    for (const part of type.of) {
      const found = part.kind === 'primitive' ? undefined : originOfType(view, part);
      if (found) return found;
    }
    return undefined;
  }
  if (type.kind === 'array') return undefined;
  if (type.kind === 'ref') {
    if (type.name === 'Promise' || type.name === 'Awaited') {
      const inner = type.args[0];
      return inner && originOfType(view, inner);
    }
    return named(view, type.name);
  }
  return type.kind === 'typeof' ? named(view, type.name) : undefined;
}

function named(view: FileView, name: string): Origin {
  const from = view.importedFrom(name);
  const root = name.split('.')[0] ?? name;
  const imported = view.facts.imports.find((it) => it.local === root);
  const isRenamed = imported && imported.name !== '*' && imported.name !== 'default' && !name.includes('.');
  const own = isRenamed ? imported.name : (name.split('.').at(-1) ?? name);
  return from === undefined ? { name: own } : { name: own, from };
}

function origin(view: FileView, makes: Makes, expr: Expr, steps: number): Origin | undefined {
  if (steps === 0) return undefined;
  const next = (it: Expr): Origin | undefined => origin(view, makes, it, steps - 1);
  if (expr.kind === 'name') return originOfName(view, expr.name, view.bindingOf(expr), next);
  if (expr.kind === 'new') return originOfClass(view, expr.callee);
  if (expr.kind === 'choice') return expr.of.map(next).find((it) => it !== undefined);
  if (expr.kind === 'member') {
    if (expr.object.kind === 'this') return originOfField(view, expr.name, expr.at.start, next);
    const object = next(expr.object);
    return object ? made(makes, object, expr.name) : undefined;
  }
  if (expr.kind !== 'call' || expr.callee.kind !== 'member') {
    return expr.kind === 'call' ? originOfResult(view, makes, expr.callee) : undefined;
  }
  if (expr.callee.object.kind === 'this')
    return originOfOwnMethod(view, expr.callee.name, expr.at.start, next);
  const kept = expr.callee.name === 'get' ? valueType(view, expr.callee.object) : undefined;
  if (kept) return originOfType(view, kept);
  const object = next(expr.callee.object);
  return object && made(makes, object, expr.callee.name);
}

function fieldOrName(view: FileView, expr: Expr): Member | BindingFact | undefined {
  const isField = expr.kind === 'member' && expr.object.kind === 'this';
  if (!isField) return view.bindingOf(expr);
  return classAt(view, expr.at.start)?.members.find((it) => it.name === expr.name);
}

/** What a `Map<string, Queue>` keeps, by its written type or that of `new Map<string, Queue>()`. */
function valueType(view: FileView, map: Expr): TypeExpr | undefined {
  const field = fieldOrName(view, map);
  const type = field?.type;
  if (type?.kind === 'ref' && /^(?:Readonly)?Map$/.test(type.name)) return type.args[1];
  const init = field?.init;
  const isMap = init?.kind === 'new' && init.callee.kind === 'name' && init.callee.name === 'Map';
  return isMap ? init.typeArgs[1] : undefined;
}

/** `connect()` of a package: `{ 'amqplib.connect': 'Connection' }` is asked by the imported name. */
function originOfResult(view: FileView, makes: Makes, callee: Expr): Origin | undefined {
  if (callee.kind !== 'name') return undefined;
  const object = named(view, callee.name);
  const isDefault = view.facts.imports.some((it) => it.local === callee.name && it.name === 'default');
  const key = isDefault ? 'default' : object.name;
  const gives =
    object.from === undefined
      ? undefined
      : (makes[`${object.from}.${key}`] ?? makes[`${object.from}.${object.name}`]);
  return gives === undefined ? undefined : { ...object, name: gives };
}

/** `this.method()`: the declared result, or what the method returns. */
function originOfOwnMethod(
  view: FileView,
  name: string,
  offset: number,
  next: (it: Expr) => Origin | undefined,
): Origin | undefined {
  const type = classAt(view, offset);
  const method = type && view.facts.functions.find((it) => it.owner === type.name && it.name === name);
  if (method?.returns) return originOfType(view, method.returns);
  for (const action of method ? actionsIn(method.body) : []) {
    const found = action.kind === 'return' && action.value ? next(action.value) : undefined;
    if (found) return found;
  }
  return undefined;
}

function made(makes: Makes, object: Origin, member: string): Origin | undefined {
  if (object.from === undefined) return undefined;
  // `nats` may be what somebody calls the package `node-nats-streaming`.
  const gives = makes[`${object.from}.${member}`] ?? makes[`${object.name}.${member}`];
  return gives === undefined ? undefined : { name: gives, from: object.from };
}

function originOfName(
  view: FileView,
  name: string,
  binding: BindingFact | undefined,
  next: (it: Expr) => Origin | undefined,
): Origin | undefined {
  if (!binding) return { name };
  if (binding.kind === 'import' || binding.kind === 'class') return named(view, name);
  if (binding.type) return originOfType(view, binding.type);
  return binding.init ? next(binding.init) : undefined;
}

function originOfClass(view: FileView, callee: Expr): Origin | undefined {
  if (callee.kind === 'name') return named(view, callee.name);
  if (callee.kind !== 'member') return undefined;
  // `new AWS.DynamoDB.DocumentClient()`
  let root = callee.object;
  while (root.kind === 'member') root = root.object;
  if (root.kind !== 'name') return undefined;
  const { from } = named(view, root.name);
  return from === undefined ? { name: callee.name } : { name: callee.name, from };
}

/** `this.field`: the declared type, the initialiser, or what a method assigns to it. */
function originOfField(
  view: FileView,
  name: string,
  offset: number,
  next: (it: Expr) => Origin | undefined,
): Origin | undefined {
  const type = classAt(view, offset);
  const member = type?.members.find((it) => it.name === name);
  if (member?.type) return originOfType(view, member.type);
  const init = initOfField(view, name, offset);
  return init && next(init);
}

/** The initialiser of a field, or what a method assigns to it. */
function initOfField(view: FileView, name: string, offset: number): Expr | undefined {
  const type = classAt(view, offset);
  const init = type?.members.find((it) => it.name === name)?.init;
  if (init || !type) return init;
  for (const fn of view.facts.functions) {
    if (fn.owner !== type.name) continue;
    for (const action of fn.body) {
      if (action.kind !== 'assign' || action.target.kind !== 'member') continue;
      if (action.target.object.kind === 'this' && action.target.name === name) return action.value;
    }
  }
  return undefined;
}

function classAt(view: FileView, offset: number): TypeFact | undefined {
  return view.facts.types.find(
    (it) => it.kind === 'class' && it.span.start <= offset && offset < it.span.end,
  );
}
