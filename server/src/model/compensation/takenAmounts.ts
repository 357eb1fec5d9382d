// Amounts of one's own that are taken before another party is asked: the stock is less by what nobody bought when the charge fails, for
// no transaction of the database reaches over there, and nothing puts them back.
import type { Action, AssignAction, CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { isOfPage } from '../../facts/pagePackages.ts';
import { actionsIn, callsIn, outermost } from '../../facts/walk.ts';
import { mayFollow } from '../calls/order.ts';
import { throwsToBroker } from '../delivery/deliveredAgain.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { rootOf } from '../resolution/values.ts';
import { saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { isCommand } from '../sagas/sagaSigns.ts';
import { effectsOf, isRunAgain, type AbandonedHold } from './abandonedHolds.ts';
import { adds, amounts, changesIn, isAssigned } from './changedAmounts.ts';
import { hasKey, isOnTheWay } from './deniedCharges.ts';
import { isHandedTransaction, isInTransaction } from './surroundings.ts';
import { givesBack } from './undoing.ts';

const taking = /^(?:decrement|decrease|deduct|debit|withdraw|reduce|subtract)/i;
const putting = /^(?:increment|increase|credit|deposit|restock|restore|add_?back|return)/i;
/** What is asked again finds it done. */
const noting = /log|audit|metric|analytic|track|search|index|cache|notif|webhook/i;

/** All of them, once the workspace was read: somebody may put it back elsewhere. */
export function takenAmounts(model: EventModel): readonly AbandonedHold[] {
  if (!model.isComplete) return [];
  return saidOfFiles(model, 'amounts that are not put back', (facts) => takenIn(model, facts)).filter(
    (it) => !isPutBack(model, it) && !isInTransaction(model, { file: it.file, fact: it.fn }, it.hold),
  );
}

function takenIn(model: EventModel, facts: FileFacts): readonly AbandonedHold[] {
  if (isOfPage(facts)) return [];
  return facts.functions.flatMap((fact) => {
    const all = callsIn(fact.body);
    const calls = all.filter((it) => it.settled === 'awaited' || it.settled === 'returned');
    const lessened = actionsIn(fact.body).filter(
      (it): it is AssignAction => it.kind === 'assign' && isAssigned(it, '-'),
    );
    const takings = calls.filter((it) => takes(facts, it, lessened)).flatMap((it) => linksOf(all, it));
    return takings.length === 0 || isRunAgain(facts, fact)
      ? []
      : leftBy(model, facts, { fact, calls, takings });
  });
}

interface Taking {
  readonly fact: FunctionFact;
  readonly calls: readonly CallAction[];
  readonly takings: readonly CallAction[];
}

function leftBy(
  model: EventModel,
  facts: FileFacts,
  { fact, calls, takings }: Taking,
): readonly AbandonedHold[] {
  const { file } = facts;
  const fn = { file, fact };
  if (throwsToBroker(model, fn) || isHandedTransaction(facts, fact)) return [];
  const { effects } = model.bodyOf({ file, fact: outermost(facts, fact) });
  const hold = takings.find((it) => effectsOf(it, effects).some(isTaken));
  const next =
    hold &&
    calls.find(
      (it) => mayFollow(fact.body, hold.call.at.start, it.call.at.start) && fails(fact, it, effects),
    );
  return hold && next ? [{ file, fn: fact, hold, held: saidBy(hold), next, isOwn: true }] : [];
}

/** A call and those before it in its chain, of which one stores: `db.update(products).set({ … }).where(…)`. */
function linksOf(all: readonly CallAction[], action: CallAction): readonly CallAction[] {
  const { callee } = action.call;
  const object = callee.kind === 'member' && callee.object.kind === 'call' ? callee.object : undefined;
  const before = object && all.find((it) => it.call.at.start === object.at.start);
  return before ? [action, ...linksOf(all, before)] : [action];
}

/** By its own words, by what it is handed, or by what was done before to the object that it stores. */
function takes(facts: FileFacts, { call }: CallAction, lessened: readonly AssignAction[]): boolean {
  if (taking.test(calleeName(call.callee) ?? ''))
    return amounts.test(JSON.stringify([call.callee, call.args]));
  if (changesIn(facts, call, '-')) return true;
  const before = lessened.filter((it) => it.at.start < call.at.start);
  if (before.length === 0) return false;
  const own = call.callee.kind === 'member' ? [call.callee.object] : [];
  const stored = new Set([...own, ...call.args].flatMap((it) => rootOf(facts, it) ?? []));
  return before.some(({ target }) => {
    const root = rootOf(facts, target);
    return root !== undefined && stored.has(root);
  });
}

/** Stored at once: an open transaction would forget it with the failure. */
function isTaken({ role, inTransaction, runs, inCatch }: Effect): boolean {
  return role.kind === 'write' && !inTransaction && !runs && !inCatch;
}

/** Another party is asked to do something, without a key by which it may be asked until it answers. */
function fails({ body }: FunctionFact, action: CallAction, effects: readonly Effect[]): boolean {
  if (action.call.args.some(hasKey) || tellsSomebody(saidBy(action)) || noting.test(saidBy(action)))
    return false;
  const isAsked = effectsOf(action, effects).some(
    (it) =>
      !it.runs &&
      !it.inCatch &&
      !it.inTry &&
      (isCommand(it) ||
        (it.role.kind === 'remote' && !it.role.isRead && it.role.idempotencyKey === undefined)),
  );
  return isAsked && isOnTheWay(body, action);
}

/** Whether the function, what it calls or who calls it puts anything back. */
function isPutBack(model: EventModel, { file, fn: fact }: AbandonedHold): boolean {
  const fn: FunctionNode = { file, fact };
  const around = [fn, ...callersOf(model, fn).map(({ caller }) => caller)];
  return around
    .flatMap((it) => reachedFrom(model, it))
    .some((it) => actionsIn(it.fact.body).some((action) => putsBack(model.files.get(it.file), action)));
}

function putsBack(facts: FileFacts | undefined, action: Action): boolean {
  if (action.kind === 'assign') return isAssigned(action, '+') || isFormer(facts, action);
  if (action.kind !== 'call' || action.isNew) return false;
  const name = calleeName(action.call.callee) ?? '';
  if (givesBack(saidBy(action)) || /compensat|roll_?back|refund|releas/i.test(name)) return true;
  if (putting.test(name))
    return amounts.test(pathOf(action.call.callee)) || action.roles.some((it) => it.kind === 'write');
  return action.call.args.some(adds) || changesIn(facts, action.call, '+');
}

/** `const before = product.stock; …; product.stock = before`. */
function isFormer(facts: FileFacts | undefined, { target, value }: AssignAction): boolean {
  if (target.kind !== 'member' || value.kind !== 'name' || value.binding === undefined) return false;
  const init = facts?.bindings[value.binding]?.init;
  return amounts.test(target.name) && init?.kind === 'member' && init.name === target.name;
}
