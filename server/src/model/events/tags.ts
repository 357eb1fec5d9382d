// The literal by which a type of a message is told from its siblings: of a `type`, `eventType`, `name` or `kind` field.
import type { Member, TypeExpr } from '../../facts/expressions.ts';
import type { TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';

/** Under what a message says which it is. */
export const tagName =
  /^(?:_?_?type|\$name|eventType|event_type|eventName|event_name|name|kind|subject|event|detailType)$/;

/** The literal that tells this event from others: of a `type`, `eventType`, `name` or `kind` field. */
export const tagOf = once((fact: TypeFact): string | undefined => {
  const alias = fact.alias;
  const literal = alias?.kind === 'ref' ? namingArgument(alias) : undefined;
  if (literal?.kind === 'literal') return unquoted(literal.value);
  for (const member of tagMembersOf(fact)) {
    const value = literalOf(member);
    if (value !== undefined) return value;
  }
  return undefined;
});

/** The fields that may hold the tag. */
export const tagMembersOf = once((fact: TypeFact): readonly Member[] =>
  membersOf(fact).filter((it) => tagName.test(it.name)),
);

/** `Event<'OrderPlaced', Order>`; in `PartialExcept<Order, 'id'>` the text names a field. */
function namingArgument({ name, args }: TypeExpr & { readonly kind: 'ref' }): TypeExpr | undefined {
  const literal = args.find((it) => it.kind === 'literal');
  return literal === args[0] || /Event|Envelope|Message/.test(name) ? literal : undefined;
}

function membersOf(fact: TypeFact): readonly Member[] {
  if (fact.members.length > 0) return fact.members;
  if (fact.alias?.kind === 'object') return fact.alias.members;
  if (fact.alias?.kind !== 'intersection') return [];
  return fact.alias.of.flatMap((it) => (it.kind === 'object' ? it.members : []));
}

function literalOf(member: Member): string | undefined {
  if (member.type?.kind === 'literal' && !/^(?:true|false|\d)/.test(member.type.value))
    return unquoted(member.type.value);
  return member.init?.kind === 'string' ? member.init.value : undefined;
}

function unquoted(text: string): string {
  return text.replace(/^['"`]|['"`]$/g, '');
}
