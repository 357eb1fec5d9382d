// Sagas of a class whose methods hand a local object from step to step: what it holds is all that anybody knows of how far they came.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { durableEngines, sagaName, undoingCall } from '../../facts/sagaWords.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { isDeliveredAgain } from '../delivery/deliveredAgain.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { keepsSaga } from './forgetfulStores.ts';
import { leavesProcess } from './orchestrators.ts';

export interface ForgetfulState {
  readonly file: FilePath;
  readonly at: Span;
  /** The method that starts the saga. */
  readonly name: string;
  readonly fact: FunctionFact;
}

/** Those that write nothing down before their last step, and that no broker starts again. */
export function forgetfulStates(model: EventModel): readonly ForgetfulState[] {
  const found = saidOfFiles(model, 'sagas with a local state', (facts) => startsIn(model, facts));
  return found.filter(({ file, fact }) => !isDeliveredAgain(model, { file, fact }));
}

function startsIn(model: EventModel, facts: FileFacts): readonly ForgetfulState[] {
  const { file, functions, imports } = facts;
  if (imports.some((it) => durableEngines.test(it.from))) return [];
  return functions.flatMap((fact): readonly ForgetfulState[] => {
    const { owner, name, at } = fact;
    if (owner === undefined || !sagaName.test(owner)) return [];
    const own = functions.filter((it) => it.owner === owner);
    const holdsAll = statesIn(facts, fact).some((it) => isHandedOn(fact, it) && isFilled(own, it));
    if (!holdsAll || own.some((it) => keepsSaga(facts, it))) return [];
    return isForgetful(model, { file, fact }) ? [{ file, at, name, fact }] : [];
  });
}

/** The names of objects that a function makes for itself: `const state = { step: 'reserve', reservationId: null }`. */
function statesIn({ bindings }: FileFacts, { span }: FunctionFact): readonly string[] {
  return bindings.flatMap(({ name, at, init }) =>
    init?.kind === 'object' && span.start <= at.start && at.end <= span.end ? [name] : [],
  );
}

/** `await this.compensate(state)`: by it is known what is to be taken back. */
function isHandedOn({ body }: FunctionFact, state: string): boolean {
  return callsIn(body).some(
    ({ call: { callee, args } }) =>
      callee.kind === 'member' &&
      callee.object.kind === 'this' &&
      undoingCall.test(callee.name) &&
      args.some((it) => it.kind === 'name' && it.name === state),
  );
}

/** `state.paymentId = …` at two places at least, under the same name wherever it is handed to. */
function isFilled(own: readonly FunctionFact[], state: string): boolean {
  const fills = own.flatMap(({ body }) =>
    actionsIn(body).filter((it) => it.kind === 'assign' && isMemberOf(it.target, state)),
  );
  return fills.length > 1;
}

function isMemberOf(target: Expr, state: string): boolean {
  return target.kind === 'member' && target.object.kind === 'name' && target.object.name === state;
}

/** Whether it has at least two things done elsewhere, and nothing is written before the last. */
function isForgetful(model: EventModel, fn: FunctionNode): boolean {
  const deeds = new Map<number, Effect[]>();
  for (const it of model.bodyOf(fn).effects) {
    const place = [it, ...it.via.toReversed()].find(({ file }) => file === fn.file);
    if (place && !it.inCatch) deeds.set(place.at.start, [...(deeds.get(place.at.start) ?? []), it]);
  }
  const steps = [...deeds.values()].filter((it) => it.some(isElsewhere));
  const before = [...deeds.values()].slice(0, -1).flat();
  return steps.length > 1 && !before.some(({ role }) => role.kind === 'write');
}

function isElsewhere({ role }: Effect): boolean {
  return role.kind === 'remote' || leavesProcess(role);
}
