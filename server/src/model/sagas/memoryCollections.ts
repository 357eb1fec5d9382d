// Collections in memory that may hold how far something came, and what the functions of their file do with them.
import type { Action } from '../../facts/actions.ts';
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { durableEngines } from '../../facts/sagaWords.ts';
import { actionsIn, callsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { namesTries } from '../effects/memoryStores.ts';

export interface Collection {
  readonly name: string;
  readonly at: Span;
  /** The class that holds it. */
  readonly owner?: string;
}

/** What is let go of with the process anyway, or only spares work. */
const passing =
  /cache|pending|resolv|callback|promis|listener|subscri|client|socket|connection|timer|handler|dedup|seen|processed/i;
/** What is counted under such a name may be the step that a saga has come to. */
const placed = /saga|state|status|progress|phase|step|process|flow/i;

/** Those of a file, as fields and as variables, unless an engine keeps what is done there. */
export const collectionsIn = once((facts: FileFacts): readonly Collection[] => {
  if (facts.imports.some((it) => durableEngines.test(it.from))) return [];
  const fields = facts.types.flatMap(({ kind, name: owner, members }) =>
    kind === 'class' ? members.map(({ name, at, type, init }) => ({ name, at, type, init, owner })) : [],
  );
  const variables = facts.bindings.filter(
    (it) => it.isTopLevel === true && /^(?:const|variable)$/.test(it.kind),
  );
  return [...fields, ...variables].filter(
    ({ name, type, init }) => isCollection(type, init) && !passing.test(name) && !counts(facts, name),
  );
});

/**
 * After a restart tries are counted from the first again. Nothing is put there but one more than there was, as by
 * `refusals.set(id, (refusals.get(id) ?? 0) + 1)`; what is named after tries may be set to other numbers too.
 */
function counts(facts: FileFacts, name: string): boolean {
  const put = valuesSet(facts, name);
  if (namesTries(name)) return !put.some(isPlace);
  return !placed.test(name) && put.length > 0 && put.every(isOneMore);
}

/** `attempts.set(id, { step: 'charged' })`. */
function isPlace(value: Expr): boolean {
  return value.kind === 'object' && value.entries.some((it) => placed.test(it.key));
}

function valuesSet({ functions, bindings }: FileFacts, name: string): readonly Expr[] {
  return functions.flatMap(({ body }) =>
    callsIn(body).flatMap(({ call: { callee, args } }) => {
      const isPut = callee.kind === 'member' && callee.name === 'set' && nameOf(callee.object) === name;
      const [, value] = args;
      if (!isPut || !value) return [];
      const held = value.kind === 'name' ? bindings[value.binding ?? -1]?.init : undefined;
      return [held ?? value];
    }),
  );
}

function isOneMore(value: Expr): boolean {
  if (value.kind !== 'operation' || value.operator !== '+') return false;
  return value.of.some((it) => it.kind === 'literal' && it.text === '1');
}

function nameOf(expr: Expr): string | undefined {
  return expr.kind === 'name' || expr.kind === 'member' ? expr.name : undefined;
}

function isCollection(type: TypeExpr | undefined, init: Expr | undefined): boolean {
  if (!init) return false;
  if (init.kind === 'new')
    return init.callee.kind === 'name' && /^(?:Map|Set)$/.test(init.callee.name) && !holdsFunctions(type);
  return (
    init.kind === 'object' && init.entries.length === 0 && type?.kind === 'ref' && type.name === 'Record'
  );
}

function holdsFunctions(type: TypeExpr | undefined): boolean {
  return type?.kind === 'ref' && type.args.some((it) => it.kind === 'function');
}

export type Use = 'put' | 'ask' | 'drop';

/** What functions do with one of them. */
export function usesIn(
  { bindings }: FileFacts,
  functions: readonly FunctionFact[],
  { name, isField }: { readonly name: string; readonly isField: boolean },
): ReadonlySet<Use> {
  const uses = new Set<Use>();
  const isIt = (it: Expr): boolean =>
    isField
      ? it.kind === 'member' && it.name === name && it.object.kind === 'this'
      : it.kind === 'name' && it.name === name;
  for (const action of functions.flatMap((it) => actionsIn(it.body))) {
    const put = putInto(action);
    const taken = put?.kind === 'name' && put.binding !== undefined ? bindings[put.binding]?.init : undefined;
    // `saga.state = 'paid'` of `const saga = sagas.get(id)` puts it there as well.
    if (put && (isIt(put) || (taken && asks(taken, isIt)))) uses.add('put');
    else if (isDropped(action, isIt)) uses.add('drop');
    else if (exprsOf(action).some((it) => asks(it, isIt))) uses.add('ask');
  }
  // `const saga = sagas[id];` is no action.
  const isAsked = bindings.some(
    ({ at, init }) =>
      init !== undefined &&
      functions.some(({ span }) => span.start <= at.start && at.end <= span.end) &&
      asks(init, isIt),
  );
  return isAsked ? uses.add('ask') : uses;
}

/** `states.set(id, …)`, `states.add(id)`, `states[id] = …`. */
function putInto(action: Action): Expr | undefined {
  if (action.kind === 'assign') return action.target.kind === 'member' ? action.target.object : undefined;
  const callee = action.kind === 'call' ? action.call.callee : undefined;
  return callee?.kind === 'member' && /^(?:set|add)$/.test(callee.name) ? callee.object : undefined;
}

/** `states.delete(id)`. */
function isDropped(action: Action, isIt: (it: Expr) => boolean): boolean {
  const callee = action.kind === 'call' ? action.call.callee : undefined;
  return callee?.kind === 'member' && callee.name === 'delete' && isIt(callee.object);
}

/** `states.get(id)`, `states.has(id)`, `states[id]`; what is only deleted is not asked for. */
function asks(expr: Expr, isIt: (it: Expr) => boolean): boolean {
  if (expr.kind === 'member' && isIt(expr.object)) return expr.name !== 'delete';
  return partsOf(expr).some((it) => asks(it, isIt));
}

/** A function, the callbacks in it, and the methods of its class that it calls. */
export function withCallees(facts: FileFacts, fn: FunctionFact): readonly FunctionFact[] {
  const found = new Set<FunctionFact>();
  const add = (it: FunctionFact): void => {
    if (found.has(it)) return;
    found.add(it);
    for (const inner of facts.functions) if (inner.outer === it.id) add(inner);
    for (const { call } of callsIn(it.body)) {
      const { callee } = call;
      if (callee.kind !== 'member' || callee.object.kind !== 'this') continue;
      const method = facts.functions.find((one) => one.owner === fn.owner && one.name === callee.name);
      if (method) add(method);
    }
  };
  add(fn);
  return [...found];
}
