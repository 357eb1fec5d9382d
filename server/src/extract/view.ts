// A file's facts before frameworks have spoken, with the questions that recognising a call needs. Everything is answered from this
// file alone, and from what is given of others.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { callsIn } from '../facts/walk.ts';
import { lazily } from '../facts/once.ts';
import { nothingGiven, type Clients, type FileView, type Makes, type Origin, type Site } from './fileView.ts';
import { makingAt } from './makings.ts';
import {
  clientOf,
  fieldOrName,
  functionBehind,
  initOfField,
  origin,
  originOfReturned,
  originOfType,
} from './origins.ts';
import { pathOf } from './paths.ts';
import { spreadOut } from './spreads.ts';

/** Asks one file; `given` says what its imports stand for. */
export function viewOf(facts: FileFacts, makes: Makes, given: Clients = nothingGiven): FileView {
  const imports = lazily(() => new Map(facts.imports.toReversed().map((it) => [it.local, it.from] as const)));
  const importedFrom = (name: string): string | undefined => imports().get(name.split('.')[0] ?? name);
  let calls: ReadonlyMap<string, readonly Site[]> | undefined;
  // Most frameworks ask where an object comes from, and several times.
  const origins = new Map<Expr, { readonly found: Origin | undefined }>();
  const originOf = (expr: Expr): Origin | undefined => {
    let known = origins.get(expr);
    // Fluent configurations are long chains.
    if (!known) origins.set(expr, (known = { found: origin(view, makes, expr, 12) }));
    return known.found;
  };
  const view: FileView = {
    facts,
    given,
    valueOf: (expr) => behind(facts, expr, 4),
    entryOf: (expr, key) => {
      const object = expr && behind(facts, expr, 4);
      if (object?.kind !== 'object') return undefined;
      const value = spreadOut(object, view.valueOf).entries.find((it) => it.key === key)?.value;
      return value && behind(facts, value, 4);
    },
    isOpen: (expr) => isOpen(facts, expr, 4),
    makingOf: (expr) => makingOf(view, expr),
    typeOf: (expr) => fieldOrName(view, expr)?.type,
    originOf,
    originOfType: (type) => originOfType(view, type),
    originOfReturned: (fn) => originOfReturned(view, fn, view.originOf),
    importedFrom,
    typeNamed: (name) => facts.types.find((it) => it.name === name),
    bindingOf: (expr) =>
      expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined,
    functionBehind: (expr) => functionBehind(view, expr),
    callsNamed: (name) => (calls ??= callsByName(facts)).get(name) ?? [],
    ownerOf: (fn) => ownerOf(facts, fn),
  };
  return view;
}

function callsByName(facts: FileFacts): ReadonlyMap<string, readonly Site[]> {
  const calls = new Map<string, Site[]>();
  for (const fn of facts.functions) {
    for (const action of callsIn(fn.body)) {
      const name = pathOf(action.call.callee).at(-1) ?? '?';
      calls.set(name, [...(calls.get(name) ?? []), { action, fn }]);
    }
  }
  return calls;
}

function ownerOf(facts: FileFacts, id: number): string | undefined {
  for (
    let fn = facts.functions[id];
    fn;
    fn = fn.outer === undefined ? undefined : facts.functions[fn.outer]
  ) {
    if (fn.owner !== undefined) return fn.owner;
  }
  return undefined;
}

function makingOf(view: FileView, expr: Expr): Expr {
  const value = behind(view.facts, expr, 4);
  const isField = value.kind === 'member' && value.object.kind === 'this';
  const made = (isField ? initOfField(view, value.name, value.at.start) : undefined) ?? value;
  const elsewhere = clientOf(view, made, 4)?.making;
  return elsewhere ? makingAt(elsewhere, expr.at) : made;
}

function isOpen(facts: FileFacts, expr: Expr, steps: number): boolean {
  const object = behind(facts, expr, 4);
  if (object.kind !== 'object' || steps === 0) return true;
  return (
    object.entries.some((it) => it.key === '[]') || object.spreads.some((it) => isOpen(facts, it, steps - 1))
  );
}

function behind(facts: FileFacts, expr: Expr, steps: number): Expr {
  if (expr.kind !== 'name' || expr.binding === undefined || steps === 0) return expr;
  const binding = facts.bindings[expr.binding];
  if (!binding?.init || binding.kind !== 'const') return expr;
  return behind(facts, binding.init, steps - 1);
}
