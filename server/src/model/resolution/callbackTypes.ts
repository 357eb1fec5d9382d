// What the parameters of a callback are that says no type of its own: the function that it is handed to says what it calls it with.
import type { CallExpr, TypeExpr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { eachAction } from '../fileIndex.ts';

/** The call that a callback is handed to, and as which argument. */
export interface Handed {
  readonly call: CallExpr;
  readonly index: number;
}

/** Where the callback is handed over whose parameter this is. */
export function handedOver(facts: FileFacts, { kind, function: id, index }: BindingFact): Handed | undefined {
  return kind === 'parameter' && id !== undefined && index !== undefined
    ? callbacks(facts).get(id)
    : undefined;
}

/** Functions by where they stand as an argument. */
const callbacks = once(({ functions }: FileFacts): ReadonlyMap<number, Handed> => {
  const found = new Map<number, Handed>();
  for (const fn of functions) {
    for (const action of eachAction(fn.body)) {
      if (action.kind !== 'call') continue;
      for (const [index, arg] of action.call.args.entries())
        if (arg.kind === 'function') found.set(arg.function, { call: action.call, index });
    }
  }
  return found;
});

/** `Order` of `(order: Order) => void`, for the parameter at an index. */
export function takenAs(type: TypeExpr, index: number): TypeExpr | undefined {
  if (type.kind === 'union') {
    const [taken] = type.of.flatMap((it) => takenAs(it, index) ?? []);
    return taken;
  }
  const written = type.kind === 'function' ? type.takes?.[index] : undefined;
  const name = written && /^\w+\??:\s*([A-Z]\w*)$/.exec(written)?.[1];
  return name === undefined ? undefined : { kind: 'ref', name, args: [], at: type.at };
}
