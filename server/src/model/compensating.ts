// The calls that take a step back, and what becomes of their failure.
import type { Action, CallAction, TryAction } from '../facts/actions.ts';
import { undoingCall } from '../facts/sagaWords.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { branchesOf, callsIn } from '../facts/walk.ts';
import { calleeName } from './fileIndex.ts';
import { isTriedAgain, proxyOf } from './activities.ts';
import { answersItself, isSettledTogether } from './answering.ts';
import { aboutFunctions, saidOfFiles } from './about.ts';
import { backRunsIn, type BackRun } from './backRuns.ts';
import { pathOf } from './effects.ts';
import { holdsKeptTries, isKeptTrying, journalOf, journalsUndoing } from './journals.ts';
import { isAnswer, isToldLater, staysInMemory } from './keptFailures.ts';
import type { EventModel, FunctionNode } from './model.ts';
import { once } from '../facts/once.ts';
import type { FilePath } from '../text.ts';
import { undoingFunctions } from './undoingFunctions.ts';
import { isUndoing } from './undoing.ts';
import { perModel } from './perModel.ts';

const stacked = /^(?:comp|compensation|compensate|undo|rollback|compensator)$/i;
const stackName = /compensat|rollbacks|undos|undoStack/i;
const asking = /compensat|(?:^|[.\-_:/])(?:release|cancel|refund|rollback|undo|void)(?:$|[.\-_:/])/i;
const plumbing =
  /^(?:transaction|trx?|tx|queryRunner|client|connection|conn|session|em|manager|migration\w*|knex|t)$/i;

const telling = /^(?:publish|emit|notify|announce|mark|save|update|record)/i;
/** `String(error)`, `JSON.stringify(error)`: part of what is printed. */
const computing = /^(?:String|JSON|Number|Date|Object|Array)(?:\.|$)/;

/** How the failure of a compensation gets lost. */
export type Loss = 'floating' | 'stops-the-others' | 'only-logged';

export interface LostCompensation {
  readonly fn: FunctionNode;
  readonly action: CallAction;
  readonly loss: Loss;
  /** For a call that nobody waits for: whether its failure would be lost even if somebody did. */
  readonly isLostAnyhow: boolean;
  /** An engine runs it elsewhere, as often as its policy says. */
  readonly isActivity: boolean;
  /** The try of a compensation itself, whose catch only logs. */
  readonly by?: TryAction;
}

/** All compensating calls whose failure nobody learns of, or whose failure keeps others from running. */
export const lostCompensations = perModel((model: EventModel): readonly LostCompensation[] => [
  ...lostIn(model),
]);

function* lostIn(model: EventModel): Iterable<LostCompensation> {
  for (const it of losses(model)) {
    const facts = model.files.get(it.fn.file);
    const isRetried = facts !== undefined && isTriedAgain(model, facts, it.action);
    if (it.loss === 'floating') yield isRetried ? { ...it, isLostAnyhow: false } : it;
    else if (!isRetried) yield it;
  }
}

const none: ReadonlySet<number> = new Set();

/** All of them, tried again or not. Of most functions what is said holds until one of them changes. */
function* losses(model: EventModel): Iterable<LostCompensation> {
  const undoing = undoingFunctions(model);
  const places = undoingOfSteps(model);
  const plain = saidOfFiles(model, 'lost compensations', (facts) =>
    suspects(facts).flatMap((it) => lossesIn(model, facts, it, { isUndoing: false, ofSteps: none })),
  );
  for (const it of plain) if (!undoing.has(it.fn.fact) && !places.has(it.fn.file)) yield it;
  const ofUndoing = aboutFunctions(model, 'compensations lost by what undoes', (file, fact) => {
    const facts = model.files.get(file);
    return facts ? lossesIn(model, facts, fact, { isUndoing: true, ofSteps: none }) : [];
  });
  for (const { file, fact } of undoing.values()) if (!places.has(file)) yield* ofUndoing(file, fact);
  for (const [file, ofSteps] of places) {
    const facts = model.files.get(file);
    for (const fact of facts ? suspects(facts, undoing, ofSteps) : [])
      if (facts) yield* lossesIn(model, facts, fact, { isUndoing: undoing.has(fact), ofSteps });
  }
}

/** Functions of a file that may take a step back. */
function suspects(
  facts: FileFacts,
  undoing: ReadonlyMap<FunctionFact, unknown> = new Map(),
  ofSteps: ReadonlySet<number> = none,
): readonly FunctionFact[] {
  const emptying = backRunsIn(facts).map(({ fn }) => fn.fact);
  const ofSagas = facts.functions.filter(
    (it) =>
      undoing.has(it) ||
      (ofSteps.size > 0 && callsIn(it.body).some(({ call }) => ofSteps.has(call.at.start))),
  );
  return [...new Set([...candidates(facts), ...emptying, ...ofSagas])];
}

