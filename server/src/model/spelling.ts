// How names of messages are spelled: in types of literals, in lists written as one text, by the class of an instance.
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import { wordsOf } from './names.ts';

/** The texts of a union of literals; empty where another type is among them. */
export function literalsOf(type: TypeExpr): readonly string[] {
  if (type.kind === 'literal') return [unquoted(type.value)];
  if (type.kind !== 'union') return [];
  const literals = type.of.flatMap(literalsOf);
  return literals.length === type.of.length ? literals : [];
}

/** `event.constructor.name` and `event.constructor` say which event it is. */
export function instanceNamed(expr: Expr): Expr | undefined {
  if (expr.kind !== 'member') return undefined;
  if (expr.name === 'constructor') return expr.object;
  return expr.name === 'name' ? instanceNamed(expr.object) : undefined;
}

/** Whether an expression is called after the name of a message: `eventName`, `message.type`, `event.constructor.name`. */
export function saysWhich(expr: Expr): boolean {
  return (
    (expr.kind === 'name' || expr.kind === 'member') &&
    /(?:event|type|topic|subject|name|pattern|key)$/i.test(expr.name)
  );
}

/** `'order.placed,order.shipped'.split(',')`. */
export function splitBy(texts: readonly string[], separator: Expr | undefined): readonly string[] {
  if (separator?.kind !== 'string') return [];
  const parts = texts.flatMap((it) => it.split(separator.value));
  return parts.map((it) => it.trim()).filter(Boolean);
}

/** `{topic}.retry`, `{topic}.reply`: where a message goes besides, whatever it tells. */
export function isDetour(name: string): boolean {
  return wordsOf(name).some((it) => /^(?:retry|retries|reply|replies|response|delayed)$/.test(it));
}

function unquoted(text: string): string {
  return text.replace(/^['"`]|['"`]$/g, '');
}
