// Calls that give a promise which nobody waits for.
import type { CallAction } from '../../facts/actions.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { givenBy } from '../producers/givenResults.ts';
import { proxyOf } from '../sagas/activities.ts';

/** A compensation that is started and not waited for. */
export interface FloatingCompensation {
  readonly fn: FunctionNode;
  /** The call that nobody waits for: the compensation itself, or the `forEach` or `map` that starts it. */
  readonly action: CallAction;
  /** What takes the step back. */
  readonly undoing: CallAction;
  readonly way: 'call' | 'forEach' | 'map';
  /** Nobody would learn of its failure if somebody waited for it either. */
  readonly isLostAnyhow?: true;
}

/** A call and the function that it stands in. */
export interface Site {
  readonly fn: FunctionNode;
  readonly action: CallAction;
}

/** Whether a call is started and left to itself, be it of the workspace, of a store or of another system. */
export function isDropped(model: EventModel, { fn, action }: Site): boolean {
  if (action.settled !== 'dropped' || action.isNew || action.roles.some((it) => it.kind === 'log'))
    return false;
  const facts = model.files.get(fn.file);
  if (facts && proxyOf(facts, action.call)) return true;
  if (pathOf(action.call.callee) === 'fetch') return true;
  if (action.roles.some((it) => it.kind === 'remote' || it.kind === 'write')) return isPromiseByRole(action);
  return givenBy(model, fn, action)?.gives === 'promise';
}

/** Clients of other systems and stores give promises; what is put into a map does not. */
function isPromiseByRole({ roles }: CallAction): boolean {
  return roles.some((it) => (it.kind === 'remote' || it.kind === 'write') && it.confidence === 'type');
}
