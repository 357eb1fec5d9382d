// State that a program keeps in its own memory by an id: `const orders: Record<string, Order> = {}`, `new Map<string, Order>()`.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { Span } from '../text.ts';
import { eachAction } from './fileIndex.ts';
import { holds } from './handling.ts';
import { classAt } from './values.ts';

/** What waits for an answer, what is open, what was seen already: its absence is no early message. */
const noState =
  /cache|pending|wait|timer|timeout|socket|client|connection|channel|session|lock|seen|processed|handled|dedup|idempot|handler|listener|callback|resolver|request|config|setting|metric|count|stat(?:s|istics)$/i;

/** Whether an expression is such a store, and code outside of the given place fills it. */
export function isMemoryStore(facts: FileFacts, store: Expr, place: Span): boolean {
  const made = madeAs(facts, store);
  const isMap = made?.kind === 'new' && made.callee.kind === 'name' && made.callee.name === 'Map';
  const isRecord = made?.kind === 'object' && made.entries.length === 0 && made.spreads.length === 0;
  if (!isMap && !isRecord) return false;
  return facts.functions.some(
    ({ span, body }) => !holds(place, span) && !holds(span, place) && fills(body, store),
  );
}

function madeAs(facts: FileFacts, store: Expr): Expr | undefined {
  if (store.kind !== 'name' && store.kind !== 'member') return undefined;
  if (noState.test(store.name)) return undefined;
  if (store.kind === 'name') {
    const binding = facts.bindings[store.binding ?? -1];
    return binding?.isTopLevel ? binding.init : undefined;
  }
  if (store.object.kind !== 'this') return undefined;
  return classAt(facts, store.at.start)?.members.find((it) => it.name === store.name)?.init;
}

function fills(body: FileFacts['functions'][number]['body'], store: Expr): boolean {
  return eachAction(body).some((it) => {
    if (it.kind === 'assign')
      return itemOf(it.target) !== undefined && isSame(itemOf(it.target)?.store, store);
    if (it.kind !== 'call' || it.call.callee.kind !== 'member' || it.call.callee.name !== 'set') return false;
    return isSame(it.call.callee.object, store);
  });
}

/** `orders[event.orderId]`: the store and the id. */
export function itemOf(expr: Expr): { readonly store: Expr; readonly id: Expr } | undefined {
  if (expr.kind !== 'member' || expr.name !== '[]' || !expr.index) return undefined;
  return { store: expr.object, id: expr.index };
}

function isSame(one: Expr | undefined, other: Expr): boolean {
  if (one?.kind === 'name') return other.kind === 'name' && one.binding === other.binding;
  return (
    one?.kind === 'member' &&
    other.kind === 'member' &&
    one.name === other.name &&
    one.object.kind === 'this' &&
    other.object.kind === 'this'
  );
}

/** Whether an expression is an item of the store, or something in one: `orders[id].status`. */
export function isInStore(expr: Expr, store: Expr): boolean {
  if (expr.kind !== 'member') return false;
  const item = itemOf(expr);
  return (item !== undefined && isSame(item.store, store)) || isInStore(expr.object, store);
}
