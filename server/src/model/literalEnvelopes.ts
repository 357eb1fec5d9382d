// Object literals that bear an event beside its metadata: `{ eventId, occurredAt, data: cancelled }`.
import type { Expr, ObjectExpr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { callsIn, partsOf } from '../facts/walk.ts';
import type { FilePath } from '../text.ts';

export interface LiteralEnvelope {
  readonly file: FilePath;
  readonly literal: ObjectExpr;
  /** What is borne. */
  readonly content: Expr;
}

/** Under what a literal bears a whole event; one's own fields are written out. */
const bearing = /^(?:payload|data|body|detail|event|content)$/;
/** An id and a timestamp beside the content are the least. */
const fewest = 3;

/** The literals of a file that are handed to some function, and bear something that has a name. */
export const literalsAround = once(({ file, functions }: FileFacts): readonly LiteralEnvelope[] => {
  const handed = functions.flatMap((it) => callsIn(it.body)).flatMap(({ call }) => call.args);
  return handed.flatMap((it) => literalsIn(file, it));
});

function literalsIn(file: FilePath, expr: Expr): readonly LiteralEnvelope[] {
  const inside = partsOf(expr).flatMap((it) => literalsIn(file, it));
  if (expr.kind !== 'object' || expr.entries.length < fewest) return inside;
  const borne = expr.entries.find(({ key, value }) => bearing.test(key) && value.kind === 'name');
  return borne ? [{ file, literal: expr, content: borne.value }, ...inside] : inside;
}
