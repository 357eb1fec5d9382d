// What the type parameters of a base stand for in a type that extends it: `TEvent` of `Aggregate<TEvent>` is `OrderEvent` in
// `class Order extends Aggregate<OrderEvent>`.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { TypeNode } from '../model.ts';

/** A type as it is written in a file. */
export interface Written {
  readonly file: FilePath;
  readonly type: TypeExpr;
}

/** By the name of a type parameter what it stands for. */
export type Bound = ReadonlyMap<string, Written>;

type TypeNamed = (file: FilePath, name: string) => TypeNode | undefined;

const deepest = 8;
/** Of these only what they hold is asked for. */
const transparent =
  /^(?:Promise|Readonly|Array|ReadonlyArray|Set|ReadonlySet|Iterable|AsyncIterable|Awaited|NonNullable)$/;

/** The parameters of a type under the arguments that are written for it. */
export function boundBy({ fact }: TypeNode, file: FilePath, args: readonly TypeExpr[], outer: Bound): Bound {
  const bound = new Map<string, Written>();
  for (const [index, name] of fact.parameters.entries()) {
    const type = args[index];
    if (type) bound.set(name, substituted({ file, type }, outer) ?? { file, type });
  }
  return bound;
}

/** The parameters of a base as a type below it gives them; undefined where it is no base of that type. */
export function boundInBase(
  typeNamed: TypeNamed,
  from: TypeNode,
  base: TypeNode,
  bound: Bound,
  depth = 0,
): Bound | undefined {
  if (from.fact === base.fact) return bound;
  if (depth > deepest) return undefined;
  for (const it of [...from.fact.bases, ...from.fact.implements]) {
    const next = it.kind === 'ref' ? typeNamed(from.file, it.name) : undefined;
    if (!next || it.kind !== 'ref') continue;
    const inner = boundBy(next, from.file, it.args, bound);
    const found = boundInBase(typeNamed, next, base, inner, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** A parameter, or a list or promise of one, with what it stands for in its place; undefined for any other type. */
export function substituted({ file, type }: Written, bound: Bound): Written | undefined {
  if (bound.size === 0) return undefined;
  if (type.kind === 'array') {
    const item = substituted({ file, type: type.of }, bound);
    return item && { file: item.file, type: { ...type, of: item.type } };
  }
  if (type.kind !== 'ref') return undefined;
  const [arg] = type.args;
  if (!arg) return bound.get(type.name);
  const held = transparent.test(type.name) ? substituted({ file, type: arg }, bound) : undefined;
  return held && { file: held.file, type: { ...type, args: [held.type] } };
}
