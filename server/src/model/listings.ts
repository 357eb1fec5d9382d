// Where the workspace lists an event beside its siblings: members of unions and enums, entries of topic maps.
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../facts/facts.ts';
import type { Place } from '../text.ts';
import type { EventModel, EventNode } from './model.ts';
import { eventKey } from './names.ts';

/** All places that list the event. */
export function listingsOf(model: EventModel, event: EventNode): readonly Place[] {
  return [...model.files.values()].flatMap((facts) => [
    ...facts.types.flatMap((it) => inType(model, event, facts, it)),
    ...facts.bindings.flatMap((it) => (it.isTopLevel && it.init ? inMap(event, facts, it.init) : [])),
  ]);
}

/** Where a reader would look: the declaration, else the member of an enum, else the literal that is published. */
export function placeOfName(model: EventModel, event: EventNode): Place {
  if (event.declarations.length > 0) return event.place;
  const [listed] = listingsOf(model, event);
  if (listed) return listed;
  for (const { file, role } of event.producers) {
    for (const it of [role.event, role.channel]) if (it?.kind === 'string') return { file, at: it.at };
  }
  return event.place;
}

function inType(model: EventModel, event: EventNode, facts: FileFacts, fact: TypeFact): readonly Place[] {
  const { file } = facts;
  if (fact.kind === 'enum') {
    const own = fact.members.filter(
      ({ name, init }) => isKey(event, name) || (init?.kind === 'string' && isKey(event, init.value)),
    );
    return own.map(({ at }) => ({ file, at }));
  }
  if (!fact.alias) return [];
  const names = (type: TypeExpr): readonly Place[] => {
    if (type.kind === 'union' || type.kind === 'intersection') return type.of.flatMap(names);
    if (type.kind === 'literal') return isKey(event, type.value) ? [{ file, at: type.at }] : [];
    if (type.kind !== 'ref' && type.kind !== 'typeof') return [];
    const named = model.program.typeNamed(file, type.name);
    const isOwn = named && event.declarations.some((it) => it.fact === named.fact);
    return isOwn ? [{ file, at: type.at }] : [];
  };
  return fact.alias.kind === 'union' ? names(fact.alias) : [];
}

/** `const TOPICS = { paymentProcessed: 'payment.processed', … }`: entries are text, and more than one. */
function inMap(event: EventNode, facts: FileFacts, value: Expr): readonly Place[] {
  if (value.kind !== 'object' || value.entries.length === 0) return [];
  if (!value.entries.every((it) => it.value.kind === 'string' || it.value.kind === 'name')) return [];
  const own = value.entries.filter(
    (it) => isKey(event, it.key) || (it.value.kind === 'string' && isKey(event, it.value.value)),
  );
  return own.map(({ at }) => ({ file: facts.file, at }));
}

function isKey({ key, wireNames }: EventNode, name: string): boolean {
  return eventKey(name) === key || wireNames.includes(name);
}
