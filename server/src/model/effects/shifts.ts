// Whether an object is changed by an amount, so that the second time changes it again.
import type { Action } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { rootOf } from '../resolution/values.ts';

const shifts =
  /^(?:add|increase|decrease|increment|decrement|deduct|debit|credit|withdraw|deposit|push|append|reserve|release|restock|consume|charge|reduce|subtract|adjust|remove)/i;

/** `product.stock -= quantity`, `account.debit(amount)`: the second time it shifts again. */
export function isShifted(facts: FileFacts, root: BindingFact, linking: Linking): boolean {
  const derived = itemsOf(facts, root);
  const isOfRoot = (expr: Expr): boolean => {
    const found = rootOf(facts, expr);
    return found !== undefined && derived.has(found);
  };
  return someAction(facts, (action) => {
    if (action.kind === 'assign') return isOfRoot(action.target) && isRelative(facts, action.target, action);
    if (action.kind !== 'call' || action.call.callee.kind !== 'member') return false;
    const { callee } = action.call;
    if (!isOfRoot(callee.object)) return false;
    const methods = linking.calls.callees(facts.file, action.call);
    return methods.length > 0 ? methods.some((it) => shiftsItself(it, linking)) : shifts.test(callee.name);
  });
}

/** The object itself, and what runs through it: loop variables and parameters of `forEach` callbacks. */
function itemsOf(facts: FileFacts, root: BindingFact): ReadonlySet<BindingFact> {
  const items = new Set([root]);
  someAction(facts, (action) => {
    if (action.kind === 'loop' && action.over && rootOf(facts, action.over) === root)
      add(items, facts, action.item);
    if (action.kind !== 'call' || action.call.callee.kind !== 'member') return false;
    if (rootOf(facts, action.call.callee.object) !== root) return false;
    for (const arg of action.call.args) {
      const callback = arg.kind === 'function' ? facts.functions[arg.function] : undefined;
      for (const id of callback?.parameters ?? []) add(items, facts, id);
    }
    return false;
  });
  return items;
}

function add(items: Set<BindingFact>, facts: FileFacts, id: number | undefined): void {
  const binding = id === undefined ? undefined : facts.bindings[id];
  if (binding) items.add(binding);
}

function shiftsItself(method: FunctionNode, linking: Linking): boolean {
  const facts = linking.files.get(method.file);
  if (!facts) return false;
  for (const action of eachAction(method.fact.body)) {
    if (action.kind === 'assign' && isRelative(facts, action.target, action)) return true;
  }
  return false;
}

function isRelative(facts: FileFacts, target: Expr, action: Action & { kind: 'assign' }): boolean {
  if (target.kind === 'member' && /version|retr|attempt|updated/i.test(target.name)) return false;
  if (/^[-+*/]=$/.test(action.operator) || /^(?:\+\+|--)$/.test(action.operator)) return true;
  return target.kind === 'member' && dependsOn(facts, action.value, target.name, 0);
}

/** Whether a value is computed from the field of that name: `stock: product.stock - quantity`. */
export function dependsOn(facts: FileFacts, value: Expr, field: string, depth: number): boolean {
  if (depth > 4) return false;
  if (value.kind === 'name') {
    const root = rootOf(facts, value);
    return (
      root?.init !== undefined &&
      root.init !== value &&
      root.kind !== 'parameter' &&
      dependsOn(facts, root.init, field, depth + 1)
    );
  }
  if (value.kind === 'call')
    return value.args.some((it) => it.kind === 'operation' && dependsOn(facts, it, field, depth + 1));
  if (value.kind !== 'operation' || !/^[-+*/]$/.test(value.operator)) return false;
  return value.of.some((it) => mentions(facts, it, field));
}

function mentions(facts: FileFacts, value: Expr, field: string): boolean {
  if (value.kind === 'member') return value.name === field;
  if (value.kind === 'call') return value.args.some((it) => mentions(facts, it, field));
  if (value.kind === 'operation' || value.kind === 'choice')
    return value.of.some((it) => mentions(facts, it, field));
  return false;
}

/** Whether it holds for any action of a file. */
export function someAction(facts: FileFacts, holds: (action: Action) => boolean): boolean {
  return everyAction(facts).some(holds);
}

const everyAction = once(({ functions }: FileFacts): readonly Action[] =>
  functions.flatMap(({ body }) => eachAction(body)),
);
