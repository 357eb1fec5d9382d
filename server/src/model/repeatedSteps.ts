// Steps that run again: a saga that is resumed after a crash, a durable engine, or a retry repeats the step whose answer was lost.
import { callsIn } from '../facts/walk.ts';
import { triesOnce } from './activities.ts';
import type { Effect, EventModel, FunctionNode, SagaNode, StepNode } from './model.ts';
import { perModel } from './perModel.ts';
import { orchestratorsOf } from './orchestrators.ts';

/** Why a step may run again. */
export type Repeat = 'engine' | 'resume' | 'retry';

export interface RepeatedCall {
  readonly saga: SagaNode;
  readonly step: StepNode;
  readonly effect: Effect;
  readonly why: Repeat;
}

const resuming = /resume|recover|abandon|unfinished|restart|pick_?up|continue/i;
/** Verbs by which HTTP says that a repeat is harmless. */
const repeatable = /\.(?:put|delete|get|head|patch)$/i;

/** Remote calls that a repeated step makes again without a key by which the receiver would know the repeat. */
export function* unkeyedCalls(model: EventModel): Iterable<RepeatedCall> {
  for (const saga of model.sagas) {
    for (const step of saga.steps) {
      const effect = [...step.effects, ...effectsOfActivity(model, saga, step)].find(
        (it) => isUnkeyed(it) && !isRepeatable(model, it),
      );
      const why = effect && repeatOf(model, saga, effect);
      if (effect && why) yield { saga, step, effect, why };
      yield* unkeyedRefunds(model, saga, step);
    }
  }
}

/** Money that a compensation gives back, and gives back again when it is repeated. Other compensations harm nobody then. */
function* unkeyedRefunds(model: EventModel, saga: SagaNode, step: StepNode): Iterable<RepeatedCall> {
  for (const { functions } of step.undoing) {
    for (const effect of functions.flatMap((it) => model.bodyOf(it).effects)) {
      const call = effect.via[0] ?? effect;
      if (!isUnkeyed(effect) || isRepeatable(model, effect) || !/refund|credit|pay_?back/i.test(call.name))
        continue;
      const why = repeatOf(model, saga, effect);
      const name = call.name.slice(call.name.lastIndexOf('.') + 1);
      if (why) yield { saga, step: { ...step, name, file: call.file, at: call.at }, effect, why };
    }
  }
}

/** What an activity of Temporal does: the one function of the workspace that bears its name and stands outside of workflows. */
function effectsOfActivity(
  model: EventModel,
  { fact, file }: SagaNode,
  { name }: StepNode,
): readonly Effect[] {
  if (fact.engine !== 'temporal' || triesOnce(model) === true) return [];
  const named =
    functionsByName(model)
      .get(name)
      ?.filter((it) => it.file !== file) ?? [];
  const [activity] = named;
  return activity && named.length === 1 ? model.bodyOf(activity).effects : [];
}

const functionsByName = perModel((model: EventModel): ReadonlyMap<string, readonly FunctionNode[]> => {
  const found = new Map<string, FunctionNode[]>();
  for (const { file, functions, imports } of model.files.values()) {
    if (imports.some((it) => it.from === '@temporalio/workflow')) continue;
    for (const fact of functions) {
      if (fact.isAbstract || !fact.isAsync || fact.name === '') continue;
      found.set(fact.name, [...(found.get(fact.name) ?? []), { file, fact }]);
    }
  }
  return found;
});

/** A payment or a POST that carries no key; mail is the business of whoever sends it. */
function isUnkeyed({ role, name, guarded, inCatch }: Effect): boolean {
  if (role.kind !== 'remote' || role.isRead || role.idempotencyKey || guarded === 'yes' || inCatch)
    return false;
  return role.what === 'payment' || (role.what === 'http' && !repeatable.test(name));
}

/** `fetch(url, { method: 'PUT' })`. */
function isRepeatable(model: EventModel, { file, at }: Effect): boolean {
  const functions = model.files.get(file)?.functions ?? [];
  const actions = functions.flatMap(({ body }) => [...callsIn(body)]);
  const args = actions.find((it) => it.call.at.start === at.start)?.call.args ?? [];
  return args.some((arg) => {
    const method = arg.kind === 'object' ? arg.entries.find((it) => it.key === 'method')?.value : undefined;
    return method?.kind === 'string' && /^(?:put|delete|patch)$/i.test(method.value);
  });
}

function repeatOf(model: EventModel, saga: SagaNode, effect: Effect): Repeat | undefined {
  const { fact } = saga;
  if (fact.engine !== undefined) return fact.engine === 'medusa' ? undefined : 'engine';
  if (isRetried(model, effect)) return 'retry';
  if (fact.form === 'steps') return isAnyResumed(model) ? 'resume' : undefined;
  return fact.form === 'imperative' && keepsProgress(model, saga) ? 'resume' : undefined;
}

/** A saga that writes down how far it came is taken up there after a crash. */
function keepsProgress(model: EventModel, { file, fact }: SagaNode): boolean {
  const fn = fact.function === undefined ? undefined : model.files.get(file)?.functions[fact.function];
  const effects = fn ? model.bodyOf({ file, fact: fn }).effects : [];
  return effects.some(
    ({ role }) => role.kind === 'write' && /saga|progress|workflow/i.test(role.store ?? ''),
  );
}

/** Whether a retry stands in a function on the way to the call. */
function isRetried(model: EventModel, effect: Effect): boolean {
  return [effect, ...effect.via].some(({ file, at }) => {
    const around = model.files
      .get(file)
      ?.functions.filter((it) => it.kind !== 'module' && it.span.start <= at.start && at.end <= it.span.end);
    return around?.some(({ body }) =>
      [...callsIn(body)].some(
        ({ roles, call }) =>
          roles.some((it) => it.kind === 'retry') && call.span.start <= at.start && at.end <= call.span.end,
      ),
    );
  });
}

/** An orchestrator that keeps its progress and takes up what a crash has left, or retries its steps. */
const isAnyResumed = perModel((model: EventModel) =>
  orchestratorsOf(model).some(
    ({ isPersisted, functions }) =>
      isPersisted &&
      functions.some(
        (fn) =>
          resuming.test(fn.name) ||
          [...callsIn(fn.body)].some((it) => it.roles.some(({ kind }) => kind === 'retry')),
      ),
  ),
);
