// Whether what was done stays done when what comes after it fails: nobody catches that, or whoever does only tells the caller.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { standsIn } from '../calls/order.ts';
import { throwsToBroker } from '../delivery/deliveredAgain.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { catchesOn } from '../failures/toldFailures.ts';
import { calleeName } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { isTransactionBody } from '../producers/earlyMarks.ts';
import { saidBy } from '../sagas/deeds.ts';
import { isCaughtUp, isSeenTo, type Part } from './seenTo.ts';
import { isInTransaction } from './surroundings.ts';
import { isUndoing, undoes } from './undoing.ts';

const maxDepth = 3;
/** Who asked is answered by a call: `res.status(500)`, `next(error)`. */
const answering = /^(?:res|response|reply|ctx|context|next|callback|cb|done)(?![a-zA-Z])/;

/** Whether a part stays done where the next one fails. */
export function isLeftAfter(model: EventModel, fn: FunctionNode, first: Part, next: Part): boolean {
  if (next.effect.inTry && !isOwnTry(fn, next)) return false;
  // What a broker delivers again is done again, unless the failure is answered.
  if (throwsToBroker(model, fn) && !isAnswered(fn, next)) return false;
  if (isDealtWith(model, fn, next.action)) return false;
  if (isInOneTransaction(fn, first, next) || isRolledBack(model, fn, first, next)) return false;
  return (
    isLeftIn(model, fn, next.action, 0) &&
    !isTakenBackNear(model, fn, first) &&
    !isSeenTo(model, first) &&
    !isCaughtUp(model, first, next)
  );
}

/** A callee that catches answers in its own way. */
function isOwnTry({ fact: { body } }: FunctionNode, { action, effect }: Part): boolean {
  const isOwn = triesAround(body, action).length > 0;
  return isOwn && effect.via.length <= 1;
}

/** The failure ends in the function: whoever called it, or a broker, hears of a result. */
function isAnswered({ fact: { body } }: FunctionNode, { action }: Part): boolean {
  const tries = triesAround(body, action);
  const isThrown = tries.some(({ handler }) => actionsIn(handler ?? []).some((it) => it.kind === 'throw'));
  return action.settled === 'handled' || (tries.length > 0 && !isThrown);
}

/** `await register(id).catch(…)`: a callback that does anything, or whose answer nobody looks at. */
function isDealtWith(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  const { catches, last } = catchesOn(fn, action);
  if (catches.length === 0) return false;
  const bodies = catches
    .flatMap((it) => model.program.functionsOf(fn.file, it))
    .map((it) => ({ it, body: it.fact.body }));
  const isThrown = bodies.some(({ body }) => actionsIn(body).some((it) => it.kind === 'throw'));
  const isLookedAt = last.settled === 'returned' || last.result !== undefined;
  return bodies.some(({ it, body }) => actsOn(model, it, body)) || !(isThrown || isLookedAt);
}

/** One that the callee opens and ends by itself has stored the row for good. */
function isInOneTransaction({ fact: { body } }: FunctionNode, first: Part, next: Part): boolean {
  if (first.kind !== 'row' || !first.effect.inTransaction) return false;
  const isOpenHere = callsIn(body).some(({ roles }) => roles.some((it) => it.kind === 'transaction'));
  return isOpenHere || next.effect.inTransaction || first.effect.via.length === 0;
}

/** The transaction is open around both: the function is its callback, or all that call the function have it open. */
function isRolledBack(model: EventModel, fn: FunctionNode, first: Part, next: Part): boolean {
  if (first.kind !== 'row') return false;
  return [first, next].every((it) => isCovered(model, fn, it.action, 0));
}

function isCovered(model: EventModel, fn: FunctionNode, action: CallAction, depth: number): boolean {
  if (isTransactionBody(model, fn) || isInTransaction(model, fn, action, maxDepth)) return true;
  const callers = depth < maxDepth ? callersOf(model, fn) : [];
  return callers.length > 0 && callers.every((it) => isCovered(model, it.caller, it.action, depth + 1));
}

/** Whether a failure of a call leaves the function, and those that call it, with nothing else done about it. */
function isLeftIn(model: EventModel, fn: FunctionNode, action: CallAction, depth: number): boolean {
  const { body } = fn.fact;
  const tries = triesAround(body, action);
  if (tries.some(({ handler }) => actsOn(model, fn, handler ?? []))) return false;
  // Who goes on as if nothing had happened can do without it.
  if (tries.some(({ handler }) => !tells(handler ?? []))) return false;
  if (depth === maxDepth) return true;
  return callersOf(model, fn).every(({ caller, action: call }) => isLeftIn(model, caller, call, depth + 1));
}

function triesAround(body: readonly Action[], { call }: CallAction): readonly TryAction[] {
  return actionsIn(body).filter(
    (it): it is TryAction => it.kind === 'try' && it.handler !== null && standsIn(it.body, call.at.start),
  );
}

/** Anything that a catch does besides speaking of the failure may take back what was done. */
function actsOn(model: EventModel, fn: FunctionNode, handler: readonly Action[]): boolean {
  return callsIn(handler).some((it) => {
    if (it.isNew || it.roles.some(({ kind }) => kind === 'log' || kind === 'alert' || kind === 'read'))
      return false;
    if (it.roles.length > 0 || isUndoing(saidBy(it))) return true;
    const callees = model.program.calleesOf(fn.file, fn, it.call);
    return callees.some((callee) => model.bodyOf(callee).effects.length > 0);
  });
}

/** It throws, or gives back something else than after a success. */
function tells(handler: readonly Action[]): boolean {
  return actionsIn(handler).some(
    (it) =>
      it.kind === 'throw' ||
      (it.kind === 'return' && it.value !== undefined) ||
      (it.kind === 'call' && answering.test(pathOf(it.call.callee))),
  );
}

/** The function, what it calls or who calls it has what takes it back. */
function isTakenBackNear(model: EventModel, fn: FunctionNode, first: Part): boolean {
  const around = [fn, ...callersOf(model, fn).map(({ caller }) => caller)];
  return around
    .flatMap((it) => reachedFrom(model, it))
    .some((it) => callsIn(it.fact.body).some((action) => takesBack(action, first)));
}

function takesBack(action: CallAction, { action: { call }, name, effect }: Part): boolean {
  if (action.isNew || action.call === call || action.roles.some((it) => it.kind === 'log')) return false;
  if (/compensat|roll_?back/i.test(calleeName(action.call.callee) ?? '')) return true;
  const isDeleted = action.roles.some(
    (it) =>
      it.kind === 'write' &&
      it.operation === 'delete' &&
      effect.role.kind === 'write' &&
      it.store === effect.role.store,
  );
  return isDeleted || undoes(saidBy(action), name);
}
