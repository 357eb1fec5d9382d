// Conditions that are put aside under a name before somebody asks them.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';

/** So many names are followed to the conditions that they stand for. */
const mostFollowed = 2;

/** `order.status === 'paid' || order.cancelled`, put aside under a name: `if (isDone) return`. */
export function conditionBehind(
  value: Expr,
  { facts, followed = [] }: { readonly facts: FileFacts; readonly followed?: readonly number[] },
): { readonly condition: Expr; readonly followed: readonly number[] } | undefined {
  if (value.kind !== 'name' || value.binding === undefined || followed.length >= mostFollowed)
    return undefined;
  const named = followed.includes(value.binding) ? undefined : facts.bindings[value.binding];
  const init = named?.kind === 'const' ? named.init : undefined;
  const isCondition =
    init?.kind === 'operation' || (init?.kind === 'choice' && init.of.some((it) => it.kind === 'operation'));
  return init && isCondition ? { condition: init, followed: [...followed, value.binding] } : undefined;
}
