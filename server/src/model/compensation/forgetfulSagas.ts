// Sagas in one function that know only from a stack, a state or a flag in memory what they have done and must take back.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr } from '../../facts/expressions.ts';
import { sagaName } from '../../facts/sagaWords.ts';
import { callsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { isDeliveredAgain } from '../delivery/deliveredAgain.ts';
import type { Effect, EventModel, FunctionNode, SagaNode, StepNode } from '../model.ts';
import { claimsToKeep, leavesProcess } from '../sagas/orchestrators.ts';
import { isCommand, isCompensatedElsewhere } from '../sagas/sagaSigns.ts';

/** Those that write nothing down before their last step, and that no broker starts again. */
export function forgetfulSagas(model: EventModel): readonly SagaNode[] {
  return model.sagas.filter((saga) => {
    const { form, engine, function: id } = saga.fact;
    const fact = id === undefined ? undefined : model.files.get(saga.file)?.functions[id];
    if (form !== 'imperative' || engine !== undefined || !fact) return false;
    const fn = { file: saga.file, fact };
    const last = lastHeld(saga);
    return last !== undefined && !keepsProgress(model, fn, last, saga) && !isDeliveredAgain(model, fn);
  });
}

/** The last of at least two steps at other parties, where one is taken back by a stack, by whatever calls itself a saga, or by a command. */
function lastHeld({ name, fact, steps }: SagaNode): StepNode | undefined {
  const isAsked = steps.some(isCompensatedElsewhere);
  const held = steps.filter((it) => isCompensatedElsewhere(it) || (it.deed && isElsewhere(it, isAsked)));
  const isStacked = held.some((it) => it.undoing.some(({ known }) => known !== 'always'));
  const isNamed = sagaName.test(`${name} ${fact.owner ?? ''}`) && held.some((it) => it.undoing.length > 0);
  return (isStacked || isNamed || isAsked) && held.length > 1 ? held.at(-1) : undefined;
}

/** Another system does it, or nobody can read who. */
function isElsewhere({ effects }: StepNode, isAsked: boolean): boolean {
  const isRemote = (it: Effect): boolean => it.role.kind === 'remote' || (isAsked && isCommand(it));
  return effects.length === 0 || effects.some(isRemote);
}

function keepsProgress(model: EventModel, fn: FunctionNode, last: StepNode, { steps }: SagaNode): boolean {
  const isBefore = (it: Effect): boolean => !it.inCatch && (it.via[0] ?? it).at.start < last.at.start;
  const isKept = (it: Effect): boolean => leavesProcess(it.role) && !isCommand(it);
  if (model.bodyOf(fn).effects.some((it) => isBefore(it) && isKept(it))) return true;
  const facts = model.files.get(fn.file);
  return [...callsIn(fn.fact.body)].some(
    (it) =>
      it.call.at.start < last.at.start &&
      !steps.some(({ at }) => isAround(it.call, at)) &&
      ((facts !== undefined && claimsToKeep(it, facts)) || isUnknown(model, fn, it)),
  );
}

/** A step, and what only waits for it: `firstValueFrom(client.send(…))`. */
function isAround({ at, span, callee }: CallExpr, { start }: Span): boolean {
  if (at.start === start) return true;
  const isWaiting = callee.kind === 'name' && /^(?:first|last)ValueFrom$/.test(callee.name);
  return isWaiting && span.start <= start && start < span.end;
}

/** What can't be read may write anything; `….catch((it) => { error = it; })` is read. */
function isUnknown({ program }: EventModel, fn: FunctionNode, { call, settled, roles }: CallAction): boolean {
  if (settled !== 'awaited' || roles.length > 0 || isChained(call)) return false;
  return program.calleesOf(fn.file, fn, call).length === 0;
}

/** What comes of a promise goes to functions that stand there. */
function isChained({ callee, args }: CallExpr): boolean {
  const isPromise = callee.kind === 'member' && callee.object.kind === 'call';
  return (
    isPromise && /^(?:catch|then|finally)$/.test(callee.name) && args.every((it) => it.kind === 'function')
  );
}
