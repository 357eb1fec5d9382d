// The way from a handler to what it does: which function is entered by which call, and what a variable is given on it.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds, type FilePath, type Place } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';

/** A function on the way from the handler (the first level) to the publish, and the call in it that leads on. */
export interface Level {
  readonly entry: FunctionNode;
  readonly action: CallAction;
}

export interface Handling {
  readonly model: EventModel;
  readonly levels: readonly Level[];
}

/** The functions from a handler to an effect, each with the call that leads on; undefined where one is not found. */
export function levelsTo(
  model: EventModel,
  handler: FunctionNode,
  effect: Effect,
): readonly Level[] | undefined {
  const levels: Level[] = [];
  let entry: FunctionNode | undefined = handler;
  const stops = [...effect.via, effect];
  for (const [index, stop] of stops.entries()) {
    const action = callAt(model, stop);
    if (!action || !entry) return undefined;
    levels.push({ entry, action });
    const next: Place | undefined = stops[index + 1];
    entry = next && entered(model, { file: stop.file, fact: entry.fact }, action, next);
  }
  return levels;
}

/** Which callee the next stop stands in. */
function entered(
  model: EventModel,
  fn: FunctionNode,
  action: Level['action'],
  next: Place,
): FunctionNode | undefined {
  const callees = model.program.calleesOf(fn.file, fn, action.call);
  return callees.find((it) => it.file === next.file && holds(it.fact.span, next.at));
}

/** The level whose function a parameter belongs to. */
export function levelOfParameter(
  { levels }: Handling,
  file: FilePath,
  binding: BindingFact,
): number | undefined {
  const index = levels.findLastIndex(
    ({ entry }) => entry.file === file && entry.fact.id === binding.function,
  );
  return index < 0 ? undefined : index;
}

const calls = new WeakMap<FileFacts, ReadonlyMap<number, Level['action']>>();

function callAt(model: EventModel, { file, at }: Place): Level['action'] | undefined {
  const facts = model.files.get(file);
  if (!facts) return undefined;
  let found = calls.get(facts);
  if (!found) {
    const all = facts.functions.flatMap((fn) => [...callsIn(fn.body)]);
    calls.set(facts, (found = new Map(all.map((it) => [it.call.at.start, it]))));
  }
  return found.get(at.start);
}

/** The declaration behind an id. */
export function bindingOf(
  model: EventModel,
  file: FilePath,
  id: number | undefined,
): BindingFact | undefined {
  return id === undefined ? undefined : model.files.get(file)?.bindings[id];
}

/** The name that a reader calls a callee by. */
export function lastName(callee: Expr): string {
  return callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
}

export interface Assigned {
  readonly values: readonly Expr[];
  /** Members that are set on it. */
  readonly members: readonly string[];
  /** Something else may set what it carries: a method of its own with that name. */
  readonly isTouched: boolean;
}

/** What a variable and its members are given after the declaration. */
export function assignedTo(model: EventModel, file: FilePath, binding: BindingFact): Assigned {
  const facts = model.files.get(file);
  const isIt = (expr: Expr): boolean =>
    expr.kind === 'name' && bindingOf(model, file, expr.binding) === binding;
  const values: Expr[] = [];
  const members: string[] = [];
  let isTouched = false;
  for (const action of facts?.functions.flatMap((fn) => [...eachAction(fn.body)]) ?? []) {
    if (action.kind === 'assign' && isIt(action.target)) values.push(action.value);
    if (action.kind === 'assign' && action.target.kind === 'member' && isIt(action.target.object))
      members.push(action.target.name);
    if (action.kind !== 'call' || action.call.callee.kind !== 'member' || !isIt(action.call.callee.object))
      continue;
    isTouched ||= /correlat|causation|trace|context|metadata|header/i.test(action.call.callee.name);
  }
  return { values, members, isTouched };
}
