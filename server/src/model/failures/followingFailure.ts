// Functions that run only because a step failed: a catch calls them, or what runs the steps of a saga.
import type { Action, CallAction } from '../../facts/actions.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { runsSteps } from '../sagas/orchestrators.ts';

const maxDepth = 4;

/** Whether a call stands in a catch. */
export function standsInCatch(body: readonly Action[], action: CallAction): boolean {
  return actionsIn(body).some((it) => it.kind === 'try' && actionsIn(it.handler ?? []).includes(action));
}

/** Whether a call in a catch has a try of its own there. */
export function isTriedInCatch(body: readonly Action[], action: CallAction): boolean {
  return actionsIn(body).some(
    (it) =>
      it.kind === 'try' &&
      it.handler !== null &&
      callsIn(it.body).includes(action) &&
      standsInCatch(body, action),
  );
}

/**
 * Whether a function runs only because a step failed: what somebody else runs as well may be run again. Who calls it in a catch may go
 * on with it elsewhere: `if (await saga.isAborted()) return this.compensate();`.
 */
export function followsFailure(model: EventModel, fn: FunctionNode, depth = 0): boolean {
  const callers = depth < maxDepth ? callersOf(model, fn) : [];
  const catching = new Set(
    callers.flatMap(({ caller: { fact }, action }) => (standsInCatch(fact.body, action) ? [fact] : [])),
  );
  return (
    callers.length > 0 &&
    callers.every(
      ({ caller }) =>
        catching.has(caller.fact) ||
        runsSteps(caller.fact) ||
        isHandedToCatch(model, caller) ||
        followsFailure(model, caller, depth + 1),
    )
  );
}

export interface Caller {
  readonly caller: FunctionNode;
  readonly action: CallAction;
}

/** Where a function is called by its name. */
export function callersOf(model: EventModel, fn: FunctionNode): readonly Caller[] {
  return fn.fact.name === '' ? [] : model.program.callersOf(fn);
}

/** `.catch(async (error) => { await compensateAll(); throw error; })`. */
function isHandedToCatch(model: EventModel, { file, fact }: FunctionNode): boolean {
  const facts = model.files.get(file);
  const site = facts && indexOf(facts).handed.get(fact.id);
  return site !== undefined && calleeName(site.action.call.callee) === 'catch';
}
