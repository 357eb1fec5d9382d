// Compensations that are called one after the other with no try between them: the first that fails keeps the others from running.
import type { Action, CallAction } from '../../facts/actions.ts';
import { durableEngines } from '../../facts/sagaWords.ts';
import { branchesOf, callsIn } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { throwsToBroker } from '../delivery/deliveredAgain.ts';
import { pathOf } from '../effects/effects.ts';
import { answersItself } from '../failures/answering.ts';
import { callersOf, followsFailure, isTriedInCatch } from '../failures/followingFailure.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfSagas } from '../incremental/about.ts';
import type { EventModel, FunctionNode, SagaNode } from '../model.ts';
import { isKeptTrying } from '../sagas/journals.ts';
import { lostCompensations, type LostCompensation } from './compensating.ts';
import { isUndoing } from './undoing.ts';
import { undoingFunctions } from './undoingFunctions.ts';

/** Those in a function that takes back a whole saga, and in a branch for a step that said no; a catch is looked at where it stands. */
export function* skippedCompensations(model: EventModel): Iterable<LostCompensation> {
  const told = new Set(lostCompensations(model).map((it) => it.action));
  const branches = saidOfSagas(model, 'compensations skipped in branches', (it) => inBranches(model, it));
  const found = [...inUndoingFunctions(model, told), ...branches.map(({ said }) => said)];
  for (const { fn, action } of found)
    if (!told.has(action))
      yield { fn, action, loss: 'stops-the-others', isLostAnyhow: true, isActivity: false };
}

interface Skipping {
  readonly fn: FunctionNode;
  readonly action: CallAction;
}

/** `async compensate() { await refund(); await release(); }`, which a catch calls. */
function* inUndoingFunctions(model: EventModel, told: ReadonlySet<CallAction>): Iterable<Skipping> {
  for (const fn of undoingFunctions(model).values()) {
    const callers = callersOf(model, fn);
    const isTold = callers.some(({ action }) => told.has(action));
    const isTried = callers.some(({ caller, action }) => isTriedInCatch(caller.fact.body, action));
    if (isTold || isTried || !followsFailure(model, fn) || isSeenTo(model, fn)) continue;
    const { body } = fn.fact;
    const undoing = bareCalls(body).filter((it) => takesBack(model, fn, it));
    const [first] = undoing;
    if (!first || !mayFail(model, fn, first)) continue;
    if (undoing.some((it) => mayFollow(body, first.call.at.start, it.call.at.start)))
      yield { fn, action: first };
  }
}

/** `if (shipment.failed) { await refund(); await release(); }` in the saga itself. */
function* inBranches(model: EventModel, { file, fact, steps }: SagaNode): Iterable<Skipping> {
  const own = fact.function === undefined ? undefined : model.files.get(file)?.functions[fact.function];
  if (fact.form !== 'imperative' || fact.engine !== undefined || !own) return;
  const fn = { file, fact: own };
  if (isSeenTo(model, fn)) return;
  const places = new Set(
    steps.flatMap(({ undoing }) =>
      undoing.flatMap((it) => (it.known === 'always' && it.file === file ? [it.at.start] : [])),
    ),
  );
  for (const list of failureBranches(own.body)) {
    const undoing = bareCalls(list);
    const index = undoing.findIndex((it) => places.has(it.call.at.start));
    const action = undoing[index];
    const others = undoing.slice(index + 1).filter((it) => isUndoing(pathOf(it.call.callee)));
    const isFollowed = others.some((it) => mayFollow(list, action?.call.at.start ?? 0, it.call.at.start));
    if (action && isFollowed && mayFail(model, fn, action)) yield { fn, action };
  }
}

/** An engine goes on with it, or a message that is delivered again does. */
function isSeenTo(model: EventModel, fn: FunctionNode): boolean {
  const imports = model.files.get(fn.file)?.imports ?? [];
  return imports.some((it) => durableEngines.test(it.from)) || throwsToBroker(model, fn);
}

/** The branches of `if`s outside of any try, the outermost alone. */
function failureBranches(body: readonly Action[]): readonly (readonly Action[])[] {
  return body.flatMap((it) => (it.kind === 'if' ? [it.then, it.otherwise] : []));
}

/** The calls whose failure ends the function: those outside of tries that catch, and of loops. */
function bareCalls(actions: readonly Action[]): readonly CallAction[] {
  return actions.flatMap((it): readonly CallAction[] => {
    if (it.kind === 'call') return [it];
    if (it.kind === 'loop' || (it.kind === 'try' && it.handler !== null)) return [];
    return branchesOf(it).flatMap(bareCalls);
  });
}

/** It says so, or asks for it on a topic; rows of one's own are rolled back together. */
function takesBack({ program }: EventModel, fn: FunctionNode, action: CallAction): boolean {
  const { call, settled, roles } = action;
  if (settled !== 'returned' && !isAwaited(fn, action)) return false;
  if (roles.some((it) => /^(?:log|read|write|transaction)$/.test(it.kind))) return false;
  const published = roles.find((it) => it.kind === 'publish');
  if (published?.kind !== 'publish') return isUndoing(pathOf(call.callee));
  const topics = [published.channel, published.event, ...call.args];
  return topics.some((it) => it !== undefined && isUndoing(program.stringOf(fn.file, it) ?? ''));
}

/** `await refund(id)`, `await firstValueFrom(client.send('refund', id))`, and not where the stream itself catches. */
function isAwaited({ fact }: FunctionNode, { settled, call: { at } }: CallAction): boolean {
  if (settled === 'awaited') return true;
  const calls = callsIn(fact.body);
  const around = calls.find(
    (it) =>
      it.settled === 'awaited' &&
      /^(?:first|last)ValueFrom$/.test(calleeName(it.call.callee) ?? '') &&
      holds(it.call.span, at),
  );
  const isCaught = (it: CallAction): boolean =>
    around !== undefined &&
    holds(around.call.span, it.call.at) &&
    /^(?:catchError|retry)/.test(calleeName(it.call.callee) ?? '');
  return around !== undefined && !calls.some(isCaught);
}

function mayFail(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  const facts = model.files.get(fn.file);
  return (
    isAwaited(fn, action) &&
    facts !== undefined &&
    !isKeptTrying(action) &&
    !answersItself(action, { model, fn }) &&
    !startsWithOthers(fn, action)
  );
}

/** `Promise.all([refund(id), release(id)])`: all of them have started. */
function startsWithOthers({ fact }: FunctionNode, { call: { at } }: CallAction): boolean {
  return callsIn(fact.body).some(
    ({ call: { callee, span } }) => holds(span, at) && /^Promise\./.test(pathOf(callee)),
  );
}
