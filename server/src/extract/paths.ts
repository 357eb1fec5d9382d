// Expressions as readers say them: `this.orders.save`.
import type { Expr } from '../facts/expressions.ts';

/** The names of a member chain; a call in it has `()` behind its name, what has no name is `?`. */
export function pathOf(expr: Expr): readonly string[] {
  if (expr.kind === 'name') return [expr.name];
  if (expr.kind === 'this') return [expr.isSuper ? 'super' : 'this'];
  if (expr.kind === 'member') return [...pathOf(expr.object), expr.name];
  if (expr.kind === 'call') {
    const path = pathOf(expr.callee);
    return [...path.slice(0, -1), `${path.at(-1) ?? '?'}()`];
  }
  if (expr.kind === 'new') return [`new ${pathOf(expr.callee).join('.')}`];
  return ['?'];
}

/** The name without `this`: `orders.save`. */
export function spoken(expr: Expr): string {
  const path = pathOf(expr);
  return (path[0] === 'this' || path[0] === 'super' ? path.slice(1) : path).join('.');
}
