// Functions that answer for all that fails in them: their caller learns of nothing, and goes on.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { CallExpr } from '../../facts/expressions.ts';
import { actionsIn, branchesOf, callsIn } from '../../facts/walk.ts';
import { backRunsOf } from '../compensation/backRuns.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { putInto } from '../sagas/journals.ts';

interface Caller {
  readonly model: EventModel;
  readonly fn: FunctionNode;
}

/** Whether what is called catches all that fails in it, so that nothing reaches the caller. */
export function answersItself({ call }: CallAction, { model, fn }: Caller, depth = 0): boolean {
  if (depth >= 3) return false;
  const known = model.program.calleesOf(fn.file, fn, call);
  const callees = known.length > 0 ? known : listedFor(model, fn, call);
  return callees.length > 0 && callees.every((it) => answersFor(model, it, depth));
}

/** `for (const undo of undos) await undo()`: the functions that were put into the list; none where anything else was. */
function listedFor(model: EventModel, { file }: FunctionNode, call: CallExpr): readonly FunctionNode[] {
  const facts = model.files.get(file);
  const run = backRunsOf(model).find((it) => it.fn.file === file && it.action.call === call);
  const put = facts && run ? putInto(facts, run) : [];
  const functions = put.flatMap((it) => {
    const fact = it.kind === 'function' ? facts?.functions[it.function] : undefined;
    return fact ? [{ file, fact }] : [];
  });
  return functions.length === put.length ? functions : [];
}

/** `depth`: how many calls lead to it. */
function answersFor(model: EventModel, fn: FunctionNode, depth: number): boolean {
  const { body } = fn.fact;
  const isAnswered = (it: CallAction): boolean => answersItself(it, { model, fn }, depth + 1);
  const isPassed = (it: CallAction): boolean => isAnswered(it) || keepsProgress(model, fn, it);
  const isTried = [...actionsIn(body)].some(
    (it) => isCaught(it) || (it.kind === 'call' && it.settled === 'awaited' && isAnswered(it)),
  );
  return isTried && body.every((it) => isHarmless(it, isPassed));
}

function isCaught(action: Action): boolean {
  return action.kind === 'try' && action.handler !== null && ![...actionsIn(action.handler)].some(isThrow);
}

const noting = /^(?:mark|save|store|update|record|persist|set|upsert|write)(?![a-z])/;
const noted = /saga|progress|state|status|step|checkpoint|journal|compensati(?:ng|on)/i;

/** `saveStatus(id, step, 'compensating')`: a saga whose progress is stored goes on from there, whatever failed to be stored. */
function keepsProgress(model: EventModel, fn: FunctionNode, { call, roles }: CallAction): boolean {
  const isNamed = noting.test(calleeName(call.callee) ?? '');
  const callees = model.program.calleesOf(fn.file, fn, call);
  const effects = callees.flatMap((it) => model.bodyOf(it).effects.map(({ role }) => role));
  const written = [...roles, ...effects].flatMap((it) => (it.kind === 'write' ? [it] : []));
  const isElsewhere = [...roles, ...effects].some((it) => it.kind === 'remote' || it.kind === 'publish');
  const isOfSaga = noted.test(pathOf(call.callee)) || written.some((it) => noted.test(it.store ?? ''));
  return written.length > 0 && !isElsewhere && isOfSaga && (isNamed || callees.length === 0);
}

function isHarmless(action: Action, isPassed: (it: CallAction) => boolean): boolean {
  if (isCaught(action)) return true;
  if (action.kind === 'call') return action.settled !== 'awaited' || isPassed(action);
  return !isThrow(action) && branchesOf(action).every((it) => it.every((one) => isHarmless(one, isPassed)));
}

function isThrow({ kind }: Action): boolean {
  return kind === 'throw';
}

/** `Promise.allSettled([refund(id), release(id)])`: all of them run, whichever fails. */
export function isSettledTogether({ call }: CallAction, { fn }: Pick<Caller, 'fn'>): boolean {
  return callsIn(fn.fact.body).some(
    (it) =>
      pathOf(it.call.callee) === 'Promise.allSettled' &&
      it.call.span.start < call.span.start &&
      call.span.end < it.call.span.end,
  );
}