function lossesIn(
  model: EventModel,
  facts: FileFacts,
  fact: FunctionFact,
  known: Pick<Context, 'isUndoing' | 'ofSteps'>,
): readonly LostCompensation[] {
  const fn: FunctionNode = { file: facts.file, fact };
  return onceATry(visit(fact.body, { ...contextOf(facts, fact), ...known, model, fn, facts }));
}

/** Functions with a call that may take a step back; most have none. */
const candidates = once((facts: FileFacts): readonly FunctionFact[] =>
  facts.functions.filter(({ body }) =>
    callsIn(body).some(({ call, roles }) => {
      const name = calleeName(call.callee) ?? '';
      const isRun = roles.some((it) => it.kind === 'publish' || (it.kind === 'guard' && it.isJournaled));
      return isRun || stacked.test(name) || undoingCall.test(name);
    }),
  ),
);

/** Several calls in one try are lost by one catch: the one that says that it takes back stands for all. */
function onceATry(found: Iterable<LostCompensation>): readonly LostCompensation[] {
  const all = [...found];
  return all.filter((it) => {
    if (!it.by) return true;
    const within = new Set<Action>(callsIn(it.by.body));
    if (all.some((other) => !other.by && within.has(other.action))) return false;
    const together = all.filter((other) => other.by === it.by);
    return it === (together.find(({ action }) => saysUndoing(action)) ?? together[0]);
  });
}

function saysUndoing({ call: { callee } }: CallAction): boolean {
  return isUndoing(pathOf(callee)) && !telling.test(calleeName(callee) ?? '');
}

interface Context {
  readonly model: EventModel;
  readonly fn: FunctionNode;
  readonly facts: FileFacts;
  /** The innermost try whose body we are in. */
  readonly guardedBy?: TryAction;
  readonly inCatch: boolean;
  readonly inLoop: boolean;
  /** What still comes in the catch after the action. */
  readonly after: readonly Action[];
  /** In an async callback of `forEach`, whose promise nobody waits for. */
  readonly isForgotten: boolean;
  /** The function takes a step back: its work is the compensation. */
  readonly isUndoing: boolean;
  /** Where a saga that is one function takes back a step by a call: `refundCard(…)` in its catch. */
  readonly ofSteps: ReadonlySet<number>;
}

/** A callback that `forEach` forgets, or the plain start of a body. */
function contextOf(
  facts: FileFacts,
  fact: FunctionFact,
): Pick<Context, 'inCatch' | 'inLoop' | 'after' | 'isForgotten'> {
  const outer = fact.outer === undefined ? undefined : facts.functions[fact.outer];
  const isForgotten =
    fact.isAsync &&
    outer !== undefined &&
    [...callsIn(outer.body)].some(
      ({ call: { callee, args } }) =>
        callee.kind === 'member' &&
        callee.name === 'forEach' &&
        args.some((it) => it.kind === 'function' && it.function === fact.id),
    );
  return { inCatch: false, inLoop: false, after: [], isForgotten };
}

function* visit(actions: readonly Action[], context: Context): Iterable<LostCompensation> {
  for (const [index, action] of actions.entries()) {
    const here = context.inCatch
      ? { ...context, after: [...actions.slice(index + 1), ...context.after] }
      : context;
    if (action.kind === 'call') {
      yield* lossesOf(action, here);
    } else if (action.kind === 'try') {
      yield* visit(action.body, action.handler === null ? here : { ...here, guardedBy: action });
      const inCatch = { ...here, inCatch: true, after: here.inCatch ? here.after : [] };
      yield* visit(action.handler ?? [], inCatch);
      yield* visit(action.finalizer, here);
    } else {
      const inner = action.kind === 'loop' ? { ...here, inLoop: true } : here;
      for (const list of branchesOf(action)) yield* visit(list, inner);
    }
  }
}

function* lossesOf(action: CallAction, here: Context): Iterable<LostCompensation> {
  const loss = isCompensating(action, here) ? lossOf(action, here) : undefined;
  const isLostAnyhow =
    loss !== 'floating' ||
    (here.isForgotten && here.guardedBy !== undefined && staysInMemory(here.guardedBy)) ||
    lossOf({ ...action, settled: 'awaited' }, inTurn(here)) !== undefined;
  const isActivity = proxyOf(here.facts, action.call) !== undefined;
  const found = { fn: here.fn, action, isLostAnyhow, isActivity };
  if (loss) yield { ...found, loss };
  if (loss || !here.isUndoing || !here.guardedBy || !isWork(action)) return;
  // What answers for its own failure is the compensation, and the rest keeps notes of it.
  const isAnswered = [...callsIn(here.guardedBy.body)].some((it) => isWork(it) && answersItself(it, here));
  if (isOnlyLogging(here.guardedBy, here) && !isAnswered)
    yield { ...found, loss: 'only-logged', by: here.guardedBy };
}

/** A callback that `forEach` forgets, as the body of a loop that waits. */
function inTurn(here: Context): Context {
  return here.isForgotten ? { ...here, isForgotten: false, inCatch: true, inLoop: true } : here;
}

