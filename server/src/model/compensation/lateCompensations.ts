// Compensations that a saga comes to know only when the step has returned: a step that timed out but took effect is never undone.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { BindingId, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { actionsIn, callsIn, namesIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import type { Effect, EventModel, StepNode, Undoing } from '../model.ts';
import { callsOfSteps } from '../sagas/orchestrators.ts';
import { backRunsOf, baseOf } from './backRuns.ts';
import { lateMarks } from './lateMarks.ts';

/** `step`: one step of a saga that is a function; `mark`: the same, by what its compensation asks; `entry`: the same, where that is a list; `runner`: what runs every step, so that it is one fault for all. */
export interface LateCompensation {
  readonly of: 'step' | 'mark' | 'entry' | 'runner';
  readonly file: FilePath;
  /** Where it is kept: `push`. */
  readonly at: Span;
  readonly symbol: string;
  /** What is kept there, or the list that takes the step in. */
  readonly kept: string;
  /** The call that may take effect without returning. */
  readonly deed: { readonly name: string; readonly at: Span };
}

/** All of them. What a transaction of the database takes back needs no compensation. */
export function* lateCompensations(model: EventModel): Iterable<LateCompensation> {
  for (const saga of model.sagas) {
    const { file, steps } = saga;
    for (const { step, name, list, ...place } of lateMarks(model, saga)) {
      const of = list === undefined ? 'mark' : 'entry';
      if (isElsewhere(step))
        yield { of, ...place, symbol: name, kept: list ?? name, deed: { name: step.name, at: step.at } };
    }
    for (const step of steps) {
      const late = step.undoing.every((it) => it.known === 'after') ? step.undoing[0] : undefined;
      const place = late && keptAt(model, late);
      if (!late || !place || !isElsewhere(step) || place.file !== file) continue;
      yield { of: 'step', ...place, kept: late.name, deed: { name: step.name, at: step.at } };
    }
  }
  // A runner takes back from a list in its own file.
  const files = areLocal(model) ? [] : new Set(backRunsOf(model).map(({ fn }) => fn.file));
  for (const file of files) {
    const facts = model.files.get(file);
    if (facts) yield* inRunners(facts).filter((it) => isRunBack(model, facts, it.kept));
  }
}

/** The push; what stands on the stack may be declared elsewhere. */
function keptAt(
  model: EventModel,
  { file, at }: Undoing,
): Pick<LateCompensation, 'file' | 'at' | 'symbol'> | undefined {
  const functions = model.files.get(file)?.functions ?? [];
  for (const { body } of functions) {
    for (const { call } of callsIn(body))
      if (call.at.start === at.start) return { file, at: call.at, symbol: calleeName(call.callee) ?? 'push' };
  }
  return undefined;
}

/** Whether what a step does can take effect though the call fails: it is done by somebody else, or nobody can read it. */
function isElsewhere({ effects, deed }: StepNode): boolean {
  return effects.length === 0 ? deed !== undefined : effects.some(isRemote);
}

function isRemote({ role }: Effect): boolean {
  return role.kind === 'remote' || (role.kind === 'publish' && role.isRequest === true);
}

/** Whether all steps that are known to be run from lists only write to the database of the saga itself. */
function areLocal({ sagas }: EventModel): boolean {
  const effects = sagas
    .filter((it) => it.fact.form === 'steps')
    .flatMap((it) => it.steps.flatMap((one) => one.effects));
  return effects.length > 0 && effects.every(({ role }) => role.kind === 'write');
}

/** `await step.execute(); done.push(step);` where only what is in `done` is taken back. */
const inRunners = once((facts: FileFacts): readonly LateCompensation[] =>
  facts.functions.flatMap((fact) => callsOfSteps(fact).flatMap((doing) => keptLate(facts, fact, doing))),
);

function keptLate(facts: FileFacts, fact: FunctionFact, doing: CallAction): readonly LateCompensation[] {
  const item = itemOf(doing);
  const kept = item && keptAfter(facts, fact, doing, item);
  if (!item || !kept || isKnownBefore(facts, fact, doing, item) || isTakenBackItself(fact, item)) return [];
  const deed = { name: calleeName(doing.call.callee) ?? 'step', at: doing.call.at };
  return [{ of: 'runner', file: facts.file, at: kept.at, symbol: kept.symbol, kept: kept.list, deed }];
}

