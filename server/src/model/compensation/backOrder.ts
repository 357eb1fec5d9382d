// In which order a list of things to take back is gone through: as the steps ran, or the last first.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { indexOf } from '../fileIndex.ts';
import type { EventModel } from '../model.ts';
import { callsOfSteps } from '../sagas/orchestrators.ts';
import type { BackRun } from './backRuns.ts';

/** `forward`: as the steps ran; `reverse`: the last first. */
export type Order = 'forward' | 'reverse' | 'unknown';

const inOrder = /^(?:slice|filter|entries|values|map|flatMap|flat|concat|keys|from|takeWhile)$/;
const declared = /steps?$|activities$|stages$|participants$/i;
const maxDepth = 5;

/** In which order the items are taken back. */
export function orderOf(model: EventModel, run: BackRun): Order {
  const facts = model.files.get(run.fn.file);
  if (!facts) return 'unknown';
  const order = listOrder(model, facts, run.list, 0);
  return isBackwards(run) ? flipped(order) : isCounted(run) ? order : 'unknown';
}

function isBackwards({ way, loop }: BackRun): boolean {
  if (way === 'pop' || way === 'reduceRight') return true;
  const condition = way === 'index' ? loop?.condition : undefined;
  if (!condition) return false;
  return condition.kind !== 'operation' || /^(?:>|>=|--|!==?)$/.test(condition.operator);
}

/** A counter that runs up to the length; what else a loop may do with it is unknown. */
function isCounted({ way, loop }: BackRun): boolean {
  const condition = loop?.condition;
  return way !== 'index' || (condition?.kind === 'operation' && /^<=?$/.test(condition.operator));
}

function listOrder(model: EventModel, facts: FileFacts, expr: Expr, depth: number): Order {
  if (depth > maxDepth) return 'unknown';
  const inside = (it: Expr): Order => listOrder(model, facts, it, depth + 1);
  switch (expr.kind) {
    case 'call': {
      if (expr.callee.kind !== 'member') return 'unknown';
      const { name, object } = expr.callee;
      const isStatic = object.kind === 'name' && object.name === 'Array';
      const source = isStatic ? expr.args[0] : object;
      if (!source) return 'unknown';
      if (name === 'reverse' || name === 'toReversed') return flipped(inside(source));
      return inOrder.test(name) && !(object.kind === 'name' && object.name === 'Object')
        ? inside(source)
        : 'unknown';
    }
    case 'array':
      return expr.items.length === 1 && expr.items[0] ? inside(expr.items[0]) : 'unknown';
    case 'choice': {
      const orders = expr.of.filter((it) => it.kind !== 'array' || it.items.length > 0).map(inside);
      return orders[0] && orders.every((it) => it === orders[0]) ? orders[0] : 'unknown';
    }
    case 'name':
      return nameOrder(model, facts, expr, depth);
    case 'member':
      return filledOrder(model, facts, expr);
    default:
      return 'unknown';
  }
}

function nameOrder(
  model: EventModel,
  facts: FileFacts,
  expr: Expr & { readonly kind: 'name' },
  depth: number,
): Order {
  const binding = expr.binding === undefined ? undefined : facts.bindings[expr.binding];
  if (!binding) return 'unknown';
  const filled = fillings(facts, expr);
  if (filled !== undefined) return isListedAtOnce(facts, binding, expr) ? 'unknown' : filled;
  if (binding.kind === 'parameter') return givenOrder(model, facts, binding, depth);
  const { init } = binding;
  if (!init) return declaredOrder(binding.name, init);
  if (init.kind === 'array' && init.items.length !== 1) return declaredOrder(binding.name, init);
  const order = listOrder(model, facts, init, depth + 1);
  return isReversed(facts, expr) ? flipped(order) : order;
}

/** What all callers hand in. */
function givenOrder(model: EventModel, facts: FileFacts, binding: BindingFact, depth: number): Order {
  const fact = binding.function === undefined ? undefined : facts.functions[binding.function];
  if (!fact || binding.index === undefined) return 'unknown';
  const { index } = binding;
  const sites = model.program.callersOf({ file: facts.file, fact });
  const orders = sites.map(({ caller, action }): Order => {
    const given = model.files.get(caller.file);
    const arg = action.call.args[index];
    return given && arg ? listOrder(model, given, arg, depth + 1) : 'unknown';
  });
  const [first] = orders;
  // Who runs them forth in the same function is given them in that order.
  if (!first && callsOfSteps(fact).length > 0) return declaredOrder(binding.name, undefined);
  return first && orders.every((it) => it === first) ? first : 'unknown';
}

