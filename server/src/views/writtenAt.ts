// What is written at an offset of a file, as far as it may name an event: a text, a name, a type.
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { actionsIn, exprsOf, partsOf } from '../facts/walk.ts';
import { touches, type Span } from '../text.ts';

/** What is written: a value, or the name of a type. */
export type Written =
  | { readonly kind: 'value'; readonly at: Span; readonly expr: Expr }
  | { readonly kind: 'type'; readonly at: Span; readonly name: string };

/** What stands at the offset, or undefined where it is nothing that could name an event. */
export function writtenAt(facts: FileFacts, offset: number): Written | undefined {
  for (const type of typesIn(facts)) {
    const found = typeAt(type, offset);
    if (found) return found;
  }
  for (const expr of exprsAround(facts, offset)) {
    const found = valueAt(expr, offset);
    if (found) return found;
  }
  return undefined;
}

function* typesIn({ bindings, functions, types }: FileFacts): Iterable<TypeExpr> {
  for (const { type, takenAs } of bindings) yield* [type, takenAs].filter((it) => it !== undefined);
  for (const { returns } of functions) if (returns) yield returns;
  for (const { bases, implements: implemented, alias } of types)
    yield* [...bases, ...implemented, ...(alias ? [alias] : [])];
}

function typeAt(type: TypeExpr, offset: number): Written | undefined {
  if (type.kind === 'ref' || type.kind === 'typeof') {
    if (touches(type.at, offset)) return { kind: 'type', at: type.at, name: type.name };
  }
  const inner = innerTypes(type);
  for (const it of inner) {
    const found = typeAt(it, offset);
    if (found) return found;
  }
  return undefined;
}

function innerTypes(type: TypeExpr): readonly TypeExpr[] {
  if (type.kind === 'ref') return type.args;
  if (type.kind === 'union' || type.kind === 'intersection') return type.of;
  return type.kind === 'array' ? [type.of] : [];
}

/** The expressions of the functions around the offset, of declarations and of decorators. */
function* exprsAround(facts: FileFacts, offset: number): Iterable<Expr> {
  for (const fn of facts.functions) if (touches(fn.span, offset)) yield* exprsOfFunction(fn);
  for (const { init } of facts.bindings) if (init) yield init;
  yield* listedIn(facts);
  for (const { decorators, members } of facts.types) {
    for (const it of decorators) yield* it.args;
    for (const { init } of members) if (init) yield init;
  }
}

function* exprsOfFunction({ body, decorators }: FunctionFact): Iterable<Expr> {
  for (const it of decorators) yield* it.args;
  for (const it of actionsIn(body)) yield* exprsOf(it);
}

function valueAt(expr: Expr, offset: number): Written | undefined {
  if (mayName(expr) && touches(expr.at, offset)) return { kind: 'value', at: expr.at, expr };
  for (const it of partsOf(expr)) {
    const found = valueAt(it, offset);
    if (found) return found;
  }
  return undefined;
}

function mayName({ kind }: Expr): boolean {
  return kind === 'string' || kind === 'name' || kind === 'member' || kind === 'new';
}

/** `const topics = { orderPlaced: 'order.placed' }`, `enum Topics { OrderPlaced = 'order.placed' }`: the name for a text. */
function* listedIn({ bindings, types }: FileFacts): Iterable<Expr> {
  for (const { isTopLevel, init } of bindings) {
    const entries = isTopLevel && init?.kind === 'object' ? init.entries : [];
    for (const { at, value } of entries) if (value.kind === 'string') yield { ...value, at };
  }
  for (const { kind, members } of types) {
    if (kind !== 'enum') continue;
    for (const { at, init } of members) if (init?.kind === 'string') yield { ...init, at };
  }
}
