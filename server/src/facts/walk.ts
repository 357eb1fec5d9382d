// Ways through the actions of a body.
import type { Action, CallAction } from './actions.ts';

/** The calls of a body in order, through all branches. */
export function* callsIn(actions: readonly Action[]): Iterable<CallAction> {
  for (const action of actions) {
    if (action.kind === 'call') yield action;
    else for (const list of branchesOf(action)) yield* callsIn(list);
  }
}

/** The actions of a body in order, through all branches. */
export function* actionsIn(actions: readonly Action[]): Iterable<Action> {
  for (const action of actions) {
    yield action;
    for (const list of branchesOf(action)) yield* actionsIn(list);
  }
}

/** The lists of actions inside an action. */
export function branchesOf(action: Action): readonly (readonly Action[])[] {
  if (action.kind === 'if') return [action.then, action.otherwise];
  if (action.kind === 'switch') return action.cases.map((it) => it.body);
  if (action.kind === 'loop') return [action.body];
  return action.kind === 'try' ? [action.body, action.handler ?? [], action.finalizer] : [];
}
