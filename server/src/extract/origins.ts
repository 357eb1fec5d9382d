// Where objects come from: from which package, as one file says and what others give it.
import type { Expr, Member, TypeExpr } from '../facts/expressions.ts';
import type { BindingFact, FunctionFact, TypeFact } from '../facts/facts.ts';
import { actionsIn } from '../facts/walk.ts';
import {
  nothingGiven,
  type Client,
  type Clients,
  type FileView,
  type Makes,
  type Origin,
} from './fileView.ts';

/** Types that give another one, or a part of it. */
const around = /^(?:Promise|Awaited|Pick|Omit|Partial|Required|Readonly|NonNullable)$/;

/** The type's own name and the module that it comes from; of a promise, what it gives. */
export function originOfType(view: FileView, type: TypeExpr): Origin | undefined {
  if (type.kind === 'union') {
    for (const part of type.of) {
      const found = part.kind === 'primitive' ? undefined : originOfType(view, part);
      if (found) return found;
    }
    return undefined;
  }
  if (type.kind === 'array') return undefined;
  if (type.kind === 'ref') {
    if (around.test(type.name)) {
      const inner = type.args[0];
      return inner && originOfType(view, inner);
    }
    return originOfBase(view, type.name) ?? named(view, type.name);
  }
  return type.kind === 'typeof' ? named(view, type.name) : undefined;
}

/** `interface MessageClient extends Pick<ClientProxy, 'emit'> {}` of the file itself is what it extends. */
function originOfBase(view: FileView, name: string): Origin | undefined {
  const own = view.facts.types.find((it) => it.name === name && it.kind === 'interface');
  const bases = own?.bases.flatMap((it) => (it.kind === 'ref' && it.name !== name ? [it] : [])) ?? [];
  const foreign = bases.flatMap((it) => {
    const base = around.test(it.name) ? it.args[0] : it;
    return base?.kind === 'ref' && view.importedFrom(base.name)?.startsWith('.') === false ? [base] : [];
  });
  // What it is called there: an interface may be half-typed and extend itself.
  return foreign[0] && named(view, foreign[0].name);
}

function named(view: FileView, name: string): Origin {
  const from = view.importedFrom(name);
  const root = name.split('.')[0] ?? name;
  const imported = view.facts.imports.find((it) => it.local === root);
  const isRenamed = imported && imported.name !== '*' && imported.name !== 'default' && !name.includes('.');
  const own = isRenamed ? imported.name : (name.split('.').at(-1) ?? name);
  return from === undefined ? { name: own } : { name: own, from };
}

/**
 * The type of an object and its package, by what this file says and is given, looked for over some `steps`.
 * `asked` holds what was asked on the way: methods that return one another's results would else be walked by all their ways.
 */
export function origin(
  view: FileView,
  makes: Makes,
  expr: Expr,
  steps: number,
  asked = new Map<Expr, Origin | undefined>(),
): Origin | undefined {
  if (steps === 0) return undefined;
  const next = (it: Expr): Origin | undefined => {
    if (asked.has(it)) return asked.get(it);
    asked.set(it, undefined);
    const found = origin(view, makes, it, steps - 1, asked);
    asked.set(it, found);
    return found;
  };
  const known =
    expr.kind === 'call' ? clientOf(view, expr.callee, 4)?.result : clientOf(view, expr, 4)?.value;
  if (known) return known;
  if (expr.kind === 'name') return originOfName(view, expr.name, view.bindingOf(expr), next);
  if (expr.kind === 'new') return originOfClass(view, expr.callee);
  const isMemoised = expr.kind === 'operation' && /^(?:\?\?|\|\|)=$/.test(expr.operator);
  if (expr.kind === 'choice' || isMemoised) return expr.of.map(next).find((it) => it !== undefined);
  if (expr.kind === 'member') return originOfMember(view, makes, expr, next);
  return expr.kind === 'call' ? originOfCall(view, makes, expr, next) : undefined;
}

function originOfMember(
  view: FileView,
  makes: Makes,
  expr: Expr & { kind: 'member' },
  next: Next,
): Origin | undefined {
  if (expr.object.kind === 'this') return originOfField(view, expr.name, expr.at.start, next);
  const owner = classBehind(view, expr.object);
  if (owner) return originOfField(view, expr.name, owner.at.start, next);
  const object = next(expr.object);
  return object ? made(makes, object, expr.name) : undefined;
}

function originOfCall(
  view: FileView,
  makes: Makes,
  expr: Expr & { kind: 'call' },
  next: Next,
): Origin | undefined {
  if (expr.callee.kind !== 'member') return originOfResult(view, makes, expr.callee, next);
  const owner = expr.callee.object.kind === 'this' ? expr : classBehind(view, expr.callee.object);
  if (owner) return originOfOwnMethod(view, expr.callee.name, owner.at.start, next);
  const kept = expr.callee.name === 'get' ? valueType(view, expr.callee.object) : undefined;
  if (kept) return originOfType(view, kept);
  const object = next(expr.callee.object);
  return object && made(makes, object, expr.callee.name);
}

