// Conditions that are put aside under a name before somebody asks them.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { rootOf } from '../resolution/values.ts';

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

/** The field of an object that an expression is, or that was put aside under a name. */
export function fieldBehind(
  expr: Expr,
  { facts }: { readonly facts: FileFacts },
): { readonly name: string; readonly object: BindingFact } | undefined {
  const named = expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined;
  const field = named?.kind === 'const' ? named.init : expr;
  const object = field?.kind === 'member' ? rootOf(facts, field.object) : undefined;
  return field?.kind === 'member' && object ? { name: field.name, object } : undefined;
}
