// Promises that a function starts and leaves alone, and whose failure is only told: `store(order).then(note).catch(log)`.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { callsIn } from '../../facts/walk.ts';
import { acknowledges, refuses } from '../delivery/acknowledging.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { isQuietCallback } from './quiet.ts';

/** Whether nobody waits for a call, and whoever catches its failure does nothing about it. */
export function isOnlyTold(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  if (action.settled !== 'handled') return false;
  const chain = chainOf(fn, action);
  const { catches, last } = catchesOn(fn, action);
  const isLeft = last !== action && last.settled === 'dropped';
  const others = chain.flatMap(({ call: { args } }) => args.filter((it) => !catches.includes(it)));
  return (
    isLeft &&
    catches.length > 0 &&
    catches.every((it) => isQuietCallback(model, fn, it)) &&
    !others.some((it) => isAcknowledging(model, fn, it))
  );
}

/** The callbacks that take the failure of a call, and the last call of its chain: `store(order).then(note).catch(log)`. */
export function catchesOn(
  fn: FunctionNode,
  action: CallAction,
): { readonly catches: readonly Expr[]; readonly last: CallAction } {
  const chain = chainOf(fn, action);
  return {
    catches: chain.flatMap(({ call }) => catchesOf(call.callee, call.args)),
    last: chain.at(-1) ?? action,
  };
}

/** What is called on a call's promise, from the inside out. */
function chainOf({ fact }: FunctionNode, { call }: CallAction): readonly CallAction[] {
  return [...callsIn(fact.body)]
    .filter((it) => it.call.span.start === call.span.start && it.call.span.end > call.span.end)
    .filter(
      ({ call: { callee } }) => callee.kind === 'member' && /^(?:then|catch|finally)$/.test(callee.name),
    )
    .toSorted((one, other) => one.call.span.end - other.call.span.end);
}

function catchesOf(callee: Expr, args: readonly Expr[]): readonly Expr[] {
  if (callee.kind !== 'member' || callee.name === 'finally') return [];
  return callee.name === 'catch' ? args.slice(0, 1) : args.slice(1, 2);
}

/** `.then(() => channel.ack(message))`: the broker waits for it. */
function isAcknowledging(model: EventModel, { file }: FunctionNode, callback: Expr): boolean {
  const fact = callback.kind === 'function' ? model.files.get(file)?.functions[callback.function] : undefined;
  return callsIn(fact?.body ?? []).some(
    (it) => fact && (acknowledges(model, { file, fact }, it) || refuses(model, { file, fact }, it)),
  );
}
