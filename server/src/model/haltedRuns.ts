// Runs through the steps of a saga that end at the first compensation that fails: the steps before it stay done.
import type { Action, CallAction, TryAction } from '../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { durableEngines } from '../facts/sagaWords.ts';
import { actionsIn } from '../facts/walk.ts';
import { isTriedAgain } from './activities.ts';
import { answersItself } from './answering.ts';
import { backRunsOf, type BackRun } from './backRuns.ts';
import { lostCompensations, type LostCompensation } from './compensating.ts';
import { indexOf } from './fileIndex.ts';
import { holdsKeptTries, isKeptTrying } from './journals.ts';
import type { EventModel, FunctionNode } from './model.ts';
import { runsSteps } from './orchestrators.ts';

const maxDepth = 4;

/** Those in a function of their own, or whose catch throws again; the others are lost where they stand. */
export function* haltedRuns(model: EventModel): Iterable<LostCompensation> {
  const lost = new Set(lostCompensations(model).map((it) => it.action));
  for (const run of backRunsOf(model)) {
    const { fn, action } = run;
    const facts = model.files.get(fn.file);
    if (!facts || lost.has(action) || !isInTurn(run) || isAnswered(model, facts, run)) continue;
    const tried = triedAround(fn.fact.body, action);
    if (tried.some((it) => !throwsAgain(it, run)) || isOfCatch(fn.fact.body, action)) continue;
    const callers = callersOf(model, fn);
    if (callers.some(({ action: it }) => lost.has(it) && it.settled === 'awaited')) continue;
    if (runsSteps(fn.fact) || followsFailure(model, fn, 0))
      yield { fn, action, loss: 'stops-the-others', isLostAnyhow: true, isActivity: false };
  }
}

/** One after the other, each in the body of the loop itself. */
function isInTurn({ loop, action, isSequential }: BackRun): boolean {
  return isSequential && loop !== undefined && actionsIn(loop.body).includes(action);
}

/** An engine, a helper or the compensation itself sees to what fails. */
function isAnswered(model: EventModel, facts: FileFacts, run: BackRun): boolean {
  const { fn, action } = run;
  return (
    facts.imports.some((it) => durableEngines.test(it.from)) ||
    isKeptTrying(action) ||
    holdsKeptTries(facts, run) ||
    isTriedAgain(model, facts, action) ||
    answersItself(action, { model, fn })
  );
}

/** The tries whose body holds a call and that catch, the innermost last. */
function triedAround(body: readonly Action[], action: CallAction): readonly TryAction[] {
  return actionsIn(body).filter(
    (it): it is TryAction => it.kind === 'try' && it.handler !== null && actionsIn(it.body).includes(action),
  );
}

/** `catch (error) { logger.error(error); throw error; }` inside the loop: nothing is kept, and the loop ends. */
function throwsAgain({ at, handler }: TryAction, { loop }: BackRun): boolean {
  const actions = handler ?? [];
  const isInside = loop !== undefined && actionsIn(loop.body).some((it) => it.kind === 'try' && it.at === at);
  return (
    isInside &&
    actions.at(-1)?.kind === 'throw' &&
    actions.every(
      (it) =>
        it.kind === 'throw' ||
        (it.kind === 'call' && (it.settled === 'collected' || it.roles.some(({ kind }) => kind === 'log'))),
    )
  );
}

/** What stands in a catch is looked at with what comes after it there. */
function isOfCatch(body: readonly Action[], action: CallAction): boolean {
  return actionsIn(body).some((it) => it.kind === 'try' && actionsIn(it.handler ?? []).includes(action));
}

/** Whether a function runs only because a step failed: what somebody else runs as well may be run again. */
function followsFailure(model: EventModel, fn: FunctionNode, depth: number): boolean {
  const callers = depth < maxDepth ? callersOf(model, fn) : [];
  return (
    callers.length > 0 &&
    callers.every(
      ({ caller, action }) =>
        isOfCatch(caller.fact.body, action) ||
        runsSteps(caller.fact) ||
        isHandedToCatch(model, caller) ||
        followsFailure(model, caller, depth + 1),
    )
  );
}

interface Caller {
  readonly caller: FunctionNode;
  readonly action: CallAction;
}

function callersOf(model: EventModel, fn: FunctionNode): readonly Caller[] {
  return fn.fact.name === '' ? [] : model.program.callersOf(fn);
}

/** `.catch(async (error) => { await compensateAll(); throw error; })`. */
function isHandedToCatch(model: EventModel, { file, fact }: FunctionNode): boolean {
  const facts = model.files.get(file);
  const sites = facts ? (indexOf(facts).calls.get('catch') ?? []) : [];
  return sites.some(({ action }) => isGiven(action, fact));
}

function isGiven({ call: { args } }: CallAction, { id }: FunctionFact): boolean {
  return args.some((it) => it.kind === 'function' && it.function === id);
}
