// Under which key a name is an event: a fact that stays in its service and the one of the same name that leaves it are two events.
import { once } from '../../facts/once.ts';
import type { TypeNode } from '../model.ts';
import { eventKey, qualifierOf } from '../names/names.ts';
import { declaredName } from './evidence.ts';

/** What gives the key of a name. */
export type KeyOf = (name: string) => string;

/** `OrderPlacedDomainEvent` is an event of its own where an `OrderPlacedIntegrationEvent` is declared beside it. */
export function keysBeside(declared: readonly TypeNode[]): KeyOf {
  const leaving = new Set(declared.flatMap(({ fact }) => leavingKey(fact)));
  return (name) => {
    const key = eventKey(name);
    return leaving.has(key) && qualifierOf(name) === 'domain' ? `${key} domain` : key;
  };
}

const leavingKey = once((fact: TypeNode['fact']): readonly string[] => {
  const name = declaredName(fact);
  return qualifierOf(name) === 'integration' ? [eventKey(name)] : [];
});
