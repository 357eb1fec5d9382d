// What a look at stored data before acting is worth: nobody else may come between in a transaction, and a unique key holds for what is
// stored under it.
import type { Action, IfAction } from '../../facts/actions.ts';
import type { Role } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import { lastName } from '../calls/handling.ts';
import type { Flow, Guard, Walk } from '../effects/frames.ts';
import type { Duplicate } from './conditions.ts';

/** `if (reservations.length === 0) return; … delete(reservations)` in one transaction: a repeat finds nothing left to do. */
export function takesAway(rest: readonly Action[], { store }: Duplicate, { inTransaction }: Flow): boolean {
  if (!inTransaction || store === undefined) return false;
  return [...callsIn(rest)].some(({ roles }) =>
    roles.some((it) => it.kind === 'write' && it.operation === 'delete' && it.store === store),
  );
}

/** Check-then-act inside a transaction is taken for isolated; a unique key guards what stores something under it. */
export function guardFrom(
  walk: Walk,
  { isCheckThenAct, level, file, at }: Duplicate,
  {
    flow,
    action,
    rest,
  }: { readonly flow: Flow; readonly action: IfAction; readonly rest: readonly Action[] },
): Guard {
  if (!isCheckThenAct) return { file, at, level };
  if (flow.inTransaction) return { file, at, level: 'yes' };
  // What throws guards whatever its callers do.
  const { then, otherwise } = action;
  const isKept = then.some((it) => it.kind === 'throw') || mayStore(walk, [...then, ...otherwise, ...rest]);
  return { file, at, level: isKept ? level : 'weak' };
}

const storing =
  /save|insert|create|add|put|store|write|register|persist|record|update|execute|run|query|commit|flush|append/i;

/** Whether what comes stores anything, or runs what nobody can see. */
function mayStore({ fn, walking: { linking, summaryOf } }: Walk, actions: readonly Action[]): boolean {
  return [...callsIn(actions)].some((action) => {
    const { roles, call, settled } = action;
    if (roles.length > 0) return roles.some(isStoring);
    const callees = linking.calls.callees(fn.file, call);
    if (callees.length === 0) return settled !== 'dropped' && storing.test(lastName(call.callee));
    return callees.some((it) => {
      const { drafts, isOpen } = summaryOf(it);
      return isOpen || drafts.some(({ effect }) => isStoring(effect.role));
    });
  });
}

function isStoring(role: Role): boolean {
  return role.kind === 'write' && role.library !== 'redis';
}
