// The calls that take a step back, and what becomes of their failure.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { branchesOf, callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { answersItself, isSettledTogether } from '../failures/answering.ts';
import { isQuietCallback } from '../failures/quiet.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import { aboutFunctions, saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { proxyBehind, proxyOf, triesOf } from '../sagas/activities.ts';
import { runsElsewhere } from '../sagas/registrations.ts';
import { backRunsIn } from './backRuns.ts';
import { isCompensating, mayCompensate, undoingOfSteps, type CallPlace } from './compensatingCalls.ts';
import { isOnlyLogging, staysInMemory } from './keptFailures.ts';
import { isUndoing } from './undoing.ts';
import { undoingFunctions } from './undoingFunctions.ts';

const telling = /^(?:publish|emit|notify|announce|mark|save|update|record)/i;

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
  /** Other compensations stand behind it that don't run when it fails. */
  readonly keepsOthers?: boolean;
  /** A loop runs it. */
  readonly isInLoop?: boolean;
  /** The engine has tried it some times before. */
  readonly isTriedFirst?: true;
  /** Its failure is not even logged. */
  readonly isSilent?: true;
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
    const tries = facts ? triesOf(model, facts, it.action) : 'once';
    if (it.loss === 'floating') yield tries === 'once' ? it : { ...it, isLostAnyhow: false };
    else if (tries === 'once') yield it;
    else if (tries === 'some' && !isSeenTo(it)) yield { ...it, isTriedFirst: true };
  }
}

/**
 * A workflow that fails after some tries is on record, and what is only tidied up may be left. A loop that goes down what was done and
 * catches each is a runner that goes on by design.
 */
function isSeenTo({ loss, keepsOthers, isInLoop, action }: LostCompensation): boolean {
  const isTidying = /^(?:clean|tidy|reset|discard|purge)/i.test(calleeName(action.call.callee) ?? '');
  return isTidying || (loss === 'stops-the-others' ? keepsOthers !== true : isInLoop === true);
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
  const ofSaga = lossesOfSagas(model);
  for (const [file, ofSteps] of places) yield* ofSaga({ file, ofSteps, undoing });
}

/** A file whose sagas have compensations, which stand at these places. */
interface SagaFile {
  readonly file: FilePath;
  readonly ofSteps: ReadonlySet<number>;
  readonly undoing: ReadonlyMap<FunctionFact, unknown>;
}

