// Ways through the actions of a body.
import type { Action, CallAction } from './actions.ts';
import type { Expr, NameExpr } from './expressions.ts';

/** The calls of a body in order, through all branches. */
export function* callsIn(actions: readonly Action[]): Iterable<CallAction> {
  for (const action of actions) {
    if (action.kind === 'call') yield action;
    else for (const list of branchesOf(action)) yield* callsIn(list);
  }
}

/** The actions of a body in order, through all branches. */
export function* actionsIn(actions: readonly Action[]): Iterable<Action> {
  for (const action of actions) {
    yield action;
    for (const list of branchesOf(action)) yield* actionsIn(list);
  }
}

/** The lists of actions inside an action. */
export function branchesOf(action: Action): readonly (readonly Action[])[] {
  if (action.kind === 'if') return [action.then, action.otherwise];
  if (action.kind === 'switch') return action.cases.map((it) => it.body);
  if (action.kind === 'loop') return [action.body];
  return action.kind === 'try' ? [action.body, action.handler ?? [], action.finalizer] : [];
}

/** The names that an expression refers to; those in functions are left out. */
export function* namesIn(expr: Expr): Iterable<NameExpr> {
  if (expr.kind === 'name') yield expr;
  for (const part of partsOf(expr)) yield* namesIn(part);
}

function partsOf(expr: Expr): readonly Expr[] {
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
