// Every expression of a file with the name that holds it, for readers that look for shapes rather than calls.
import type { Action } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { Span } from '../text.ts';

/** An expression and the variable, field, property or call it stands in. */
export interface Held {
  readonly expr: Expr;
  readonly name: string;
  readonly at: Span;
  /** The class around it. */
  readonly owner?: string;
}

type Holder = Omit<Held, 'expr'>;

/** All expressions, inner ones too; one that several actions mention comes once. */
export function allExpressions(facts: FileFacts): readonly Held[] {
  const found: Found = { held: [], places: new Map() };
  const add = (expr: Expr | undefined, holder: Holder): void => {
    if (expr) walk(expr, holder, found);
  };
  for (const binding of facts.bindings) {
    add(binding.init, { name: binding.name, at: binding.at, ...ownerAt(facts, binding.at) });
  }
  for (const type of facts.types) {
    for (const member of type.members)
      add(member.init, { name: member.name, at: member.at, owner: type.name });
  }
  for (const fn of facts.functions) {
    const holder = {
      name: fn.name,
      at: fn.at,
      ...(fn.owner === undefined ? ownerAt(facts, fn.at) : { owner: fn.owner }),
    };
    for (const [expr, name, at] of inActions(fn.body))
      add(expr, at === undefined || name === undefined ? holder : { ...holder, name, at });
  }
  return found.held;
}

function ownerAt(facts: FileFacts, at: Span): { owner?: string } {
  const type = facts.types.find(
    (it) => it.kind === 'class' && it.span.start <= at.start && at.end <= it.span.end,
  );
  return type ? { owner: type.name } : {};
}

interface Found {
  readonly held: Held[];
  /** By kind the places of what was found, as one number each: texts are short enough for that. */
  readonly places: Map<Expr['kind'], Set<number>>;
}

function walk(expr: Expr, holder: Holder, found: Found): void {
  if (!isNew(expr, found)) return;
  found.held.push({ expr, ...holder });
  for (const [inner, name, at] of partsOf(expr))
    walk(inner, at === undefined || name === undefined ? holder : { ...holder, name, at }, found);
}

function isNew(expr: Expr, { places }: Found): boolean {
  const { start, end } = expr.kind === 'call' || expr.kind === 'new' ? expr.span : expr.at;
  let known = places.get(expr.kind);
  if (!known) places.set(expr.kind, (known = new Set()));
  const before = known.size;
  return known.add(start * 2 ** 24 + end).size > before;
}

type Part = readonly [Expr] | readonly [Expr, string, Span];

function partsOf(expr: Expr): readonly Part[] {
  switch (expr.kind) {
    case 'member':
      return [[expr.object], ...(expr.index ? [[expr.index] as const] : [])];
    case 'call':
    case 'new':
      return [[expr.callee], ...expr.args.map((it) => [it] as const)];
    case 'object':
      return [
        ...expr.entries.map((it) => [it.value, it.key, it.at] as const),
        ...expr.spreads.map((it) => [it] as const),
      ];
    case 'array':
      return expr.items.map((it) => [it] as const);
    case 'choice':
      return [...(expr.condition ? [[expr.condition] as const] : []), ...expr.of.map((it) => [it] as const)];
    case 'operation':
      return expr.of.map((it) => [it] as const);
    case 'template':
      return expr.parts.flatMap((it) => (typeof it === 'string' ? [] : [[it] as const]));
    default:
      return [];
  }
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
