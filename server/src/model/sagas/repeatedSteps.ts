// Steps that run again: a saga that is resumed after a crash, a durable engine, or a retry repeats the step whose answer was lost.
import type { Action, CallAction } from '../../facts/actions.ts';
import { actionsIn, callsIn, namesIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { perModel } from '../incremental/perModel.ts';
import type { Effect, EventModel, FunctionNode, SagaNode, StepNode } from '../model.ts';
import { triesOnce } from './activities.ts';
import { callsOfSteps, claimsToKeep, orchestratorsOf } from './orchestrators.ts';

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
      const repeated = triesOnce(model) === true ? [] : effectsOfActivity(model, saga, step);
      const effect = [...step.effects, ...repeated].find((it) => isUnkeyed(it) && !isRepeatable(model, it));
      const why = effect && repeatOf(model, saga, step, effect);
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
      const why = repeatOf(model, saga, step, effect);
      const name = call.name.slice(call.name.lastIndexOf('.') + 1);
      if (why) yield { saga, step: { ...step, name, file: call.file, at: call.at }, effect, why };
    }
  }
}

/** What an activity of Temporal does: the one function of the workspace that bears its name and stands outside of workflows. */
export function effectsOfActivity(
  model: EventModel,
  { fact, file }: Pick<SagaNode, 'fact' | 'file'>,
  { name }: Pick<StepNode, 'name'>,
): readonly Effect[] {
  if (fact.engine !== 'temporal') return [];
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
function isUnkeyed({ role, name, guarded, guard, inCatch }: Effect): boolean {
  if (role.kind !== 'remote' || role.isRead || role.idempotencyKey || inCatch) return false;
  // What an engine has run elsewhere it runs at least once: only that it has ended is kept.
  if (guarded === 'yes' && guard?.role?.isElsewhere !== true) return false;
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

function repeatOf(model: EventModel, saga: SagaNode, step: StepNode, effect: Effect): Repeat | undefined {
  const { fact } = saga;
  // Medusa tries a step once unless it is told otherwise.
  if (fact.engine === 'medusa') return step.fact?.isRetried === true ? 'retry' : undefined;
  if (fact.engine !== undefined) return 'engine';
  if (isRetried(model, effect)) return 'retry';
  if (fact.form === 'steps')
    return isAnyResumed(model) ? 'resume' : isAnyRetried(model) ? 'retry' : undefined;
  return fact.form === 'imperative' && keepsProgress(model, saga) ? 'resume' : undefined;
}

/** A saga that writes down how far it came is taken up there after a crash. */
function keepsProgress(model: EventModel, { file, fact }: SagaNode): boolean {
  const facts = model.files.get(file);
  const fn = fact.function === undefined ? undefined : facts?.functions[fact.function];
  if (!facts || !fn) return false;
  const isKept = model
    .bodyOf({ file, fact: fn })
    .effects.some(({ role }) => role.kind === 'write' && /saga|progress|workflow/i.test(role.store ?? ''));
  if (isKept) return true;
  const isResumed = facts.functions.some((it) => it.owner === fact.owner && resuming.test(it.name));
  return isResumed && fact.owner !== undefined && callsIn(fn.body).some((it) => claimsToKeep(it, facts));
}

/** Whether a retry stands in a function on the way to the call. */
function isRetried(model: EventModel, effect: Effect): boolean {
  return [effect, ...effect.via].some(({ file, at }) => {
    const around = model.files
      .get(file)
      ?.functions.filter((it) => it.kind !== 'module' && it.span.start <= at.start && at.end <= it.span.end);
    return around?.some(({ body }) => retriesAround(body, at));
  });
}

const attempt = /attempt|retr(?:y|ies)|tries/i;

/** `retry(() => charge(id))`, or a loop that counts attempts. */
function retriesAround(body: readonly Action[], at: Span): boolean {
  return actionsIn(body).some((action) => {
    if (action.kind === 'call')
      return action.roles.some((it) => it.kind === 'retry') && isWithin(at, action.call.span);
    if (action.kind !== 'loop' || !callsIn(action.body).some(({ call }) => isWithin(at, call.span)))
      return false;
    const asked = [action, ...actionsIn(action.body)].flatMap((it) =>
      (it.kind === 'loop' || it.kind === 'if') && it.condition ? [...namesIn(it.condition)] : [],
    );
    return asked.some((it) => attempt.test(it.name));
  });
}

function isWithin(at: Span, span: Span): boolean {
  return span.start <= at.start && at.end <= span.end;
}

/** An orchestrator that keeps its progress and takes up what a crash has left, or retries its steps. */
const isAnyResumed = perModel((model: EventModel) =>
  orchestratorsOf(model).some(
    ({ isPersisted, functions }) =>
      isPersisted && functions.some((fn) => resuming.test(fn.name) || callsIn(fn.body).some(isRetry)),
  ),
);

/** An orchestrator that retries each step: `retry(() => step.execute(…))`. */
const isAnyRetried = perModel((model: EventModel) =>
  orchestratorsOf(model).some(({ functions }) =>
    functions.some((fn) =>
      callsOfSteps(fn).some(({ call }) => functions.some((it) => retriesAround(it.body, call.at))),
    ),
  ),
);

function isRetry({ roles }: CallAction): boolean {
  return roles.some(({ kind }) => kind === 'retry');
}
