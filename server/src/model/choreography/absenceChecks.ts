// What a function does where state that it looked for is not there: it gives up, throws, or does something only where it is there.
import type { Action, CallAction, IfAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import { bindingOf } from '../calls/handling.ts';
import type { Reached } from '../calls/reached.ts';
import { isTelling } from '../calls/pureCalls.ts';
import { acknowledges, refuses } from '../delivery/acknowledging.ts';
import { pathOf } from '../effects/effects.ts';
import { isHousekeeping } from '../failures/housekeeping.ts';
import { isRemembering } from '../failures/consumerWork.ts';
import { blocksOf } from '../fileIndex.ts';

/** `if (!order) { log(); return; }`. */
export function checkOf(
  here: Reached,
  list: readonly Action[],
  held: readonly BindingFact[],
  ends: typeof givesUp,
): IfAction | undefined {
  for (const action of list) {
    const isCheck = action.kind === 'if' && isAbsence(here, action.condition, held);
    if (isCheck) return action.otherwise.length === 0 && ends(here, action.then) ? action : undefined;
    // `if (order) { … } else { throw … }`
    if (action.kind === 'if' && action.otherwise.length > 0 && isPresence(here, action.condition, held))
      return ends(here, action.otherwise) ? action : undefined;
    for (const inner of blocksOf(action)) {
      const found = checkOf(here, inner, held, ends);
      if (found) return found;
    }
  }
  return undefined;
}

/** `if (order) order.status = 'paid'; else log();` after which there is nothing more to do. */
export function guardIn(
  here: Reached,
  list: readonly Action[],
  isThere: (condition: Expr) => boolean,
): IfAction | undefined {
  for (const [index, action] of list.entries()) {
    const isGuard = action.kind === 'if' && isIdle(here, action.otherwise) && isThere(action.condition);
    const found = isGuard
      ? action
      : blocksOf(action)
          .map((it) => guardIn(here, it, isThere))
          .find((it) => it !== undefined);
    if (found) return isIdle(here, list.slice(index + 1)) ? found : undefined;
  }
  return undefined;
}

function isIdle(here: Reached, list: readonly Action[]): boolean {
  return list.every((it) =>
    it.kind === 'return' ? givesUp(here, [it]) : it.kind === 'call' && isQuiet(here, it),
  );
}

/** `order`, `order && order.isOpen`, `order !== undefined`, `rows.length > 0`. */
export function isPresence(here: Reached, condition: Expr, held: readonly BindingFact[]): boolean {
  if (isOf(here, condition, held)) return true;
  if (condition.kind !== 'operation') return false;
  const { operator, of } = condition;
  if (operator === '&&') return of.some((it) => isPresence(here, it, held));
  const [left, right] = of;
  const isSomething = right?.kind === 'literal' || (right?.kind === 'name' && right.name === 'undefined');
  return left !== undefined && isOf(here, left, held) && /^(?:!==?|>)$/.test(operator) && isSomething;
}

function isAbsence(here: Reached, condition: Expr, held: readonly BindingFact[]): boolean {
  // `if (snapshot.empty)`.
  if (condition.kind === 'member') return condition.name === 'empty' && isOf(here, condition.object, held);
  if (condition.kind !== 'operation') return false;
  const [left, right] = condition.of;
  if (condition.operator === '||') return condition.of.some((it) => isAbsence(here, it, held));
  if (!left || !isOf(here, left, held)) return false;
  if (condition.operator === '!') return true;
  const isNothing = right?.kind === 'literal' || (right?.kind === 'name' && right.name === 'undefined');
  return /^===?$/.test(condition.operator) && isNothing;
}

const amounts = /^(?:rows|length|rowCount|count|affected|matchedCount|\[\]|items?|exists)$/i;

/** What was loaded, or how much: `order`, `rows[0]`, `result.rows.length`, `snapshot.exists`. */
function isOf(here: Reached, expr: Expr, held: readonly BindingFact[]): boolean {
  if (expr.kind === 'call') return expr.args.length === 0 && isOf(here, expr.callee, held);
  if (expr.kind === 'member') return amounts.test(expr.name) && isOf(here, expr.object, held);
  const binding = expr.kind === 'name' ? bindingOf(here.model, here.fn.file, expr.binding) : undefined;
  return binding !== undefined && held.includes(binding);
}

/** Nothing but a log line or an acknowledgement, and then the end. */
export function givesUp(here: Reached, list: readonly Action[]): boolean {
  const last = list.at(-1);
  if (last?.kind !== 'return') return false;
  if (
    last.value &&
    last.value.kind !== 'literal' &&
    !(last.value.kind === 'name' && last.value.name === 'undefined')
  )
    return false;
  return list.slice(0, -1).every((it) => it.kind === 'call' && (it.isNew === true || isQuiet(here, it)));
}

/** `throw new NotFoundException()`, perhaps after a log line. */
export function throws(here: Reached, list: readonly Action[]): boolean {
  const isMade = (it: Action): boolean => it.kind === 'call' && (it.isNew === true || isQuiet(here, it));
  return list.at(-1)?.kind === 'throw' && list.slice(0, -1).every(isMade);
}

/** It tells, acknowledges, ends a transaction, or remembers that the message was handled: nothing is done with what the message says. */
export function isQuiet({ model, fn }: Reached, action: CallAction): boolean {
  const { call, roles } = action;
  if (refuses(model, fn, action)) return false;
  return (
    acknowledges(model, fn, action) ||
    isHousekeeping(action) ||
    isTelling(model, fn.file, action) ||
    isRemembering(action) ||
    roles.some((it) => it.kind === 'log' || (it.kind === 'transaction' && it.phase === 'commit')) ||
    /log|warn|console|debug|stringify/i.test(pathOf(call.callee))
  );
}
