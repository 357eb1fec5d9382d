// Names in types that stand for values: `typeof ORDER_PLACED`, `Topics.orderPlaced` of an enum.
import type { Expr } from './expressions.ts';
import type { Span } from '../text.ts';

/** The expression that such a name is, for looking up what it stands for. */
export function valueNamed(name: string, at: Span): Expr {
  const [root = name, ...rest] = name.split('.');
  const first: Expr = { kind: 'name', name: root, at };
  return rest.reduce<Expr>((object, it) => ({ kind: 'member', object, name: it, at }), first);
}
