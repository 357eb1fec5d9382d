// Calls that hang together in one chain: `db.update(orders).set(…).where(…)`.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { CallSite } from './framework.ts';

/** The calls of these names in the chain that a call belongs to, before and after it. */
export function linksNamed(site: CallSite, names: readonly string[]): readonly CallExpr[] {
  const calls = names.flatMap((name) => site.view.callsNamed(name).map((it) => it.action.call));
  return calls.filter((it) => isBelow(it, site.call) || isBelow(site.call, it));
}

/** The argument of a later call of the chain that a call begins: of `set` for `db.update(orders)`. */
export function chained(site: CallSite, name: string): Expr | undefined {
  const [given] = linksNamed(site, [name])[0]?.args ?? [];
  return given && site.view.valueOf(given);
}

export interface Chain {
  readonly start: Expr;
  readonly calls: ReadonlyMap<string, CallExpr>;
}

/** The same through members, which only say where: `functions.region('europe-west1').firestore.document('orders/{id}')`. */
export function throughMembers(expr: Expr): Chain {
  const { start, calls } = alongChain(expr);
  if (start.kind !== 'member') return { start, calls };
  const before = throughMembers(start.object);
  return { start: before.start, calls: new Map([...before.calls, ...calls]) };
}

/** The calls of a chain by their names, the last of a name, and what the chain starts with: `options()` or `options` of `options().a().b()`. */
export function alongChain(expr: Expr): Chain {
  const calls = new Map<string, CallExpr>();
  let start = expr;
  while (start.kind === 'call' && start.callee.kind === 'member') {
    if (!calls.has(start.callee.name)) calls.set(start.callee.name, start);
    start = start.callee.object;
  }
  return { start, calls };
}

/** Whether a chain goes on from another call of it. */
function isBelow(outer: CallExpr, inner: CallExpr): boolean {
  let at: Expr = outer.callee;
  while (at.kind === 'member' || at.kind === 'call') {
    if (at.kind === 'call' && at.span.start === inner.span.start && at.span.end === inner.span.end)
      return true;
    at = at.kind === 'member' ? at.object : at.callee;
  }
  return false;
}
