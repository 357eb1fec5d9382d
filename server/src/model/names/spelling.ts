// How names of messages are spelled: in types of literals, in lists written as one text, by the class of an instance.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { Message } from '../messages/message.ts';
import type { Values } from '../resolution/values.ts';
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

/** `topicOf[status]`: one of several names, and what bears it is no declaration of each. */
export function isLookedUp(expr: Expr): boolean {
  return expr.kind === 'member' && expr.name === '[]';
}

/** `(process.env.KEYS ?? 'order.placed,order.shipped').split(',')`: these, or others. */
export function splitNames(
  values: Values,
  file: FilePath,
  list: Expr,
  separator: Expr | undefined,
): readonly Message[] {
  const texts = separator?.kind === 'string' ? values.stringsOf(file, list) : [];
  const parts = texts.flatMap((it) => it.split(separator?.kind === 'string' ? separator.value : ','));
  const named = parts.flatMap((it): readonly Message[] =>
    it.trim() === '' ? [] : [{ kind: 'name', name: it.trim() }],
  );
  const value = values.evaluate(file, list);
  const isKnown = named.length > 0 && value.kind === 'expr' && value.expr.kind === 'string';
  return isKnown ? named : [...named, { kind: 'unknown' }];
}

/** `{topic}.retry`, `{topic}.reply`: where a message goes besides, whatever it tells. */
export function isDetour(name: string): boolean {
  return wordsOf(name).some((it) => /^(?:retry|retries|reply|replies|response|delayed)$/.test(it));
}

function unquoted(text: string): string {
  return text.replace(/^['"`]|['"`]$/g, '');
}
