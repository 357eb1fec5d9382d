// What a client was made with, told to another file: `pubsub.topic('order.shipped')` without the names and places of its own file.
import type { Expr } from '../facts/expressions.ts';
import type { Span } from '../text.ts';
import type { FileView, Making } from './fileView.ts';

const nowhere: Span = { start: 0, end: 0 };

/** What an expression says of how the object was made; undefined where it is no call with a constant argument. */
export function makingBehind(view: FileView, expr: Expr): Making | undefined {
  const made = view.makingOf(expr);
  if (made.kind !== 'call' && made.kind !== 'new') return undefined;
  const args = made.args.map((it) => constantBehind(view, it, 3));
  if (args.every((it) => it.kind === 'unknown')) return undefined;
  return { kind: made.kind, callee: nameOf(made.callee), typeArgs: [], args, at: nowhere, span: nowhere };
}

/** The same making as seen from a place in another file. */
export function makingAt(making: Making, at: Span): Making {
  const args = making.args.map((it) => placedAt(it, at));
  return { ...making, callee: { ...making.callee, at }, args, at, span: at };
}

/** `topic` of `pubsub.topic`: only the method's own name says something. */
function nameOf(callee: Expr): Expr {
  const object: Expr = { kind: 'unknown', at: nowhere };
  if (callee.kind === 'member') return { kind: 'member', object, name: callee.name, at: nowhere };
  return callee.kind === 'name' ? { kind: 'name', name: callee.name, at: nowhere } : object;
}

function constantBehind(view: FileView, expr: Expr, depth: number): Expr {
  const value = view.valueOf(expr);
  if (value.kind === 'string' || value.kind === 'literal') return { ...value, at: nowhere };
  if (value.kind !== 'object' || depth === 0) return { kind: 'unknown', at: nowhere };
  const entries = value.entries.map(({ key, value: it }) => ({
    key,
    value: constantBehind(view, it, depth - 1),
    at: nowhere,
  }));
  return { kind: 'object', entries, spreads: [], at: nowhere };
}

function placedAt(expr: Expr, at: Span): Expr {
  if (expr.kind !== 'object') return { ...expr, at };
  return { ...expr, entries: expr.entries.map((it) => ({ ...it, value: placedAt(it.value, at), at })), at };
}
