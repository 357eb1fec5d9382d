// What frameworks have in common: unwrapping what travels, and the shape of consumer facts.
import type { Expr, FunctionId } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FileView } from '../fileView.ts';
import type { CallSite } from './framework.ts';

const wrappers = new Set([
  'stringify',
  'from',
  'encode',
  'serialize',
  'toBuffer',
  'toJSON',
  'instanceToPlain',
]);

/** What is inside `Buffer.from(JSON.stringify(event))` and the like. */
export function unwrapped(view: FileView, expr: Expr | undefined): Expr | undefined {
  if (!expr) return undefined;
  const value = view.valueOf(expr);
  if (value.kind === 'call' && value.callee.kind === 'member') {
    const inner = wrappers.has(value.callee.name) ? value.args[0] : undefined;
    if (inner) return unwrapped(view, inner);
    const isConversion = value.callee.name === 'toString' || value.callee.name === 'toJSON';
    if (isConversion && value.args.length === 0) return unwrapped(view, value.callee.object);
  }
  return expr;
}

/** The value behind a name, unless the name is declared with a type and its value is a call: then the type says more. */
export function told(view: FileView, expr: Expr): Expr {
  const value = view.valueOf(expr);
  return value.kind === 'call' && view.typeOf(expr)?.kind === 'ref' ? expr : value;
}

/** The argument that has this value, told in that way: `const placed: OrderPlaced = place(order); bus.publish(placed)`. */
export function asDeclared(view: FileView, args: readonly Expr[], value: Expr): Expr {
  return args.find((it) => view.valueOf(it) === value && told(view, it) !== value) ?? value;
}

/** The first item of a list, or what the callback of a `map` makes of each. */
export function firstOf(view: FileView, messages: Expr): Expr | undefined {
  if (messages.kind === 'array') return messages.items[0];
  if (messages.kind !== 'call' || messages.callee.kind !== 'member' || messages.callee.name !== 'map')
    return undefined;
  const map = messages.args[0];
  const body = map?.kind === 'function' ? view.facts.functions[map.function]?.body : undefined;
  const last = body?.at(-1);
  return last?.kind === 'return' ? last.value : undefined;
}

/** `message.properties.replyTo`, `message.reply`: the asker waits there, and nobody else. */
export function isReplyAddress(expr: Expr | undefined): boolean {
  if (expr?.kind === 'member') return /^(?:reply|replyTo|reply_to)$/.test(expr.name);
  return expr?.kind === 'string' && expr.value === 'amq.rabbitmq.reply-to';
}

/** The function in this file that an expression is, or the expression that names one elsewhere. */
export function handlerOf(view: FileView, expr: Expr): FunctionId | Expr {
  const value = view.valueOf(expr);
  if (value.kind === 'function') return value.function;
  if (value.kind === 'name') {
    const binding = view.bindingOf(value);
    if (binding?.kind === 'function' && binding.function !== undefined) return binding.function;
  }
  if (value.kind === 'call' && value.callee.kind === 'member' && value.callee.name === 'bind') {
    return handlerOf(view, value.callee.object);
  }
  return value;
}

/** The name and place where a reader would look for a handler that is given as an argument. */
export function labelOf(
  view: FileView,
  handler: FunctionId | Expr,
  otherwise: { name: string; at: Expr['at'] },
): { name: string; at: Expr['at'] } {
  if (typeof handler === 'number') {
    const fn = view.facts.functions[handler];
    return fn && fn.name !== '' ? { name: fn.name, at: fn.at } : otherwise;
  }
  return otherwise;
}

/** Whether an expression can be a handler: a function, or the name of something that may be one. */
export function mayHandle(view: FileView, expr: Expr | undefined): expr is Expr {
  if (!expr) return false;
  const value = view.valueOf(expr);
  return (
    value.kind === 'function' || value.kind === 'member' || isNameOfFunction(view, value) || isBound(value)
  );
}

function isNameOfFunction(view: FileView, value: Expr): boolean {
  const binding = view.bindingOf(value);
  return binding?.kind === 'function' || binding?.kind === 'import' || binding?.kind === 'parameter';
}

function isBound(value: Expr): boolean {
  return value.kind === 'call';
}

/** A consumer whose handler is a method, found by a decorator or convention. */
export function methodConsumer(
  fn: { readonly id: FunctionId; readonly name: string; readonly at: Expr['at']; readonly owner?: string },
  rest: Pick<ConsumerFact, 'library' | 'transport' | 'events'> & Partial<ConsumerFact>,
): ConsumerFact {
  const owner = fn.owner === undefined ? {} : { owner: fn.owner };
  return { at: fn.at, name: fn.name, handler: fn.id, eventParameter: 0, ...owner, ...rest };
}

/** A consumer whose handler is a callback that a call is handed: `consumer.on('message', (message) => …)`. */
export function callbackConsumer(
  { view, call, fn, name }: CallSite,
  callback: Expr,
  rest: Pick<ConsumerFact, 'library' | 'transport' | 'events'> & Partial<ConsumerFact>,
): ConsumerFact {
  const handler = handlerOf(view, callback);
  const owner = view.ownerOf(fn.id);
  const label = labelOf(view, handler, { name, at: call.at });
  return { ...label, handler, eventParameter: 0, ...(owner === undefined ? {} : { owner }), ...rest };
}

/** A consumer whose handler a class inherits: its base is called, and calls the class. */
export function inheritedConsumer(
  { name, at }: { readonly name: string; readonly at: Expr['at'] },
  rest: Pick<ConsumerFact, 'library' | 'transport' | 'events'>,
): ConsumerFact {
  return { at, name, handler: { kind: 'name', name, at }, eventParameter: 0, owner: name, ...rest };
}
