// What a handler leaves to this process alone when it returns: another try that a timer holds, a list that a timer empties.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName } from '../fileIndex.ts';
import { aboutFunctions } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { classAt } from '../resolution/values.ts';
import { isRunByClock } from './clockJobs.ts';
import { reachedFrom } from './redelivered.ts';

export interface LeftInMemory {
  /** `tried`: a timer runs the same function again; `listed`: the message waits in a list. */
  readonly as: 'tried' | 'listed';
  readonly fn: FunctionNode;
  /** The call that starts the timer, or that puts the message into the list. */
  readonly action: CallAction;
  /** The function that goes on with it. */
  readonly next: FunctionNode;
}

/** All that a handler leaves so. */
export function leftInMemory(model: EventModel, handler: FunctionNode): readonly LeftInMemory[] {
  return aboutFunctions(model, 'left in memory', (file, fact) => [...leftBy(model, { file, fact })])(
    handler.file,
    handler.fact,
  );
}

/** What is done with the messages of a handler that wait in lists. One that looks or stores first may have let each pass only once. */
export function effectsOfLists(model: EventModel, handler: FunctionNode): readonly Effect[] {
  const listed = leftInMemory(model, handler).filter((it) => it.as === 'listed');
  const isPlain = (): boolean =>
    reachedFrom(model, handler).every(({ fact }) =>
      callsIn(fact.body).every(({ roles }) => roles.every((it) => it.kind === 'ack' || it.kind === 'log')),
    );
  if (listed.length === 0 || !isPlain()) return [];
  return listed.flatMap(({ fn, action: { call }, next }) => {
    const step = { file: fn.file, at: call.at, name: pathOf(call.callee) };
    return model.bodyOf(next).effects.map((it) => ({ ...it, via: [step, ...it.via] }));
  });
}

function* leftBy(model: EventModel, handler: FunctionNode): Iterable<LeftInMemory> {
  const reached = reachedFrom(model, handler);
  for (const fn of reached) {
    for (const action of callsIn(fn.fact.body)) {
      const again = triedAgain(model, fn, action, reached);
      if (again) yield { as: 'tried', fn, action, next: again };
      const taker = takenLater(model, fn, action, reached);
      if (taker) yield { as: 'listed', fn, action, next: taker };
    }
  }
}

/** `setTimeout(() => handle(order, attempt + 1), delay)` in `handle` itself. */
function triedAgain(
  model: EventModel,
  { file }: FunctionNode,
  { roles, call }: CallAction,
  reached: readonly FunctionNode[],
): FunctionNode | undefined {
  const bodies = roles.flatMap((it) => (it.kind === 'schedule' && it.isOnce && it.body ? [it.body] : []));
  const callbacks = bodies.flatMap((it) => model.program.functionsOf(file, it));
  const calls = callbacks.flatMap((it) => callsIn(it.fact.body).map((action) => ({ it, action })));
  // Somebody waits for the promise that is resolved then.
  if (calls.some(({ action }) => /^_?(?:resolve|done)/.test(calleeName(action.call.callee) ?? '')))
    return undefined;
  const around = reached.filter((it) => it.file === file && holds(it.fact.span, call.span));
  for (const { it, action } of calls) {
    if (action.call.args.length === 0) continue;
    const callees = model.program.calleesOf(it.file, it, action.call);
    const again = around.find(({ fact }) => callees.some((one) => one.fact === fact));
    if (again) return again;
  }
  return undefined;
}

/** The function that a timer runs and that empties the list into which a call puts something; one that the handler runs itself is none. */
function takenLater(
  model: EventModel,
  { file }: FunctionNode,
  { call: { callee, args } }: CallAction,
  reached: readonly FunctionNode[],
): FunctionNode | undefined {
  if (callee.kind !== 'member' || callee.name !== 'push' || args.length === 0) return undefined;
  const facts = model.files.get(file);
  const isList = facts && listAt(facts, callee.object);
  if (!isList) return undefined;
  const takers = facts.functions.filter(
    (it) => it.kind !== 'module' && actionsIn(it.body).some((action) => empties(action, isList)),
  );
  if (takers.some((fact) => reached.some((it) => it.fact === fact))) return undefined;
  const taker = takers.find((fact) => isTimed(model, facts, fact));
  return taker && { file, fact: taker };
}

/** Tells the list again, where it is a variable of the file or a field of the class, and starts empty. */
function listAt(facts: FileFacts, list: Expr): ((it: Expr) => boolean) | undefined {
  const isEmpty = (init: Expr | undefined): boolean => init?.kind === 'array' && init.items.length === 0;
  if (list.kind === 'name') {
    const binding = list.binding === undefined ? undefined : facts.bindings[list.binding];
    if (!binding?.isTopLevel || !isEmpty(binding.init)) return undefined;
    return (it) => it.kind === 'name' && it.binding === list.binding;
  }
  if (list.kind !== 'member' || list.object.kind !== 'this') return undefined;
  const owner = classAt(facts, list.at.start);
  if (!isEmpty(owner?.members.find((it) => it.name === list.name)?.init)) return undefined;
  return (it) =>
    it.kind === 'member' &&
    it.name === list.name &&
    it.object.kind === 'this' &&
    classAt(facts, it.at.start) === owner;
}

/** `list.splice(0)`, `list.shift()`, `list = []`, `list.length = 0`. */
function empties(action: Action, isList: (it: Expr) => boolean): boolean {
  if (action.kind === 'assign') {
    const { target } = action;
    return isList(target) || (target.kind === 'member' && target.name === 'length' && isList(target.object));
  }
  if (action.kind !== 'call' || action.call.callee.kind !== 'member') return false;
  const { name, object } = action.call.callee;
  return /^(?:splice|shift|pop)$/.test(name) && isList(object);
}

/** Whether a timer of the file, or a clock, runs a function. */
function isTimed(model: EventModel, { file, functions }: FileFacts, fact: FunctionFact): boolean {
  if (isRunByClock(fact)) return true;
  const run = functions
    .flatMap((it) => callsIn(it.body))
    .flatMap(({ roles }) => roles.flatMap((it) => (it.kind === 'schedule' && it.body ? [it.body] : [])));
  return run
    .flatMap((it) => model.program.functionsOf(file, it))
    .some((it) => reachedFrom(model, it).some((one) => one.fact === fact));
}
