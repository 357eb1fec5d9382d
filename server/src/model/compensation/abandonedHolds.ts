// What a flow asks another service to hold and then forgets: `flights.reserveSeat(…)` went through, the next call fails, and neither a
// catch nor anybody else gives it back. Such a flow need not call itself a saga.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { isOfPage } from '../../facts/pagePackages.ts';
import { placeNameOf, takingHold } from '../../facts/sagaWords.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { isRunByClock } from '../delivery/clockJobs.ts';
import { throwsToBroker } from '../delivery/deliveredAgain.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { isCommand, isStored } from '../sagas/sagaSigns.ts';
import { hasKey, isOnTheWay } from './deniedCharges.ts';
import { gives, takings } from './spokenHolds.ts';
import { givesBack, isUndoing, undoes } from './undoing.ts';

/** A call that takes hold of something elsewhere, and the one after it that can fail. */
export interface AbandonedHold {
  readonly file: FilePath;
  readonly fn: FunctionNode['fact'];
  readonly hold: CallAction;
  readonly held: string;
  readonly next: CallAction;
  /** It is an amount of one's own that was taken. */
  readonly isOwn?: true;
}

/** Verbs of what another service then keeps for somebody, or takes from them. */
const holding =
  /^(?:reserve|deduct|decrement|decrease|reduce|debit|charge|withdraw|book(?!mark)|allocate|redeem|capture|hold|lock_?(?:seat|stock|inventor|room|fund|ticket))(?=$|[A-Z_.-])/i;
const repeated = /job|worker|processor|consumer|activit|workflow/i;
/** Who is asked, where nobody can read what the call does. */
const party = /client|gateway|api(?![a-z])|proxy|adapter|provider|service|stripe|grpc|rpc|remote/i;

/** All of them, once the workspace was read: somebody may give it back elsewhere. */
export function abandonedHolds(model: EventModel): readonly AbandonedHold[] {
  if (!model.isComplete) return [];
  const found = saidOfFiles(model, 'holds that are forgotten', (facts) => abandonedIn(model, facts));
  return found.filter((it) => !isGivenBackElsewhere(model, it));
}

function abandonedIn(model: EventModel, facts: FileFacts): readonly AbandonedHold[] {
  if (isOfPage(facts)) return [];
  return facts.functions.flatMap((fact) => {
    const fn = { file: facts.file, fact };
    if (isRunAgain(facts, fact)) return [];
    const calls = callsIn(fact.body);
    const holds = calls.filter((it) => holding.test(lastOf(saidBy(it))) || sendsHold(it));
    return holds.length === 0 ? [] : abandonedBy(model, fn, calls);
  });
}

/** What is run by a clock, for a job queue or by an engine is run once more when it fails. */
export function isRunAgain({ file, types }: FileFacts, fact: FunctionFact): boolean {
  const { owner } = fact;
  const type = types.find((it) => it.kind === 'class' && it.name === owner);
  const bases = [...(type?.bases ?? []), ...(type?.implements ?? [])].map((it) =>
    'name' in it ? it.name : '',
  );
  return isRunByClock(fact) || repeated.test([placeNameOf(file), owner ?? '', ...bases].join(' '));
}

function sendsHold({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'publish' && it.isRequest === true);
}

function abandonedBy(
  model: EventModel,
  fn: FunctionNode,
  calls: readonly CallAction[],
): readonly AbandonedHold[] {
  const { body } = fn.fact;
  // What a broker delivers again is done again, and what an engine runs is known to it.
  if (throwsToBroker(model, fn)) return [];
  const caught = new Set(
    actionsIn(body).flatMap((it) => (it.kind === 'try' ? callsIn(it.handler ?? []) : [])),
  );
  const effects = model.bodyOf(fn).effects;
  for (const hold of calls) {
    const held = caught.has(hold) ? undefined : heldBy(model, fn, hold, effects);
    if (held === undefined) continue;
    const next = calls.find(
      (it) =>
        !caught.has(it) &&
        mayFollow(body, hold.call.at.start, it.call.at.start) &&
        isOnTheWay(body, it) &&
        isNeeded(it, effects),
    );
    if (next) return [{ file: fn.file, fn: fn.fact, hold, held, next }];
  }
  return [];
}

