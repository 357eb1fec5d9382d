// Places where a saga runs through what it kept, and takes back one after the other: loops, callbacks of arrays, stacks that are emptied.
import type { Action, CallAction, LoopAction, Settlement } from '../../facts/actions.ts';
import type { BindingId, CallExpr, Expr, FunctionId } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { undoingCall } from '../../facts/sagaWords.ts';
import { actionsIn, branchesOf, exprsOf, namesIn } from '../../facts/walk.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';

/** How the list is gone through: `index` by a counter, `pop` and `shift` empty it, the others hand items to a callback. */
export type Way = 'loop' | 'index' | 'pop' | 'shift' | 'forEach' | 'map' | 'reduce' | 'reduceRight';

export interface BackRun {
  readonly fn: FunctionNode;
  /** The call that takes one item back. */
  readonly action: CallAction;
  /** What it runs through, with `.reverse()` and the like. */
  readonly list: Expr;
  readonly way: Way;
  /** The loop around it, where there is one. */
  readonly loop?: LoopAction;
  /** The call that hands the items to a callback: `done.forEach(…)`. */
  readonly site?: CallAction;
  /** The call is waited for before the next begins. */
  readonly isSequential: boolean;
}

const stackLike = /compensat|rollbacks?$|undo|toRevert/i;
const running =
  /^(?:run|execute|action|fn|undo|handler|call|invoke|apply|perform|exec|revert|callback|task)$/;
const ofSaga = /step|activit|done|complet|execut|finish|success|started|participant|action|saga|stack/i;
const handing = /^(?:forEach|map|flatMap|reduce|reduceRight)$/;

/** All of them, in the order of files and places. */
export function backRunsOf(model: EventModel): readonly BackRun[] {
  return saidOfFiles(model, 'runs back', backRunsIn);
}

/** Migrations and transactions are rolled back one after the other too. */
function isOfSaga({ action: { call }, list }: BackRun): boolean {
  if (/compensat/i.test(calleeName(call.callee) ?? '')) return true;
  const name = baseOf(list)?.name ?? '';
  return stackLike.test(name) || (ofSaga.test(name) && !/migration|transaction|session|client/i.test(name));
}

/** Those of one file. */
export const backRunsIn = once((facts: FileFacts): readonly BackRun[] =>
  facts.functions
    .flatMap((fact) => runsIn(facts, fact, fact.body, undefined))
    .filter((it) => isOfSaga(it) && !isOfTransaction(facts, it) && !isOfOwnRound(it)),
);

/** `for (const order of orders) try { await ship(order); } catch { await unship(order); }`: each round takes back its own. */
function isOfOwnRound({ loop, action }: BackRun): boolean {
  return [...actionsIn(loop?.body ?? [])].some(
    (it) => it.kind === 'try' && [...actionsIn(it.handler ?? [])].includes(action),
  );
}

/** What is committed one by one as well is no saga: nothing of it has taken effect before. */
function isOfTransaction(facts: FileFacts, { action: { call }, list }: BackRun): boolean {
  if (!/^roll_?back$/i.test(calleeName(call.callee) ?? '')) return false;
  return (indexOf(facts).calls.get('commit') ?? []).some(({ action: { call: other } }) => {
    const item = other.callee.kind === 'member' ? itemOf(facts, other.callee.object, 0) : undefined;
    return item !== undefined && baseOf(item.list)?.name === baseOf(list)?.name;
  });
}

function runsIn(
  facts: FileFacts,
  fact: FunctionFact,
  actions: readonly Action[],
  loop: LoopAction | undefined,
): readonly BackRun[] {
  return actions.flatMap((action) => {
    if (action.kind === 'call') return runOf(facts, fact, action, loop) ?? [];
    const around = action.kind === 'loop' ? action : loop;
    return branchesOf(action).flatMap((it) => runsIn(facts, fact, it, around));
  });
}

function runOf(
  facts: FileFacts,
  fact: FunctionFact,
  action: CallAction,
  loop: LoopAction | undefined,
): BackRun | undefined {
  if (action.isNew || action.roles.some((it) => it.kind === 'log')) return undefined;
  const item = itemTakenBack(facts, action) ?? itemHanded(facts, action);
  if (!item) return undefined;
  const outer = loop ?? (item.way === 'loop' || item.way === 'index' ? loopAround(facts, action) : undefined);
  const settled = settledAt(facts, fact, action);
  return {
    fn: { file: facts.file, fact },
    action,
    ...item,
    ...(outer && { loop: outer }),
    isSequential: settled === 'awaited' && item.way !== 'forEach' && item.way !== 'map',
  };
}

