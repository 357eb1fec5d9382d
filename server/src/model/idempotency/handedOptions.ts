// The options that a helper hands on with a message: whoever calls the helper may have put a key of repeats among them.
import type { Expr } from '../../facts/expressions.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { below, parameterOf, pathOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';

/** A parameter, or what stands below it at a path of keys. */
export interface HandedPart {
  readonly parameter: number;
  readonly path: readonly string[];
}

const deduplicationKeys =
  /^(?:jobId|msgID|deduplicationId|MessageDeduplicationId|dedupKey|deduplicationKey|idempotencyKey|idempotency_key|Idempotency-Key)$/;

/** Whether an object of options has a key by which the broker or the other system knows a repeat. */
export function hasDeduplicationKey(expr: Expr, depth = 0): boolean {
  if (expr.kind !== 'object' || depth > 2) return false;
  return expr.entries.some(
    (it) => deduplicationKeys.test(it.key) || hasDeduplicationKey(it.value, depth + 1),
  );
}

/** The arguments, and what is spread in them, that the function itself is handed. */
export function handedOptions(
  { file }: FunctionNode,
  args: readonly Expr[],
  { files }: Linking,
): readonly HandedPart[] {
  const facts = files.get(file);
  if (!facts) return [];
  return args
    .flatMap((it) => (it.kind === 'object' ? it.spreads : [it]))
    .flatMap((it) => {
      const root = rootOf(facts, it);
      const parameter = root && parameterOf(facts, root);
      return parameter ? [{ parameter: parameter.index, path: pathOf(facts, it) }] : [];
    });
}

/** What the parts turn out to be where a caller hands them in. */
export function givenOptions(parts: readonly HandedPart[], args: readonly Expr[]): readonly Expr[] {
  return parts.flatMap(({ parameter, path }) => {
    const arg = args[parameter];
    return (arg && below(arg, path)) ?? [];
  });
}
