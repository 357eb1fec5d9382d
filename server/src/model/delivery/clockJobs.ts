// What a clock runs, and what is found again by it when nobody went on with it the first time.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { Level } from '../calls/handling.ts';
import { mayFollow } from '../calls/order.ts';
import { pathOf } from '../effects/effects.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { reachedFrom } from './redelivered.ts';

const clocks = /^(?:Cron(?:Job)?|Interval|Timeout|Scheduled?|OnSchedule|Every)$/;

/** Whether a decorator has a clock run a function: `@Cron('0 * * * *')`. */
export function isRunByClock({ decorators }: FunctionFact): boolean {
  return decorators.some((it) => clocks.test(it.name));
}

/** Functions that a clock runs: by a decorator, a timer or a loop without an end. */
export function jobsOf(model: EventModel): readonly FunctionNode[] {
  return saidOfFiles(model, 'jobs of a clock', (facts) =>
    facts.functions.flatMap((fact) => jobsAt(model, facts, fact)),
  );
}

function jobsAt(model: EventModel, facts: FileFacts, fact: FunctionFact): readonly FunctionNode[] {
  const fn = { file: facts.file, fact };
  const isJob =
    isRunByClock(fact) ||
    isSweepByName(facts, fact) ||
    actionsIn(fact.body).some((it) => it.kind === 'loop' && it.isEndless);
  const timed = callsIn(fact.body).flatMap((it) => timedBy(model, fn, it));
  return [...(isJob ? [fn] : []), ...timed];
}

/** A sweep that a script or an external clock starts; one behind a route needs a person. */
function isSweepByName({ types }: FileFacts, { name, owner, decorators }: FunctionFact): boolean {
  if (!/(?:stuck|stale|overdue|expired?|timed?_?out)/i.test(name) || decorators.length > 0) return false;
  if (!/^(?:sweep|expire|fail|cancel|abort|compensate|time|handle|process|recover|close|resume)/i.test(name))
    return false;
  return !types.some(
    (it) => it.name === owner && it.decorators.some((one) => /Controller|Resolver/.test(one.name)),
  );
}

function timedBy(
  model: EventModel,
  { file }: FunctionNode,
  { roles, call }: CallAction,
): readonly FunctionNode[] {
  const path = pathOf(call.callee);
  const isTimed =
    roles.some((it) => it.kind === 'schedule') || /cron|schedule|setInterval|repeat/i.test(path);
  // What runs at once, or only sleeps, is no deadline.
  if (!isTimed || /setImmediate|nextTick|queueMicrotask/.test(path)) return [];
  const functions = call.args.flatMap((it) => model.program.functionsOf(file, it));
  return functions.filter((it) => model.bodyOf(it).effects.length > 0);
}

/**
 * `const row = await this.rows.create(event); setTimeout(() => this.handle(row), delay)`, where a job of a clock finds such rows and
 * handles them as well: what the timer does not come to is done all the same. `index` is that of the call that nobody waits for.
 */
export function isTakenUp(model: EventModel, levels: readonly Level[], index: number): boolean {
  const started = levels[index + 1]?.entry;
  if (!started || !levels.slice(0, index + 1).some((it) => storesBefore(model, it))) return false;
  return model.program.callersOf(started).some(({ caller }) => {
    const isJob = isRunByClock(caller.fact) && caller.fact.decorators.every((it) => it.name !== 'Timeout');
    return isJob && reachedFrom(model, caller).some(({ fact }) => callsIn(fact.body).some(reads));
  });
}

function reads({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'read');
}

function storesBefore(model: EventModel, { entry, action }: Level): boolean {
  const { start } = action.call.at;
  return model.bodyOf(entry).effects.some((it) => {
    if (it.role.kind !== 'write' || it.role.operation === 'delete' || it.inCatch) return false;
    const head = (it.via[0] ?? it).at.start;
    return head < start && mayFollow(entry.fact.body, head, start);
  });
}
