// Whether a function that leaves early where something is so makes it so on all other ways.
import type { Action, IfAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { partsOf } from '../../facts/walk.ts';
import { calleeName } from '../fileIndex.ts';

/** Whether all that goes on sets what was asked: `this.status = 'paid'`, `orders.update({ id }, { status: 'paid' })`. */
export function setsAsked({ condition }: IfAction, rest: readonly Action[]): boolean {
  const asked = new Set(membersIn(condition));
  const isAsked = (name: string): boolean => asked.has(name);
  return rest.some((it) => {
    if (it.kind === 'assign') return it.target.kind === 'member' && isAsked(it.target.name);
    if (it.kind !== 'call') return false;
    const name = (calleeName(it.call.callee) ?? '').toLowerCase();
    return (
      it.call.args.some((arg) => keysIn(arg, 0).some(isAsked)) ||
      [...asked].some((field) => name.includes(field.toLowerCase()))
    );
  });
}

function membersIn(expr: Expr): readonly string[] {
  const own = expr.kind === 'member' ? [expr.name] : [];
  return [...own, ...partsOf(expr).flatMap(membersIn)];
}

function keysIn(expr: Expr, depth: number): readonly string[] {
  if (expr.kind !== 'object' || depth > 2) return [];
  return expr.entries.flatMap((it) => (it.key === 'where' ? [] : [it.key, ...keysIn(it.value, depth + 1)]));
}
