// Conditions that are put aside under a name before somebody asks them.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { actionsIn } from '../../facts/walk.ts';
import { rootOf } from '../resolution/values.ts';

/** So many names are followed to the conditions that they stand for. */
const mostFollowed = 2;

/** `order.status === 'paid' || order.cancelled`, put aside under a name or a flag: `if (isDone) return`. */
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
  const condition = isCondition ? init : named && raisedBy(facts).get(value.binding);
  return condition && { condition, followed: [...followed, value.binding] };
}

/**
 * `let isDone = false; await transaction(async () => { if (order.status === 'paid') { isDone = true; return; } … }); if (isDone) return;`:
 * the condition under which a flag is raised, by the flag. One that is set anywhere else says something else.
 */
const raisedBy = once(({ bindings, functions }: FileFacts): ReadonlyMap<number, Expr> => {
  const all = functions.flatMap(({ body }) => actionsIn(body));
  const set = all.flatMap((it) =>
    it.kind === 'assign' && it.target.kind === 'name' ? (it.target.binding ?? []) : [],
  );
  const found = new Map<number, Expr>();
  for (const action of all) {
    if (action.kind !== 'if' || action.otherwise.length > 0) continue;
    for (const it of action.then) {
      if (it.kind !== 'assign' || it.target.kind !== 'name' || it.target.binding === undefined) continue;
      const { binding } = it.target;
      const isRaised = isLiteral(bindings[binding]?.init, 'false') && isLiteral(it.value, 'true');
      if (isRaised && set.filter((one) => one === binding).length === 1) found.set(binding, action.condition);
    }
  }
  return found;
});

function isLiteral(expr: Expr | undefined, text: string): boolean {
  return expr?.kind === 'literal' && expr.text === text;
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
