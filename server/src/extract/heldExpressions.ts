// Every expression of a file with the name that holds it, for readers that look for shapes rather than calls.
import type { Action } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { partsOf } from '../facts/walk.ts';
import type { Span } from '../text.ts';

/** An expression and the variable, field, property or call it stands in. */
export interface Held {
  readonly expr: Expr;
  readonly name: string;
  readonly at: Span;
  /** The class around it. */
  readonly owner: string | undefined;
}

type Holder = Omit<Held, 'expr'>;

/** All expressions, inner ones too; one that several actions mention comes once. */
export function allExpressions(facts: FileFacts): readonly Held[] {
  const found: Found = { held: [], places: new Map() };
  const add = (expr: Expr | undefined, holder: Holder): void => {
    if (expr) walk(expr, holder, found);
  };
  for (const binding of facts.bindings) {
    add(binding.init, { name: binding.name, at: binding.at, owner: ownerAt(facts, binding.at) });
  }
  for (const type of facts.types) {
    for (const member of type.members)
      add(member.init, { name: member.name, at: member.at, owner: type.name });
  }
  for (const fn of facts.functions) {
    const holder = { name: fn.name, at: fn.at, owner: fn.owner ?? ownerAt(facts, fn.at) };
    for (const [expr, name, at] of inActions(fn.body))
      add(expr, at === undefined || name === undefined ? holder : { ...holder, name, at });
  }
  return found.held;
}

function ownerAt(facts: FileFacts, at: Span): string | undefined {
  return facts.types.find((it) => it.kind === 'class' && it.span.start <= at.start && at.end <= it.span.end)
    ?.name;
}

interface Found {
  readonly held: Held[];
  /** By kind the places of what was found, as one number each: texts are short enough for that. */
  readonly places: Map<Expr['kind'], Set<number>>;
}

function walk(expr: Expr, holder: Holder, found: Found): void {
  if (!isNew(expr, found)) return;
  const { name, at, owner } = holder;
  found.held.push({ expr, name, at, owner });
  if (expr.kind === 'object')
    for (const it of expr.entries) walk(it.value, { name: it.key, at: it.at, owner }, found);
  for (const inner of unnamedIn(expr)) walk(inner, holder, found);
}

function isNew(expr: Expr, { places }: Found): boolean {
  const { start, end } = expr.kind === 'call' || expr.kind === 'new' ? expr.span : expr.at;
  let known = places.get(expr.kind);
  if (!known) places.set(expr.kind, (known = new Set()));
  const before = known.size;
  return known.add(numberOf(start, end)).size > before;
}

/** Small numbers for all that is not very long: a set of these is faster. */
function numberOf(start: number, end: number): number {
  const length = end - start;
  return length < 2 ** 11 ? start * 2 ** 11 + length : -(start * 2 ** 24 + end);
}

/** The parts of an expression that take the name around them: all but the entries of an object. */
function unnamedIn(expr: Expr): readonly Expr[] {
  if (expr.kind === 'object') return expr.spreads;
  if (expr.kind === 'member') return expr.index ? [expr.object, expr.index] : [expr.object];
  return expr.kind === 'choice' && expr.condition ? [expr.condition, ...expr.of] : partsOf(expr);
}

function* inActions(
  actions: readonly Action[],
): Iterable<readonly [Expr | undefined] | readonly [Expr, string, Span]> {
  for (const action of actions) {
    if (action.kind === 'call') yield [action.call];
    else if (action.kind === 'assign') yield assigned(action.target, action.value);
    else if (action.kind === 'return' || action.kind === 'throw') yield [action.value];
    else if (action.kind === 'if') {
      yield [action.condition];
      yield* inActions([...action.then, ...action.otherwise]);
    } else if (action.kind === 'switch') yield* inActions(action.cases.flatMap((it) => it.body));
    else if (action.kind === 'loop') yield* inActions(action.body);
    else if (action.kind === 'try')
      yield* inActions([...action.body, ...(action.handler ?? []), ...action.finalizer]);
  }
}

function assigned(target: Expr, value: Expr): readonly [Expr, string, Span] | readonly [Expr] {
  return target.kind === 'member' || target.kind === 'name' ? [value, target.name, target.at] : [value];
}
