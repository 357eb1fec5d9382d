// Runs through the steps of a saga that end at the first compensation that fails: the steps before it stay done.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { durableEngines } from '../../facts/sagaWords.ts';
import { actionsIn } from '../../facts/walk.ts';
import { answersItself } from '../failures/answering.ts';
import { callersOf, followsFailure, isTriedInCatch, standsInCatch } from '../failures/followingFailure.ts';
import type { EventModel } from '../model.ts';
import { triesOf } from '../sagas/activities.ts';
import { holdsKeptTries, isKeptTrying } from '../sagas/journals.ts';
import { runsSteps } from '../sagas/orchestrators.ts';
import { backRunsOf, type BackRun } from './backRuns.ts';
import { lostCompensations, type LostCompensation } from './compensating.ts';

/** Those in a function of their own, or whose catch throws again; the others are lost where they stand. */
export function* haltedRuns(model: EventModel): Iterable<LostCompensation> {
  const lost = new Set(lostCompensations(model).map((it) => it.action));
  for (const run of backRunsOf(model)) {
    const { fn, action } = run;
    const facts = model.files.get(fn.file);
    if (!facts || lost.has(action) || !isInTurn(run) || isAnswered(model, facts, run)) continue;
    const tried = triedAround(fn.fact.body, action);
    if (tried.some((it) => !throwsAgain(it, run)) || standsInCatch(fn.fact.body, action)) continue;
    const callers = callersOf(model, fn);
    if (callers.some(({ action: it }) => lost.has(it) && it.settled === 'awaited')) continue;
    if (callers.some(({ caller, action: it }) => isTriedInCatch(caller.fact.body, it))) continue;
    if (runsSteps(fn.fact) || followsFailure(model, fn))
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
    triesOf(model, facts, action) !== 'once' ||
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
