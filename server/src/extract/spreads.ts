// Object literals that are put together of others in the same file: `{ ...base, queue: 'orders' }`.
import type { Expr, ObjectExpr } from '../facts/expressions.ts';

/** How many objects may spread one another. */
const deepest = 4;
/** How many objects are read for one: where each spreads many others, the ways through them are countless. */
const mostRead = 64;

/**
 * The literal with the entries of those that it spreads, as far as their values are known; what can't be read is still spread. What
 * is written in the literal itself counts, as defaults are spread first.
 */
export function spreadOut(
  object: ObjectExpr,
  valueOf: (expr: Expr) => Expr,
  depth = deepest,
  reading = { left: mostRead },
): ObjectExpr {
  if (object.spreads.length === 0 || depth === 0 || reading.left <= 0) return object;
  reading.left -= object.spreads.length;
  const parts = object.spreads.map((it) => {
    const value = valueOf(it);
    return value.kind === 'object' ? spreadOut(value, valueOf, depth - 1, reading) : it;
  });
  const read = parts.filter((it) => it.kind === 'object');
  const own = new Set(object.entries.map((it) => it.key));
  // Of two that are spread the later one counts, and whoever looks for a key takes the first.
  const given = read.toReversed().flatMap((it) => it.entries.filter(({ key }) => !own.has(key)));
  const spreads = parts.flatMap((it) => (it.kind === 'object' ? it.spreads : [it]));
  return { ...object, entries: [...object.entries, ...given], spreads };
}