/** The loop whose body holds a call, though a callback stands between: `retry(() => step.compensate())`. */
function loopAround(facts: FileFacts, { call }: CallAction): LoopAction | undefined {
  let found: LoopAction | undefined;
  for (const fn of facts.functions) {
    for (const it of actionsIn(fn.body))
      if (it.kind === 'loop' && spanHolds(it, call.span.start) && (!found || it.at.start > found.at.start))
        found = it;
  }
  return found;
}

function spanHolds(loop: LoopAction, offset: number): boolean {
  const starts = [...actionsIn(loop.body)].flatMap((it) => (it.kind === 'call' ? [it.call.span] : []));
  return starts.some((it) => it.start <= offset && offset < it.end);
}

type Item = Pick<BackRun, 'list' | 'way' | 'site'>;

/** `step.compensate()`, `undo()`, `compensations.pop()()`, `entry.run()` of a stack, `this.compensate(step)`. */
function itemTakenBack(facts: FileFacts, { call }: CallAction): Item | undefined {
  const { callee, args } = call;
  if (callee.kind === 'member' && callee.name !== '[]') {
    if (undoingCall.test(callee.name)) {
      const item = itemOf(facts, callee.object, 0);
      if (item) return item;
      return args.map((it) => itemOf(facts, it, 0)).find((it) => it !== undefined);
    }
    const item = running.test(callee.name) ? itemOf(facts, callee.object, 0) : undefined;
    return item && isStack(item.list) ? item : undefined;
  }
  if (callee.kind === 'name' && undoingCall.test(callee.name) && callee.binding !== undefined) {
    const item = args.map((it) => itemOf(facts, it, 0)).find((it) => it !== undefined);
    if (item) return item;
  }
  const item = itemOf(facts, callee, 0);
  return item && isStack(item.list) ? item : undefined;
}

/** `this.attempt(step, 'compensate')`; a value that is made for another call takes nothing back itself. */
function itemHanded(facts: FileFacts, { call: { args }, settled }: CallAction): Item | undefined {
  if (settled === 'collected') return undefined;
  const isTold = args.some((it) => it.kind === 'string' && undoingCall.test(it.value));
  return isTold ? args.map((it) => itemOf(facts, it, 0)).find((it) => it !== undefined) : undefined;
}

function isStack(list: Expr): boolean {
  const base = baseOf(list);
  return base !== undefined && stackLike.test(base.name);
}

/** The name of what a chain of array methods starts from: `done` of `[...this.done].reverse()`. */
export function baseOf(list: Expr): (Expr & { readonly kind: 'name' | 'member' }) | undefined {
  if (list.kind === 'call') {
    if (list.callee.kind !== 'member') return undefined;
    const [first] = list.args;
    const isStatic = list.callee.object.kind === 'name' && /^(?:Array|Object)$/.test(list.callee.object.name);
    return isStatic ? first && baseOf(first) : baseOf(list.callee.object);
  }
  if (list.kind === 'array') return list.items[0] && baseOf(list.items[0]);
  if (list.kind === 'choice') return list.of.map(baseOf).find((it) => it !== undefined);
  return list.kind === 'name' || list.kind === 'member' ? list : undefined;
}

/** What an expression is an item of: through loop variables, counters, callbacks and what takes an item off. */
export function itemOf(facts: FileFacts, expr: Expr, depth: number): Item | undefined {
  if (depth > 4) return undefined;
  if (expr.kind === 'member') {
    if (expr.name !== '[]') return itemOf(facts, expr.object, depth + 1);
    const named = expr.index && itemOf(facts, expr.index, depth + 1);
    if (named) return named;
    return expr.index && isCounter(expr.index) ? { list: expr.object, way: 'index' } : undefined;
  }
  if (expr.kind === 'call') return takenOff(expr) ?? lookedUp(facts, expr, depth);
  if (expr.kind !== 'name' || expr.binding === undefined) return undefined;
  const binding = facts.bindings[expr.binding];
  if (binding?.kind === 'parameter')
    return handedTo(facts, expr.binding) ?? (binding.init && itemOf(facts, binding.init, depth + 1));
  const looped = loopedBy(facts, expr.binding);
  if (looped) return looped;
  if (!binding?.init) return takenOffInto(facts).get(expr.binding);
  return itemOfInit(facts, binding.init, depth);
}

/** `steps[i]`, `steps[i - 1]`; `steps[steps.length - 1 - i]` goes the other way than its counter. */
function isCounter(index: Expr): boolean {
  if (index.kind !== 'operation') return index.kind === 'name';
  const [counter, offset] = index.of;
  return /^[-+]$/.test(index.operator) && counter?.kind === 'name' && offset?.kind === 'literal';
}