function lossesOfSagas(model: EventModel): (of: SagaFile) => readonly LostCompensation[] {
  const undoingIn = ({ file, undoing }: SagaFile): readonly FunctionFact[] =>
    (model.files.get(file)?.functions ?? []).filter((it) => undoing.has(it));
  const keyOf = (of: SagaFile): string =>
    [of.file, ...of.ofSteps, 'undoing', ...undoingIn(of).map((it) => it.id)].join(' ');
  return model.keeper.keepBy('compensations lost by sagas', keyOf, ({ file, ofSteps, undoing }) => {
    const facts = model.files.get(file);
    if (!facts) return [];
    return suspects(facts, undoing, ofSteps).flatMap((fact) =>
      lossesIn(model, facts, fact, { isUndoing: undoing.has(fact), ofSteps }),
    );
  });
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
  facts.functions.filter(({ body }) => callsIn(body).some((it) => mayCompensate(facts, it))),
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

interface Context extends CallPlace {
  /** The innermost try whose body we are in. */
  readonly guardedBy?: TryAction;
  readonly inCatch: boolean;
  /** What still comes in the catch after the action. */
  readonly after: readonly Action[];
  /** In an async callback of `forEach`, whose promise nobody waits for. */
  readonly isForgotten: boolean;
  /** The function takes a step back: its work is the compensation. */
  readonly isUndoing: boolean;
}

/** A callback that `forEach` forgets, or the plain start of a body. */
function contextOf(
  facts: FileFacts,
  fact: FunctionFact,
): Pick<Context, 'inCatch' | 'inLoop' | 'after' | 'isForgotten'> {
  const { callee } = indexOf(facts).handed.get(fact.id)?.action.call ?? {};
  const isForgotten = fact.isAsync && callee?.kind === 'member' && callee.name === 'forEach';
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
  const isActivity =
    proxyBehind(here.model, here.facts, action.call) !== undefined || runsElsewhere(action) !== undefined;
  const keepsOthers = here.after.some((it) => endsInCompensation(it, here));
  const found = { fn: here.fn, action, isLostAnyhow, isActivity, keepsOthers, isInLoop: here.inLoop };
  const isSilent = ignoresFailure(toldBy(action, here), here);
  if (loss) yield { ...found, loss, ...(isSilent && { isSilent }) };
  if (loss || !here.isUndoing) return;
  if (isAllCaught(action, here)) yield { ...found, loss: 'only-logged', ...(isSilent && { isSilent }) };
  if (!here.guardedBy || !isWork(action)) return;
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

function lossOf(action: CallAction, context: Context): Loss | undefined {
  const { guardedBy, inCatch, inLoop, after, isForgotten } = context;
  if (isForgotten) return 'floating';
  if (action.settled === 'dropped') return givesPromise(action, context) ? 'floating' : undefined;
  if (action.settled === 'handled') return toldBy(action, context) ? 'only-logged' : undefined;
  if (guardedBy) return isOnlyLogging(guardedBy, context) ? 'only-logged' : undefined;
  if (action.settled !== 'awaited' || !inCatch) return undefined;
  if (answersItself(action, context) || isSettledTogether(action, context)) return undefined;
  const isFollowed = inLoop || after.some((it) => throws(it) || endsInCompensation(it, context));
  return isFollowed ? 'stops-the-others' : undefined;
}

/** `throw error`, or a choice between errors that are all thrown. */
function throws(action: Action): boolean {
  if (action.kind === 'throw') return true;
  return action.kind === 'if' && [action.then, action.otherwise].every((it) => it.some(throws));
}

/** What hears of a failure and does no more than log it: `refund(id).catch((error) => log(error))`. */
function toldBy({ call, settled }: CallAction, { model, fn }: Context): Expr | undefined {
  if (settled !== 'handled') return undefined;
  for (const { call: outer, settled: outcome, result } of callsIn(fn.fact.body)) {
    const { callee, args } = outer;
    const [callback] = args;
    if (callee.kind !== 'member' || callee.name !== 'catch' || !callback || result !== undefined) continue;
    const isIt = callee.object.kind === 'call' && callee.object.at.start === call.at.start;
    const isEnd = outcome === 'awaited' || outcome === 'dropped';
    if (isIt && isEnd && isQuietCallback(model, fn, callback)) return callback;
  }
  return undefined;
}

/** `() => {}`, `() => undefined`. */
function ignoresFailure(callback: Expr | undefined, { facts }: Context): boolean {
  const fn = callback?.kind === 'function' ? facts.functions[callback.function] : undefined;
  return fn?.body.every((it) => it.kind === 'return') ?? false;
}

/** `async ({ path }) => { await rm(path).catch(() => {}); }`: a compensation that waits for nothing else. */
function isAllCaught(action: CallAction, here: Context): boolean {
  if (!toldBy(action, here)) return false;
  const { span } = action.call;
  const isOther = (it: CallAction): boolean =>
    it.call.span.end <= span.start || it.call.span.start > span.end;
  return ![...callsIn(here.fn.fact.body)].some(
    (it) => isOther(it) && (isWork(it) || it.settled === 'returned'),
  );
}

function endsInCompensation(action: Action, context: Context): boolean {
  const calls = action.kind === 'call' ? [action] : branchesOf(action).flatMap((it) => [...callsIn(it)]);
  return calls.some((it) => isCompensating(it, context));
}

function givesPromise(action: CallAction, { model, fn, facts }: Context): boolean {
  const { call, roles } = action;
  if (proxyOf(facts, call) || runsElsewhere(action) !== undefined) return true;
  if (roles.some((it) => it.kind === 'publish' && /^(?:promise|observable)$/.test(it.gives ?? '')))
    return true;
  const callees = model.program.calleesOf(fn.file, fn, call);
  return callees.some(
    ({ fact }) => fact.isAsync || (fact.returns?.kind === 'ref' && fact.returns.name === 'Promise'),
  );
}
