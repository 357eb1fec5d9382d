// Steps that run again: a saga that is resumed after a crash, a durable engine, or a retry repeats the step whose answer was lost.
import { callsIn } from '../facts/walk.ts';
import type { Effect, EventModel, SagaNode, StepNode } from './model.ts';
import { once } from './once.ts';
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
      const effect = step.effects.find(isUnkeyed);
      const why = effect && repeatOf(model, saga, effect);
      if (effect && why) yield { saga, step, effect, why };
    }
  }
}

/** A payment or a POST that carries no key; mail is the business of whoever sends it. */
function isUnkeyed({ role, name, guarded, inCatch }: Effect): boolean {
  if (role.kind !== 'remote' || role.isRead || role.idempotencyKey || guarded === 'yes' || inCatch)
    return false;
  return role.what === 'payment' || (role.what === 'http' && !repeatable.test(name));
}

function repeatOf(model: EventModel, { fact }: SagaNode, effect: Effect): Repeat | undefined {
  if (fact.engine !== undefined) return fact.engine === 'medusa' ? undefined : 'engine';
  if (isRetried(model, effect)) return 'retry';
  return fact.form === 'steps' && isAnyResumed(model) ? 'resume' : undefined;
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
const isAnyResumed = once((model: EventModel) =>
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