/** What tells one step from the other: the variable that holds it, or the counter. */
type Item = (expr: Expr) => boolean;

function itemOf({ call: { callee } }: CallAction): Item | undefined {
  const names = callee.kind === 'member' ? [...namesIn(callee.object), ...counters(callee.object)] : [];
  const ids = new Set(
    names.flatMap((it): readonly BindingId[] => (it.binding === undefined ? [] : [it.binding])),
  );
  if (ids.size === 0) return undefined;
  return (expr) =>
    [...namesIn(expr), ...counters(expr)].some((it) => it.binding !== undefined && ids.has(it.binding));
}

function counters(expr: Expr): readonly (Expr & { readonly kind: 'name' })[] {
  if (expr.kind !== 'member') return [];
  return [...(expr.index ? namesIn(expr.index) : []), ...counters(expr.object)];
}

interface Kept {
  readonly at: Span;
  readonly symbol: string;
  readonly list: string;
}

function keptAfter(facts: FileFacts, fact: FunctionFact, doing: CallAction, item: Item): Kept | undefined {
  for (const action of actionsIn(fact.body)) {
    const kept = keptBy(action);
    if (!kept?.items.some((it) => isOf(facts, it, item))) continue;
    if (mayFollow(fact.body, doing.call.at.start, kept.at.start)) return kept;
  }
  return undefined;
}

/** `done.push(step)`, `done = [step, ...done]`. */
function keptBy(action: Action): (Kept & { readonly items: readonly Expr[] }) | undefined {
  if (action.kind === 'assign') {
    const { target, value } = action;
    const list = baseOf(target)?.name;
    if (value.kind !== 'array' || list === undefined) return undefined;
    const isGrown = value.items.some((it) => baseOf(it)?.name === list);
    return isGrown ? { at: target.at, symbol: list, list, items: value.items } : undefined;
  }
  if (action.kind !== 'call') return undefined;
  const { callee, args, at } = action.call;
  if (callee.kind !== 'member' || !/^(?:push|unshift|add)$/.test(callee.name)) return undefined;
  const list = baseOf(callee.object)?.name;
  return list === undefined ? undefined : { at, symbol: callee.name, list, items: args };
}

/** The step itself, its name, or a function that takes it back. */
function isOf(facts: FileFacts, arg: Expr, item: Item): boolean {
  if (arg.kind === 'template' || arg.kind === 'string') return false;
  if (arg.kind !== 'function') return item(arg);
  const body = facts.functions[arg.function]?.body ?? [];
  return [...callsIn(body)].some((it) => item(it.call.callee));
}

/** Whether what goes back runs through that list, or one that is made of it. */
function isRunBack(model: EventModel, facts: FileFacts, list: string): boolean {
  const runs = backRunsOf(model).filter((it) => it.fn.file === facts.file);
  const names = runs.map((it) => baseOf(it.list)?.name);
  if (names.includes(list)) return true;
  return facts.bindings.some((it) => it.init && names.includes(it.name) && baseOf(it.init)?.name === list);
}

/** Whether the step is written down or kept anywhere before it runs. */
function isKnownBefore(facts: FileFacts, fact: FunctionFact, doing: CallAction, item: Item): boolean {
  return [...callsIn(fact.body)].some((action) => {
    if (action === doing || action.roles.some((it) => it.kind === 'log')) return false;
    if (!mayFollow(fact.body, action.call.at.start, doing.call.at.start)) return false;
    return action.call.args.some((it) => isOf(facts, it, item));
  });
}

/** `catch { await step.compensate(); … }`: the one that failed is taken back too. */
function isTakenBackItself(fact: FunctionFact, item: Item): boolean {
  return [...eachAction(fact.body)].some((action) => {
    if (action.kind !== 'try') return false;
    return [...callsIn(action.handler ?? [])].some(
      ({ call: { callee } }) =>
        callee.kind === 'member' &&
        /compensat|rollback|undo|revert/i.test(callee.name) &&
        item(callee.object),
    );
  });
}