/** The declaration of a name, or of a field of the class around. */
export function fieldOrName(view: FileView, expr: Expr): Member | BindingFact | undefined {
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

/** Asks on, a step less far. */
type Next = (it: Expr) => Origin | undefined;

/** What another file says of an expression. */
export function clientOf(view: FileView, expr: Expr, steps: number): Client | undefined {
  if (steps === 0 || view.given === nothingGiven) return undefined;
  if (expr.kind === 'name') return clientOfName(view, expr.name, view.bindingOf(expr), steps);
  if (expr.kind === 'new') return clientOf(view, expr.callee, steps - 1);
  if (expr.kind !== 'member') return undefined;
  if (expr.object.kind !== 'this') return own(clientOf(view, expr.object, steps - 1)?.members, expr.name);
  const type = classAt(view, expr.at.start);
  const field = type?.members.find((it) => it.name === expr.name);
  if (field?.type) return clientOfType(view, field.type);
  if (field?.init) return clientOf(view, field.init, steps - 1);
  // What a base class of another file holds.
  const bases = type?.bases.map((it) => own(clientOfType(view, it)?.members, expr.name)) ?? [];
  return bases.find((it) => it !== undefined);
}

function clientOfName(
  view: FileView,
  name: string,
  binding: BindingFact | undefined,
  steps: number,
): Client | undefined {
  if (binding?.kind === 'import') return own(view.given, name);
  if (binding?.type) return clientOfType(view, binding.type);
  return binding?.init && clientOf(view, binding.init, steps - 1);
}

/** The instances of a class of another file. */
function clientOfType({ given }: FileView, type: TypeExpr): Client | undefined {
  return type.kind === 'ref' ? own(given, type.name) : undefined;
}

/** Names come from texts: `constructor` is none of ours. */
function own(clients: Clients | undefined, name: string): Client | undefined {
  return clients && Object.hasOwn(clients, name) ? clients[name] : undefined;
}

/** `connect()` of a package: `{ 'amqplib.connect': 'Connection' }` is asked by the imported name; or what a function of the file gives. */
function originOfResult(view: FileView, makes: Makes, callee: Expr, next: Next): Origin | undefined {
  if (callee.kind !== 'name') return undefined;
  const made = functionBehind(view, callee);
  if (made) return originOfReturned(view, made, next);
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
function originOfOwnMethod(view: FileView, name: string, offset: number, next: Next): Origin | undefined {
  const type = classAt(view, offset);
  const method = type && view.facts.functions.find((it) => it.owner === type.name && it.name === name);
  return method && originOfReturned(view, method, next);
}

/** By the declared result of a function, or by what it returns. */
export function originOfReturned(
  view: FileView,
  { returns, body }: FunctionFact,
  next: Next,
): Origin | undefined {
  if (returns) return originOfType(view, returns);
  for (const action of actionsIn(body)) {
    const found = action.kind === 'return' && action.value ? next(action.value) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** The function of this file that a name stands for. */
export function functionBehind(view: FileView, callee: Expr): FunctionFact | undefined {
  const binding = view.bindingOf(callee);
  const { functions } = view.facts;
  if (binding?.kind === 'function')
    return functions.find((it) => it.kind === 'function' && it.at.start === binding.at.start);
  return binding?.kind === 'const' && binding.init?.kind === 'function'
    ? functions[binding.init.function]
    : undefined;
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
  next: Next,
): Origin | undefined {
  if (!binding) return { name };
  if (binding.kind === 'import' || binding.kind === 'class') return named(view, name);
  if (binding.type) return originOfType(view, binding.type);
  return binding.init ? next(binding.init) : undefined;
}

function originOfClass(view: FileView, callee: Expr): Origin | undefined {
  if (callee.kind === 'name') {
    // `const { Kafka } = KafkaJS` of a package that keeps its classes in an object.
    const taken = view.bindingOf(callee)?.init;
    return taken?.kind === 'member' ? originOfClass(view, taken) : named(view, callee.name);
  }
  if (callee.kind !== 'member') return undefined;
  // `new AWS.DynamoDB.DocumentClient()`
  let root = callee.object;
  while (root.kind === 'member') root = root.object;
  if (root.kind !== 'name') return undefined;
  const { from } = named(view, root.name);
  return from === undefined ? { name: callee.name } : { name: callee.name, from };
}

/** `this.field`: the declared type, the initialiser, or what a method assigns to it. */
function originOfField(view: FileView, name: string, offset: number, next: Next): Origin | undefined {
  const type = classAt(view, offset);
  const member = type?.members.find((it) => it.name === name);
  if (member?.type) return originOfType(view, member.type);
  const init = initOfField(view, name, offset);
  return init && next(init);
}

/** The initialiser of a field, or what a method assigns to it. */
export function initOfField(view: FileView, name: string, offset: number): Expr | undefined {
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

/** `MailQueue` of `MailQueue.getInstance()`, where the class stands in this file. */
function classBehind(view: FileView, expr: Expr): TypeFact | undefined {
  return view.bindingOf(expr)?.kind === 'class' && expr.kind === 'name'
    ? view.facts.types.find((it) => it.kind === 'class' && it.name === expr.name)
    : undefined;
}

function classAt(view: FileView, offset: number): TypeFact | undefined {
  return view.facts.types.find(
    (it) => it.kind === 'class' && it.span.start <= offset && offset < it.span.end,
  );
}
