// Where a value comes from inside one file: the parameter it hangs on, the loop or callback that hands it out.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import { entryOf } from './values.ts';

/** Methods that hand every item to their callback. */
export const iterations = /^(?:map|forEach|flatMap|filter|some|every|concatMap|mergeMap|mapSeries|each)$/;

/** What stands below an argument at a path of keys, if it is written out. */
export function below(arg: Expr, path: readonly string[]): Expr | undefined {
  let at: Expr | undefined = arg;
  for (const key of path) {
    if (at?.kind !== 'object') return undefined;
    at = entryOf(at, key);
  }
  return at;
}

/**
 * What a path of keys leads to in an argument. An item of a list that is written there is one of the list; of a list that what is handed
 * in keeps (`order.events`), somebody else put it there, and the argument is not it.
 */
export function partOf(arg: Expr, path: readonly string[]): Expr | 'kept' | undefined {
  const index = path.indexOf('[]');
  if (index <= 0) return below(arg, path);
  return below(arg, path.slice(0, index)) ?? 'kept';
}

/** The function and position of a parameter's binding; names inside a destructured one count as it. */
export function parameterOf(
  facts: FileFacts,
  binding: BindingFact,
): { readonly fn: FunctionFact; readonly index: number } | undefined {
  if (binding.kind !== 'parameter' || binding.function === undefined) return undefined;
  const fn = facts.functions[binding.function];
  if (!fn) return undefined;
  const index = binding.index ?? fn.parameters.findIndex((it) => holds(facts.bindings[it], binding));
  return index < 0 ? { fn, index: 0 } : { fn, index };
}

function holds(parameter: BindingFact | undefined, binding: BindingFact): boolean {
  return (
    parameter !== undefined && parameter.at.start <= binding.at.start && binding.at.end <= parameter.at.end
  );
}

/** The keys that lead from a parameter to an expression, through destructuring. */
export function pathOf(facts: FileFacts, expr: Expr): readonly string[] {
  if (expr.kind === 'member') return [...pathOf(facts, expr.object), expr.name];
  if (expr.kind !== 'name' || expr.binding === undefined) return [];
  const binding = facts.bindings[expr.binding];
  const init = binding?.init;
  const isAlias = init && (init.kind === 'member' || init.kind === 'name') && binding.index === undefined;
  return isAlias ? pathOf(facts, init) : [];
}

/** What a loop runs through whose variable this is. */
export function loopSource(facts: FileFacts, binding: BindingFact): Expr | undefined {
  return loopSources(facts).get(binding);
}

const loopSources = once(({ functions, bindings }: FileFacts): ReadonlyMap<BindingFact, Expr> => {
  const found = new Map<BindingFact, Expr>();
  for (const { body } of functions) {
    for (const action of eachAction(body)) {
      const binding = action.kind === 'loop' ? bindings[action.item ?? -1] : undefined;
      if (action.kind === 'loop' && binding && action.over) found.set(binding, action.over);
    }
  }
  return found;
});

/** The list whose items a callback is given: `events.forEach((event) => …)`. */
export function iterated(
  facts: FileFacts,
  { fn, index }: { readonly fn: FunctionFact; readonly index: number },
): Expr | undefined {
  if (fn.name !== '' || index !== 0) return undefined;
  for (const [name, sites] of indexOf(facts).calls) {
    if (!iterations.test(name)) continue;
    const site = sites.find(({ action }) => isGiven(action.call.args[0], fn));
    const callee = site?.action.call.callee;
    if (callee?.kind === 'member') return callee.object;
  }
  return undefined;
}

function isGiven(arg: Expr | undefined, fn: FunctionFact): boolean {
  return arg?.kind === 'function' && arg.function === fn.id;
}

/** `let topic; … topic = 'order.placed';`, `const events = []; … events.push(placed);`: what a variable is given after its declaration. */
export function givenLater(facts: FileFacts | undefined, expr: Expr): readonly Expr[] {
  const id = expr.kind === 'name' ? expr.binding : undefined;
  const binding = id === undefined ? undefined : facts?.bindings[id];
  if (!facts || (binding?.kind !== 'variable' && binding?.kind !== 'const')) return [];
  const isThis = (it: Expr): boolean => it.kind === 'name' && it.binding === id;
  if (binding.init?.kind === 'array' && binding.init.items.length === 0) {
    const pushes = indexOf(facts).calls.get('push') ?? [];
    return pushes.flatMap(({ action: { call } }) =>
      call.callee.kind === 'member' && isThis(call.callee.object) ? call.args : [],
    );
  }
  if (binding.kind !== 'variable') return [];
  const later = facts.functions.flatMap((fn) =>
    [...eachAction(fn.body)].flatMap((it) => (it.kind === 'assign' && isThis(it.target) ? [it.value] : [])),
  );
  const { init } = binding;
  return later.length > 0 && init?.kind === 'string' ? [init, ...later] : later;
}

const sifting = /^(?:filter|slice|sort|reverse|toSorted|toReversed)$/;

/** The list that hands a variable out, item by item, sorted and sifted or not. */
export function listBehind(facts: FileFacts, binding: BindingFact): Expr | undefined {
  const parameter = parameterOf(facts, binding);
  let list = parameter ? iterated(facts, parameter) : loopSource(facts, binding);
  while (list?.kind === 'call' && list.callee.kind === 'member' && sifting.test(list.callee.name))
    list = list.callee.object;
  return list;
}
