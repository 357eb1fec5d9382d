// What stands around a call in those that call its function: a transaction that forgets it, and work that comes after it.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { transactionName } from '../../facts/transactionNames.ts';
import { outermost } from '../../facts/walk.ts';
import { mayFollow } from '../calls/order.ts';
import { callersOf } from '../failures/followingFailure.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';

const maxDepth = 3;

/** Whether a transaction is open around a call: in the function, or in one that calls it. */
export function isInTransaction(
  model: EventModel,
  fn: FunctionNode,
  { call: { at } }: CallAction,
  depth = 0,
): boolean {
  const leadsHere = (it: Effect): boolean =>
    it.inTransaction &&
    [...it.via, it].some((place) => place.file === fn.file && place.at.start === at.start);
  return (
    effectsAround(model, fn).some(leadsHere) ||
    (depth < maxDepth &&
      callersOf(model, fn).some(({ caller, action }) => isInTransaction(model, caller, action, depth + 1)))
  );
}

/** Whether anything is done after a call: in its function, or in one that calls it. */
export function isGoneOn(
  model: EventModel,
  fn: FunctionNode,
  { call: { at } }: CallAction,
  depth = 0,
): boolean {
  const follows = (it: Effect): boolean => {
    const { start } = (it.via[0] ?? it).at;
    return start !== at.start && mayFollow(fn.fact.body, at.start, start);
  };
  return (
    model.bodyOf(fn).effects.some(follows) ||
    (depth < maxDepth &&
      callersOf(model, fn).some(({ caller, action }) => isGoneOn(model, caller, action, depth + 1)))
  );
}

function effectsAround(model: EventModel, { file, fact }: FunctionNode): readonly Effect[] {
  const facts = model.files.get(file);
  return facts ? model.bodyOf({ file, fact: outermost(facts, fact) }).effects : [];
}

/** Who hands in a transaction opened it, and rolls back. */
export function isHandedTransaction({ bindings }: FileFacts, { parameters }: FunctionFact): boolean {
  return parameters.some((id) => transactionName.test(bindings[id]?.name ?? ''));
}
