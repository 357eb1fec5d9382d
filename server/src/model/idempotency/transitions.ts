// State machines: a table of which state leads where has no way from a state to itself, so a repeat is turned away.
import type { CallExpr, Expr } from '../../facts/expressions.ts';

/** What a field is called that holds a state. */
export const stateName = /(?:^|_|[a-z])(?:status|state|phase|stage)$/i;
/** The state that is left, as a function is handed it. */
const left = /^(?:current|previous|prev|old)$|(?:status|state|phase|stage)$/i;
const contains = /^(?:includes|has|some|contains)$/;

/**
 * `canTransition(order.status, next)`, `isValidTransition(current, next)`, `order.canTransitionTo(next)` also of the object itself,
 * `allowed[order.status].includes(next)`.
 */
export function asksForTransition({ callee, args }: CallExpr): boolean {
  if (callee.kind === 'member' && contains.test(callee.name))
    return isOfState(callee.object) && args.length === 1 && args.every(saysState);
  if (callee.kind !== 'member' && callee.kind !== 'name') return false;
  if (!/transition/i.test(callee.name)) return false;
  const isOfRow =
    callee.kind === 'member' && callee.object.kind === 'name' && /^[a-z]/.test(callee.object.name);
  const isOwn = callee.kind === 'member' && callee.object.kind === 'this' && /^can/.test(callee.name);
  if ((isOfRow && args.length > 0) || (isOwn && args.length === 1 && args.every(saysState))) return true;
  return args.some((it) =>
    it.kind === 'member' ? stateName.test(it.name) : it.kind === 'name' && left.test(it.name),
  );
}

/** The state that is entered: `next`, `OrderStatus.Paid`, `'PAID'`. What else a table may list of a state (cards, channels) says nothing. */
function saysState(expr: Expr): boolean {
  if (expr.kind === 'string') return true;
  if (expr.kind === 'member')
    return stateName.test(expr.name) || (expr.object.kind === 'name' && stateName.test(expr.object.name));
  return expr.kind === 'name' && (stateName.test(expr.name) || /^(?:to|next|target|new)$/i.test(expr.name));
}

/** What a table says of a state: `allowed[order.status]`, `allowed.get(current)`. */
function isOfState(entry: Expr): boolean {
  if (entry.kind === 'choice') return entry.of.some(isOfState);
  const key =
    entry.kind === 'member' && entry.name === '[]'
      ? entry.index
      : entry.kind === 'call' && entry.callee.kind === 'member' && entry.callee.name === 'get'
        ? entry.args[0]
        : undefined;
  return (
    (key?.kind === 'member' && stateName.test(key.name)) || (key?.kind === 'name' && left.test(key.name))
  );
}
