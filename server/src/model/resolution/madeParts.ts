// What stands under a key of an object that a function of the workspace makes.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { entryOf } from './values.ts';

/** A part of what a function makes, in whose terms it is written, and the call that asks for it. */
export interface PartMade {
  readonly part: Expr;
  readonly callee: FunctionNode;
  readonly caller: FilePath;
  readonly call: CallExpr;
}

/** `topic` of `toRecord(order)`, which gives `{ topic, messages }`. */
export function partsMade({ values, calls }: Linking, file: FilePath, expr: Expr): readonly PartMade[] {
  const from = expr.kind === 'member' ? values.evaluate(file, expr.object) : undefined;
  if (expr.kind !== 'member' || from?.kind !== 'expr' || from.expr.kind !== 'call') return [];
  const { expr: call, file: caller } = from;
  return calls.callees(caller, call).flatMap((callee) =>
    [...eachAction(callee.fact.body)].flatMap((it) => {
      const whole = it.kind === 'return' && it.value ? values.evaluate(callee.file, it.value) : undefined;
      if (whole?.kind !== 'expr' || whole.expr.kind !== 'object' || whole.file !== callee.file) return [];
      const part = entryOf(whole.expr, expr.name);
      return part ? [{ part, callee, caller, call }] : [];
    }),
  );
}
