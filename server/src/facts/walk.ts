// Ways through the actions of a body.
import type { Action, CallAction } from './actions.ts';
import type { Expr, NameExpr } from './expressions.ts';
import type { FileFacts, FunctionFact } from './facts.ts';
import { once } from './once.ts';

// Bodies never change, and every rule asks for the calls of all of them: the lists are made once.
const actionsOf = new WeakMap<readonly Action[], readonly Action[]>();
const callsOf = new WeakMap<readonly Action[], readonly CallAction[]>();

/** The calls of a body in order, through all branches. */
export function callsIn(actions: readonly Action[]): readonly CallAction[] {
  if (actions.length === 0) return [];
  let calls = callsOf.get(actions);
  if (!calls) callsOf.set(actions, (calls = actionsIn(actions).filter((it) => it.kind === 'call')));
  return calls;
}

/** The actions of a body in order, through all branches. */
export function actionsIn(actions: readonly Action[]): readonly Action[] {
  if (actions.length === 0) return [];
  let all = actionsOf.get(actions);
  if (!all) {
    const found: Action[] = [];
    gather(actions, found);
    actionsOf.set(actions, (all = found.length === actions.length ? actions : found));
  }
  return all;
}

function gather(actions: readonly Action[], found: Action[]): void {
  for (const action of actions) {
    found.push(action);
    if (action.kind !== 'call') for (const list of branchesOf(action)) gather(list, found);
  }
}

/** The lists of actions inside an action. */
export function branchesOf(action: Action): readonly (readonly Action[])[] {
  if (action.kind === 'if') return [action.then, action.otherwise];
  if (action.kind === 'switch') return action.cases.map((it) => it.body);
  if (action.kind === 'loop') return [action.body];
  return action.kind === 'try' ? [action.body, action.handler ?? [], action.finalizer] : [];
}

/** `let order; try { order = await find(id); } …`: the only value that a variable without one is given later. */
export function givenLater(facts: FileFacts, id: number | undefined): Expr | undefined {
  const binding = id === undefined ? undefined : facts.bindings[id];
  if (id === undefined || binding?.kind !== 'variable' || binding.init) return undefined;
  const given = assigned(facts).get(id) ?? [];
  return given.length === 1 ? given[0] : undefined;
}

/** What names of a file are set to by `=`. */
const assigned = once(({ functions }: FileFacts): ReadonlyMap<number, readonly Expr[]> => {
  const found = new Map<number, Expr[]>();
  for (const it of functions.flatMap(({ body }) => actionsIn(body))) {
    if (it.kind !== 'assign' || it.operator !== '=' || it.target.kind !== 'name') continue;
    const { binding } = it.target;
    if (binding !== undefined) found.set(binding, [...(found.get(binding) ?? []), it.value]);
  }
  return found;
});

/** The names that an expression refers to; those in functions are left out. */
export function* namesIn(expr: Expr): Iterable<NameExpr> {
  if (expr.kind === 'name') yield expr;
  for (const part of partsOf(expr)) yield* namesIn(part);
}

/** The expressions directly inside an expression; what stands in a function is not. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'member':
      return [expr.object];
    case 'call':
    case 'new':
      return [expr.callee, ...expr.args];
    case 'object':
      return [...expr.entries.map((it) => it.value), ...expr.spreads];
    case 'array':
      return expr.items;
    case 'choice':
    case 'operation':
      return expr.of;
    case 'template':
      return expr.parts.filter((it) => typeof it !== 'string');
    default:
      return [];
  }
}

/** The expressions of an action itself; those of the actions inside it are not. */
export function exprsOf(action: Action): readonly Expr[] {
  switch (action.kind) {
    case 'call':
      return [action.call.callee, ...action.call.args];
    case 'assign':
      return [action.target, action.value];
    case 'if':
      return [action.condition];
    case 'switch':
      return [action.on, ...action.cases.flatMap((it) => it.tests)];
    case 'loop':
      return [action.over, action.condition].filter((it) => it !== undefined);
    case 'return':
    case 'throw':
      return action.value ? [action.value] : [];
    default:
      return [];
  }
}

/** The function of the module that a callback stands in, through the callbacks around it; itself where it stands in none. */
export function outermost(facts: FileFacts, fn: FunctionFact): FunctionFact {
  const outer = fn.outer === undefined ? undefined : facts.functions[fn.outer];
  return outer && outer.kind !== 'module' ? outermost(facts, outer) : fn;
}
