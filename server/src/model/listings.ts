// Where the workspace lists an event beside its siblings: members of unions and enums, entries of topic maps.
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../facts/facts.ts';
import type { Place, Span } from '../text.ts';
import { saidOfFiles } from './about.ts';
import type { EventModel, EventNode } from './model.ts';
import { eventKey } from './names.ts';
import { once } from '../facts/once.ts';
import { perModel } from './perModel.ts';

/** All places that list the event. */
export function listingsOf(model: EventModel, event: EventNode): readonly Place[] {
  const { byName, byType } = listed(model);
  const names = [event.key, ...event.wireNames];
  const found = new Set([
    ...names.flatMap((it) => byName.get(it) ?? []),
    ...event.declarations.flatMap((it) => byType.get(it.fact) ?? []),
  ]);
  return [...found].sort((a, b) => a.order - b.order).map(({ file, at }) => ({ file, at }));
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

interface Listed extends Place {
  /** Files come in the order of the model. */
  readonly order: number;
}

interface Listings {
  /** By the key of an event, and by the name as it stands. */
  readonly byName: ReadonlyMap<string, readonly Listed[]>;
  readonly byType: ReadonlyMap<TypeFact, readonly Listed[]>;
}

const listed = perModel((model: EventModel): Listings => {
  const byName = new Map<string, Listed[]>();
  const byType = new Map<TypeFact, Listed[]>();
  const all = saidOfFiles(model, 'lists of events', (facts) =>
    entriesOf(facts).map(({ at, names, type }) => {
      const named = type === undefined ? undefined : model.program.typeNamed(facts.file, type);
      return { file: facts.file, at, names, type: named?.fact };
    }),
  );
  for (const [order, { file, at, names, type }] of all.entries()) {
    const place = { file, at, order };
    for (const it of names) put(byName, it, place);
    if (type) put(byType, type, place);
  }
  return { byName, byType };
});

function put<Key>(map: Map<Key, Listed[]>, key: Key, place: Listed): void {
  const places = map.get(key);
  if (places) places.push(place);
  else map.set(key, [place]);
}

interface Entry {
  readonly at: Span;
  /** What it is called, as it stands and as an event's key. */
  readonly names: readonly string[];
  /** The type that it names. */
  readonly type?: string;
}

const entriesOf = once((facts: FileFacts): readonly Entry[] => [
  ...facts.types.flatMap(inType),
  ...facts.bindings.flatMap((it) => (it.isTopLevel && it.init ? inMap(it.init) : [])),
]);

function inType(fact: TypeFact): readonly Entry[] {
  if (fact.kind === 'enum') {
    return fact.members.map(({ name, init, at }) => ({
      at,
      names: [...called(name), ...(init?.kind === 'string' ? called(init.value) : [])],
    }));
  }
  const inUnion = (type: TypeExpr): readonly Entry[] => {
    if (type.kind === 'union' || type.kind === 'intersection') return type.of.flatMap(inUnion);
    if (type.kind === 'literal') return [{ at: type.at, names: called(type.value) }];
    return type.kind === 'ref' || type.kind === 'typeof' ? [{ at: type.at, names: [], type: type.name }] : [];
  };
  return fact.alias?.kind === 'union' ? inUnion(fact.alias) : [];
}

/** `const TOPICS = { paymentProcessed: 'payment.processed', … }`: entries are text, and more than one. */
function inMap(value: Expr): readonly Entry[] {
  if (value.kind !== 'object' || value.entries.length === 0) return [];
  if (!value.entries.every((it) => it.value.kind === 'string' || it.value.kind === 'name')) return [];
  return value.entries.map((it) => ({
    at: it.at,
    names: [...called(it.key), ...(it.value.kind === 'string' ? called(it.value.value) : [])],
  }));
}

function called(name: string): readonly string[] {
  return [eventKey(name), name];
}
