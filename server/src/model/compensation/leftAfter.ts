// Whether what was done stays done when what comes after it fails: nobody catches that, or whoever does only tells the caller.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { standsIn } from '../calls/order.ts';
import { jobsOf } from '../delivery/clockJobs.ts';
import { throwsToBroker } from '../delivery/deliveredAgain.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { catchesOn } from '../failures/toldFailures.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { isTransactionBody } from '../producers/earlyMarks.ts';
import { isCommandName, storeOf } from '../producers/sent.ts';
import { saidBy } from '../sagas/deeds.ts';
import { holdsFailure } from './deniedCharges.ts';
import { isInTransaction } from './surroundings.ts';
import { isUndoing, undoes } from './undoing.ts';

/** One of two parts: a row of one's own, or what another service is asked to do. */
export interface Part {
  readonly action: CallAction;
  readonly kind: 'row' | 'asked';
  readonly name: string;
  /** The message by which another service is asked. */
  readonly command?: string;
  /** What does it at the end. */
  readonly effect: Effect;
}

const maxDepth = 3;
/** Rows that say themselves that something is still to come. */
const unfinished =
  /pending|draft|await|wait|initial|initiat|process|progress|queued|unconfirmed|unverified|unpaid|incomplete|reserv|start|request|inactive|disabled/i;

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

/** Whoever hears of a message changes rows of that kind; whoever looks from time to time throws them away, or says that they failed. */
function isSeenTo(model: EventModel, { effect }: Part): boolean {
  const { role } = effect;
  if (role.kind !== 'write') return false;
  return (
    (saysUnfinished(role.data) && isEverChanged(model, effect)) ||
    changedLater(model).has(storeOf(effect).toLowerCase())
  );
}

/** `{ status: 'PENDING' }`: who finds the row knows that the rest has not happened. */
function saysUnfinished(data: Expr | undefined): boolean {
  return unfinished.test(
    [
      ...JSON.stringify(data ?? '').matchAll(/"key":"\w*(?:stat(?:us|e)|phase|step)","value":\{(.*?)\}/gi),
    ].join(' '),
  );
}

/** Whether anything of the workspace writes again what was stored: then its status may come to an end. */
function isEverChanged(model: EventModel, effect: Effect): boolean {
  return saidOfFiles(model, 'stores that are written again', (facts) => changedIn(model, facts)).includes(
    storeOf(effect).toLowerCase(),
  );
}

function changedIn(model: EventModel, { file, functions }: FileFacts): readonly string[] {
  const effects = functions.flatMap((fact) => model.bodyOf({ file, fact }).effects);
  const again = effects.filter((it) => it.role.kind === 'write' && !isMade(it));
  return [...new Set(again.map((it) => storeOf(it).toLowerCase()))];
}

const changedLater = perModel((model: EventModel): ReadonlySet<string> => {
  const heard = model.consumers.filter(
    ({ fact, events }) =>
      fact.isRequest !== true && !(events.length > 0 && events.every((it) => isCommandName(it.name))),
  );
  const byMessage = heard.flatMap((it) => model.bodyOfConsumer(it).effects);
  const written = byMessage.filter((it) => it.role.kind === 'write' && !isMade(it));
  return new Set([...written.map((it) => storeOf(it).toLowerCase()), ...setRightByClocks(model)]);
});

/** The stores of which somebody looks from time to time for rows that are left. */
export const setRightByClocks = perModel((model: EventModel): ReadonlySet<string> => {
  const written = jobsOf(model).flatMap((it) => setRightBy(model, it));
  return new Set(written.map((it) => storeOf(it).toLowerCase()));
});

/** What a job of a clock does, and which rows it looks into. */
interface CatchingUp {
  readonly effects: readonly Effect[];
  readonly stores: ReadonlySet<string>;
}

const catchingUp = perModel((model: EventModel): readonly CatchingUp[] =>
  jobsOf(model).map((job) => {
    const { effects } = model.bodyOf(job);
    const roles = reachedFrom(model, job).flatMap(({ fact }) => callsIn(fact.body).flatMap((it) => it.roles));
    const read = roles.flatMap((it) => (it.kind === 'read' && it.store !== undefined ? [it.store] : []));
    return { effects, stores: new Set([...effects.map(storeOf), ...read].map((it) => it.toLowerCase())) };
  }),
);

/** A job of a clock looks into such rows and asks the same service: it does what is missing. A webhook stores what was paid for. */
function isCaughtUp(model: EventModel, first: Part, next: Part): boolean {
  const row = [first, next].find((it) => it.kind === 'row');
  const asked = [first, next].find((it) => it.kind === 'asked');
  if (!row || !asked) return false;
  const store = storeOf(row.effect).toLowerCase();
  const party = partyAsked(model, asked.effect);
  const { role } = first.effect;
  if (role.kind === 'remote' && role.what === 'payment' && storedByWebhooks(model).has(store)) return true;
  return catchingUp(model).some(
    ({ effects, stores }) =>
      stores.has(store) &&
      // What only starts later, or all over again, is the same work.
      !effects.some((it) => it.file === row.effect.file && it.at.start === row.effect.at.start) &&
      effects.some((it) => party !== undefined && partyAsked(model, it) === party),
  );
}

const storedByWebhooks = perModel(
  (model: EventModel): ReadonlySet<string> =>
    new Set(saidOfFiles(model, 'stores that webhooks write', (facts) => storedByWebhooksIn(model, facts))),
);

function storedByWebhooksIn(model: EventModel, { file, functions }: FileFacts): readonly string[] {
  const hooks = functions.filter(
    ({ name, owner = '', body }) =>
      /webhook/i.test(`${name} ${owner}`) ||
      callsIn(body).some(({ call }) => /^constructEvent/.test(calleeName(call.callee) ?? '')),
  );
  const effects = hooks.flatMap((fact) => model.bodyOf({ file, fact }).effects);
  return effects.filter(({ role }) => role.kind === 'write').map((it) => storeOf(it).toLowerCase());
}

function partyAsked({ program }: EventModel, { role, name, file }: Effect): string | undefined {
  if (role.kind === 'write') return undefined;
  if (role.kind === 'publish') return commandSaid(program, file, role.event);
  return role.asks?.split('.')[0] ?? name;
}

function isMade({ role }: Effect): boolean {
  return role.kind === 'write' && role.operation === 'insert';
}

const settingRight =
  /expir|stale|stuck|abandon|clean|purge|reconcil|retry|resend|sync|recover|orphan|time_?out/i;

function setRightBy(model: EventModel, job: FunctionNode): readonly Effect[] {
  return model.bodyOf(job).effects.filter(({ role, via }) => {
    if (role.kind !== 'write' || role.operation === 'insert') return false;
    const isEnd = role.operation === 'delete' || (role.data !== undefined && holdsFailure(role.data));
    return isEnd || [job.fact.name, ...via.map((it) => it.name)].some((it) => settingRight.test(it));
  });
}
