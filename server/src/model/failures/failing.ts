// How failures travel through a body: what ends them, what lets them pass.
import type { Action, CallAction } from '../../facts/actions.ts';
import { blocksOf, eachAction } from '../fileIndex.ts';

/** Whether the failure of a call leaves the body around it. */
export function leaves(actions: readonly Action[], call: CallAction): boolean {
  return actions.some((action) => {
    if (action === call) return true;
    if (action.kind !== 'try' || action.handler === null)
      return blocksOf(action).some((it) => leaves(it, call));
    const isPassedOn = mayThrow(action.handler) && leaves(action.body, call);
    return isPassedOn || leaves(action.handler, call) || leaves(action.finalizer, call);
  });
}

/** Whether a failure inside can leave the function: something is waited for, outside of a catch that ends it. */
export function mayFail(actions: readonly Action[]): boolean {
  return actions.some((action) => {
    if (action.kind === 'throw') return true;
    if (action.kind === 'call')
      return action.settled !== 'dropped' && action.settled !== 'handled' && !isQuiet(action);
    if (action.kind !== 'try' || action.handler === null) return blocksOf(action).some(mayFail);
    const isPassedOn = returnsCall(action.body) || (mayThrow(action.handler) && mayFail(action.body));
    return isPassedOn || mayFail(action.handler) || mayFail(action.finalizer);
  });
}

/** What is returned without `await` fails outside of the catch around it. */
function returnsCall(actions: readonly Action[]): boolean {
  return [...eachAction(actions)].some((it) => it.kind === 'call' && it.settled === 'returned');
}

function mayThrow(actions: readonly Action[]): boolean {
  return returnsCall(actions) || [...eachAction(actions)].some((it) => it.kind === 'throw');
}

/** Arguments of other calls and logging do not fail, nor does a promise with its failure caught: `await send(…).catch(…)`. */
function isQuiet(action: CallAction): boolean {
  const { callee } = action.call;
  return (
    action.roles.some((it) => it.kind === 'log') ||
    (callee.kind === 'member' && callee.name === 'catch' && callee.object.kind === 'call') ||
    (action.settled === 'collected' && action.roles.length === 0)
  );
}