/** A loop's variable holds `over[]`; one that is taken apart holds members of it. */
function itemOfInit(facts: FileFacts, init: Expr, depth: number): Item | undefined {
  let inner = init;
  while (inner.kind === 'member' && !(inner.name === '[]' && inner.index === undefined)) {
    if (inner.name === '[]') return itemOf(facts, inner, depth + 1);
    inner = inner.object;
  }
  if (inner.kind !== 'member') return itemOf(facts, inner, depth + 1);
  const { object } = inner;
  const list = object.kind === 'member' && object.name === '[]' && !object.index ? object.object : object;
  return loopsOver(facts, list) ? { list, way: 'loop' } : undefined;
}

function loopedBy(facts: FileFacts, id: BindingId): Item | undefined {
  const loop = loopsOf(facts).find((it) => it.item === id);
  return loop?.over && { list: loop.over, way: 'loop' };
}

function loopsOver(facts: FileFacts, list: Expr): boolean {
  return loopsOf(facts).some((it) => it.over?.at.start === list.at.start);
}

const loopsOf = once((facts: FileFacts): readonly LoopAction[] =>
  facts.functions.flatMap((fn) => [...actionsIn(fn.body)].filter((it) => it.kind === 'loop')),
);

/** `this.steps.get(name)`, `steps.find((it) => it.name === done.name)`: what the item of another list names. */
function lookedUp(facts: FileFacts, { callee, args: [arg] }: CallExpr, depth: number): Item | undefined {
  const isAsked = callee.kind === 'member' && /^(?:get|find|resolve)$/.test(callee.name);
  if (!isAsked || !arg) return undefined;
  if (arg.kind !== 'function') return itemOf(facts, arg, depth + 1);
  const fn = facts.functions[arg.function];
  const names = actionsIn(fn?.body ?? []).flatMap((it) => exprsOf(it).flatMap((one) => [...namesIn(one)]));
  const others = names.filter((it) => it.binding !== undefined && !fn?.parameters.includes(it.binding));
  return others.map((it) => itemOf(facts, it, depth + 1)).find((it) => it !== undefined);
}

/** `stack.pop()`, `stack.shift()`. */
function takenOff(expr: Expr): Item | undefined {
  if (expr.kind !== 'call' || expr.callee.kind !== 'member') return undefined;
  const { name, object } = expr.callee;
  return name === 'pop' || name === 'shift' ? { list: object, way: name } : undefined;
}

/** `while ((undo = stack.pop()))`: by the variable. */
const takenOffInto = once((facts: FileFacts): ReadonlyMap<BindingId, Item> => {
  const found = new Map<BindingId, Item>();
  for (const it of facts.functions.flatMap(({ body }) => actionsIn(body))) {
    if (it.kind !== 'assign' || it.target.kind !== 'name' || it.target.binding === undefined) continue;
    const item = takenOff(it.value);
    if (item && !found.has(it.target.binding)) found.set(it.target.binding, item);
  }
  return found;
});

/** The list whose method calls the function that the parameter belongs to. */
function handedTo(facts: FileFacts, id: BindingId): Item | undefined {
  const binding = facts.bindings[id];
  const fn = binding?.function;
  const site = fn === undefined ? undefined : givenTo(facts, fn);
  const callee = site?.call.callee;
  if (!site || callee?.kind !== 'member') return undefined;
  const way = wayOf(callee.name);
  const isItem = (binding?.index ?? 0) === (way === 'reduce' || way === 'reduceRight' ? 1 : 0);
  return way && isItem ? { list: callee.object, way, site } : undefined;
}

function wayOf(name: string): Way | undefined {
  if (name === 'flatMap') return 'map';
  if (name === 'forEach' || name === 'map' || name === 'reduce' || name === 'reduceRight') return name;
  return undefined;
}

/** The call that is given a function, and goes through a list with it. */
function givenTo(facts: FileFacts, id: FunctionId): CallAction | undefined {
  const action = indexOf(facts).handed.get(id)?.action;
  return action && handing.test(calleeName(action.call.callee) ?? '') ? action : undefined;
}

/** What becomes of a call's promise; one that a callback returns goes where the callback's caller puts its own. */
export function settledAt(facts: FileFacts, fact: FunctionFact, action: CallAction): Settlement {
  const isGiven = action.settled === 'returned' || (action.settled === 'awaited' && fact.isAsync);
  if (!isGiven || fact.name !== '' || fact.outer === undefined) return action.settled;
  const site = indexOf(facts).handed.get(fact.id);
  if (!site) return action.settled;
  if (calleeName(site.action.call.callee) === 'forEach') return 'dropped';
  return settledAt(facts, site.fn, site.action);
}
