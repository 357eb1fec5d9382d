// Types that are several in one: `(OrderPlaced | OrderCancelled) & EventMetadata`, `orderEventSchema.and(eventBase)`.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';

/** One of the parts of a type, and what is joined to it. */
export interface Joined {
  readonly part: TypeExpr;
  readonly others: TypeExpr;
}

/** The parts of the types of a file that are made of several. */
export const joinedIn = once(({ types }: FileFacts): readonly Joined[] => types.flatMap(partsOf));

function partsOf(fact: TypeFact): readonly Joined[] {
  const parts = partsJoined(fact);
  return parts.flatMap((part, index) => {
    const others = parts.filter((_, at) => at !== index);
    const mayHold = part.kind === 'union' || part.kind === 'ref' || part.kind === 'typeof';
    return mayHold && others.length > 0
      ? [{ part, others: { kind: 'intersection', of: others, at: fact.at } as const }]
      : [];
  });
}

function partsJoined({ kind, at, alias, bases, members }: TypeFact): readonly TypeExpr[] {
  if (alias?.kind === 'intersection') return alias.of;
  if (kind !== 'schema' || bases.length === 0) return [];
  return members.length > 0 ? [...bases, { kind: 'object', members, at }] : bases;
}