/** A field: by what fills it in this file, else anywhere, else by a name that says that it is the list of steps. */
function filledOrder(model: EventModel, facts: FileFacts, expr: Expr & { readonly kind: 'member' }): Order {
  const own = fillings(facts, expr);
  if (own !== undefined) return own;
  for (const other of model.files.values()) {
    const found = other === facts ? undefined : fillings(other, expr);
    if (found !== undefined) return found;
  }
  return declaredOrder(expr.name, undefined);
}

function declaredOrder(name: string, init: Expr | undefined): Order {
  return declared.test(name) && (!init || (init.kind === 'array' && init.items.length > 0))
    ? 'forward'
    : 'unknown';
}

/** How a list is filled in a file: at its end, at its start; undefined where nothing fills it. */
function fillings(facts: FileFacts, list: Expr): Order | undefined {
  const found = [
    ...sitesOf(facts, 'push', list).map((): Order => 'forward'),
    ...sitesOf(facts, 'unshift', list).map((): Order => 'reverse'),
    ...spreadOrders(facts, list),
  ];
  const [first] = found;
  if (!first) return undefined;
  if (found.some((it) => it !== first) || holdsOne(facts, list)) return 'unknown';
  return isReversed(facts, list) ? flipped(first) : first;
}

/** `if (car) backs.push(…); if (hotel) backs.push(…);`: nothing was done in between, so whoever wrote it chose the order. */
function isListedAtOnce(facts: FileFacts, { at }: BindingFact, list: Expr): boolean {
  const fillers = ['push', 'unshift'].flatMap((it) => indexOf(facts).calls.get(it) ?? []);
  const sites = fillers.filter(
    ({ action: { call } }) => call.callee.kind === 'member' && isSame(call.callee.object, list),
  );
  const [fn, ...others] = new Set(sites.map((it) => it.fn));
  const isLocal = fn && fn.kind !== 'module' && fn.span.start < at.start && at.start < fn.span.end;
  if (!isLocal || others.length > 0 || sites.length < 2) return false;
  const last = Math.max(...sites.map((it) => it.action.call.at.start));
  return !callsIn(fn.body).some((it) => it.settled === 'awaited' && it.call.at.start < last);
}

/** A list that is filled by one call beside its declaration, and not in a loop: one item has no order. */
function holdsOne(facts: FileFacts, list: Expr): boolean {
  const calls = ['push', 'unshift'].flatMap((it) => indexOf(facts).calls.get(it) ?? []);
  const [site, ...others] = calls.filter(
    ({ action: { call } }) => call.callee.kind === 'member' && isSame(call.callee.object, list),
  );
  const id = list.kind === 'name' ? list.binding : undefined;
  const declaredAt = id === undefined ? undefined : facts.bindings[id]?.at.start;
  if (!site || others.length > 0 || declaredAt === undefined) return false;
  const { fn, action } = site;
  const isBeside = fn.kind !== 'module' && fn.span.start < declaredAt && declaredAt < fn.span.end;
  const loops = actionsIn(fn.body).filter((it) => it.kind === 'loop');
  return isBeside && action.call.args.length === 1 && !loops.some((it) => actionsIn([it]).includes(action));
}

/** `done = [...done, step]`, `{ ...saga, done: [...saga.done, step] }` stands in an assignment only. */
function spreadOrders(facts: FileFacts, list: Expr): readonly Order[] {
  return facts.functions.flatMap(({ body }: FunctionFact) =>
    [...actionsIn(body)].flatMap((it): readonly Order[] => {
      if (it.kind !== 'assign' || it.value.kind !== 'array' || it.value.items.length < 2) return [];
      const { items } = it.value;
      if (!isSame(it.target, list)) return [];
      if (items[0] && isSame(items[0], list)) return ['forward'];
      const last = items.at(-1);
      return last && isSame(last, list) ? ['reverse'] : [];
    }),
  );
}

/** `done.reverse();` by itself. */
function isReversed(facts: FileFacts, list: Expr): boolean {
  return sitesOf(facts, 'reverse', list).some((it) => it === 'dropped');
}

function sitesOf(facts: FileFacts, method: string, list: Expr): readonly string[] {
  return (indexOf(facts).calls.get(method) ?? []).flatMap(({ action }) => {
    const { callee } = action.call;
    return callee.kind === 'member' && isSame(callee.object, list) ? [action.settled] : [];
  });
}

/** The same variable, or a field of the same name. */
function isSame(one: Expr, other: Expr): boolean {
  if (one.kind === 'name' && other.kind === 'name')
    return one.binding !== undefined ? one.binding === other.binding : one.name === other.name;
  return one.kind === 'member' && other.kind === 'member' && one.name === other.name && one.name !== '[]';
}

function flipped(order: Order): Order {
  if (order === 'unknown') return order;
  return order === 'forward' ? 'reverse' : 'forward';
}