/** What a compensation waits for, be it here or elsewhere. */
function isWork({ settled, roles }: CallAction): boolean {
  return settled === 'awaited' && !roles.some((it) => it.kind === 'log' || it.kind === 'read');
}

/** By what it is called, by the stack that it comes from, or by the topic that it asks on. */
function isCompensating(action: CallAction, { model, facts, fn, inLoop, ofSteps }: Context): boolean {
  const { call, roles } = action;
  if (roles.some((it) => it.kind === 'log') || isKeptTrying(action)) return false;
  const stack = takenOffStacks(facts).get(action);
  if (stack) return !holdsKeptTries(facts, stack);
  if (journalOf(action)) return journalsUndoing(facts, action);
  if (ofSteps.has(call.at.start)) return true;
  const published = roles.find((it) => it.kind === 'publish');
  if (published?.kind === 'publish') {
    const topic = model.program.stringOf(facts.file, published.channel ?? published.event);
    return topic !== undefined && asking.test(topic) && published.gives !== 'nothing';
  }
  const { callee } = call;
  if (callee.kind === 'name') return stacked.test(callee.name) && (inLoop || stackName.test(fn.fact.name));
  if (callee.kind !== 'member' || !undoingCall.test(callee.name)) return false;
  const object = callee.object.kind === 'name' || callee.object.kind === 'member' ? callee.object.name : '';
  // `rollback` is a transaction's word too: then what it is called on must be a step.
  const isTransaction = roles.some((it) => it.kind === 'transaction') || endsTransaction(action, model, fn);
  return !plumbing.test(object) && (!isTransaction || /^(?:s|it)$|step|activit|participant/i.test(object));
}

/** `files.rollbackSession(session)`, which aborts a transaction of the database. */
function endsTransaction({ call }: CallAction, { program }: EventModel, fn: FunctionNode): boolean {
  const callees = program.calleesOf(fn.file, fn, call);
  return callees.some(({ fact }) =>
    [...callsIn(fact.body)].some(({ roles }) =>
      roles.some((it) => it.kind === 'transaction' && it.phase === 'rollback'),
    ),
  );
}

const takenOffStacks = once(
  (facts: FileFacts): ReadonlyMap<CallAction, BackRun> =>
    new Map(backRunsIn(facts).map((it) => [it.action, it])),
);

/** The calls by which sagas that are one function take back a step, by file. */
const undoingOfSteps = perModel((model: EventModel): ReadonlyMap<FilePath, ReadonlySet<number>> => {
  const found = new Map<FilePath, Set<number>>();
  const sagas = model.sagas.filter((it) => it.fact.form === 'imperative' || it.fact.engine === 'temporal');
  for (const { file, at, known, isRow } of sagas.flatMap((it) => it.steps.flatMap((one) => one.undoing))) {
    if (known !== 'always' || isRow === true) continue;
    found.set(file, (found.get(file) ?? new Set()).add(at.start));
  }
  return found;
});

function lossOf(action: CallAction, context: Context): Loss | undefined {
  const { guardedBy, inCatch, inLoop, after, isForgotten } = context;
  if (isForgotten) return 'floating';
  if (action.settled === 'dropped') return givesPromise(action, context) ? 'floating' : undefined;
  if (action.settled === 'handled') return undefined;
  if (guardedBy) return isOnlyLogging(guardedBy, context) ? 'only-logged' : undefined;
  if (action.settled !== 'awaited' || !inCatch) return undefined;
  if (answersItself(action, context) || isSettledTogether(action, context)) return undefined;
  const isFollowed = inLoop || after.some((it) => it.kind === 'throw' || endsInCompensation(it, context));
  return isFollowed ? 'stops-the-others' : undefined;
}

function endsInCompensation(action: Action, context: Context): boolean {
  const calls = action.kind === 'call' ? [action] : branchesOf(action).flatMap((it) => [...callsIn(it)]);
  return calls.some((it) => isCompensating(it, context));
}

function givesPromise({ call, roles }: CallAction, { model, fn, facts }: Context): boolean {
  if (proxyOf(facts, call)) return true;
  if (roles.some((it) => it.kind === 'publish' && it.gives === 'promise')) return true;
  const callees = model.program.calleesOf(fn.file, fn, call);
  return callees.some(
    ({ fact }) => fact.isAsync || (fact.returns?.kind === 'ref' && fact.returns.name === 'Promise'),
  );
}

/** A handler that only prints, or keeps the error in memory: nobody retries, records or is called. */
function isOnlyLogging(tried: TryAction, { model, fn, facts }: Context): boolean {
  const kept = { facts, fn: fn.fact, tried };
  return (tried.handler ?? []).every((action) => {
    if (action.kind === 'assign') return !isToldLater(kept, action);
    if (action.kind === 'return') return !isAnswer(model, fn, action.value);
    if (action.kind !== 'call') return action.kind === 'continue';
    const { callee } = action.call;
    const isKept = callee.kind === 'member' && callee.name === 'push' && !isToldLater(kept, action);
    return action.roles.some((it) => it.kind === 'log') || isKept || computing.test(pathOf(callee));
  });
}