/** What a call has another party hold, by the words of the call or of the message that it sends. */
function heldBy(
  model: EventModel,
  fn: FunctionNode,
  action: CallAction,
  effects: readonly Effect[],
): string | undefined {
  const { call, settled, isNew } = action;
  if (isNew || settled !== 'awaited' || call.args.some(hasKey)) return undefined;
  const own = effectsOf(action, effects);
  const command = own.find(isCommand);
  const sent =
    command?.role.kind === 'publish' ? commandNamed(model.program, command.file, command.role.event) : '';
  const said = [saidBy(action), sent].find((it) => holding.test(lastOf(it)));
  if (said === undefined || isUndoing(said.replace(/withdraw/i, ''))) return undefined;
  const isRemote = own.some(
    ({ role, runs }) => !runs && role.kind === 'remote' && !role.isRead && role.idempotencyKey === undefined,
  );
  const { callee } = call;
  const isOpen =
    own.length === 0 &&
    callee.kind === 'member' &&
    party.test(pathOf(callee.object)) &&
    model.program.calleesOf(fn.file, fn, call).every((it) => it.fact.isAbstract);
  return isRemote || command !== undefined || isOpen ? said : undefined;
}

/** `stock.reserve` of `inventory.stock.reserve`, `create` of `charges.create`. */
function lastOf(said: string): string {
  const parts = said.split(/[.:/]/);
  const last = parts.at(-1) ?? said;
  return /^(?:create|execute|run|handle)$/.test(last) ? (parts.at(-2) ?? last) : last;
}

/** The effects to which a call of the function leads. */
export function effectsOf({ call }: CallAction, effects: readonly Effect[]): readonly Effect[] {
  return effects.filter((it) => (it.via[0] ?? it).at.start === call.at.start);
}

/** What the flow goes on with: a row of its own, or what it has another service hold as well. Notes and mails are none. */
function isNeeded(action: CallAction, effects: readonly Effect[]): boolean {
  if (action.settled !== 'awaited' && action.settled !== 'returned') return false;
  const said = saidBy(action);
  if (tellsSomebody(lastOf(said))) return false;
  return effectsOf(action, effects).some((it) => {
    if (it.runs || it.inCatch) return false;
    if (isStored(it)) return true;
    const isAsked = it.role.kind === 'remote' ? it.role.isRead !== true : isCommand(it);
    return isAsked && takingHold.test(lastOf(said));
  });
}

/** Whether a call gives back what was held, or anything by its name, or tells that it is to be. */
function isBack(action: CallAction, held: string): boolean {
  const isQuiet = action.roles.some(
    (it) => it.kind === 'log' || it.kind === 'read' || (it.kind === 'remote' && it.isRead),
  );
  if (action.isNew || isQuiet) return false;
  const said = saidBy(action);
  return (
    undoes(said, held) ||
    givesBack(said) ||
    /compensat|roll_?back|refund|releas/i.test(calleeName(action.call.callee) ?? '')
  );
}

/** What it calls, who calls it, or anybody of the workspace has what gives it back. */
function isGivenBackElsewhere(model: EventModel, { file, fn: fact, held }: AbandonedHold): boolean {
  const fn = { file, fact };
  const reached = [fn, ...callersOf(model, fn).map(({ caller }) => caller)].flatMap((it) =>
    reachedFrom(model, it),
  );
  if (reached.some((it) => callsIn(it.fact.body).some((action) => isBack(action, held)))) return true;
  return takings(model).some(({ what, fact: sweeping }) =>
    what === '' ? sharesRoot(sweeping.name, held) : gives(what, lastOf(held)) || undoes(what, held),
  );
}

function sharesRoot(sweeping: string, held: string): boolean {
  const root = /reserv|book|hold|alloc|seat|stock|inventor/i.exec(held)?.[0];
  return root !== undefined && sweeping.toLowerCase().includes(root.toLowerCase());
}
