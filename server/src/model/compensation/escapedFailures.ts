// Steps whose failure leaves the catch that would take the others back: `return chargeCard()` without `await` leaves the try first.
import type { CallAction, TryAction } from '../../facts/actions.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel, SagaNode, StepNode } from '../model.ts';
import { proxyOf } from '../sagas/activities.ts';
import { backRunsIn } from './backRuns.ts';
import { isUndoing } from './undoing.ts';

export interface EscapedFailure {
  readonly saga: SagaNode;
  readonly step: StepNode;
  readonly action: CallAction;
  /** What the catch would take back. */
  readonly held: StepNode;
}

/** Those of a saga that is one function. */
export function* escapedFailures(model: EventModel, saga: SagaNode): Iterable<EscapedFailure> {
  const facts = model.files.get(saga.file);
  const fn = saga.fact.function === undefined ? undefined : facts?.functions[saga.fact.function];
  if (!facts || !fn?.isAsync) return;
  for (const tried of actionsIn(fn.body)) {
    if (tried.kind !== 'try' || !tried.handler) continue;
    for (const action of callsIn(tried.body)) {
      if (action.settled !== 'returned' || !givesPromise(model, saga, action)) continue;
      const { start } = action.call.at;
      const step = saga.steps.find((it) => it.file === saga.file && it.at.start === start);
      const held = saga.steps.find((it) => it.at.start < start && isTakenBackIn(model, tried, it));
      if (step && held) yield { saga, step, action, held };
    }
  }
}

function givesPromise(model: EventModel, { file, fact }: SagaNode, { call }: CallAction): boolean {
  const facts = model.files.get(file);
  const fn = fact.function === undefined ? undefined : facts?.functions[fact.function];
  if (!facts || !fn) return false;
  if (proxyOf(facts, call)) return true;
  const callees = model.program.calleesOf(file, { file, fact: fn }, call);
  return (
    callees.length > 0 &&
    callees.every(
      ({ fact: { isAsync, returns } }) => isAsync || (returns?.kind === 'ref' && returns.name === 'Promise'),
    )
  );
}

/** By a call of the catch itself, or by the stack that the catch runs down. */
function isTakenBackIn(
  model: EventModel,
  { handler }: TryAction,
  { compensation, undoing }: StepNode,
): boolean {
  if (compensation !== 'yes') return false;
  const calls = [...callsIn(handler ?? [])];
  return undoing.some(({ file, at, known }) => {
    if (known === 'always') return calls.some(({ call }) => call.at.start === at.start);
    const facts = model.files.get(file);
    const runs = new Set(facts ? backRunsIn(facts).map((it) => it.action) : []);
    return calls.some((it) => runs.has(it) || isUndoing(pathOf(it.call.callee)));
  });
}
