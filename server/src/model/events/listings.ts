// Where the workspace lists an event beside its siblings: members of unions and enums, entries of topic maps.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { Place, Span } from '../../text.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';
import { eventKey } from '../names/names.ts';

/** All places that list the event, by its own name and by those that it travels under. */
export function listingsOf(
  model: EventModel,
  { key, declarations, wireNames }: EventNode,
  names: readonly string[] = wireNames,
): readonly Place[] {
  const under = entriesUnder(model);
  const found = new Set([
    ...[key, ...names].flatMap((it) => under(it)),
    ...declarations.flatMap((it) => ofType(model, it, under)),
  ]);
  return [...found].sort(inOrder).map(({ file, at }) => ({ file, at }));
}

/** By whatever name a file imports the type. */
function ofType(
  { program }: EventModel,
  { fact }: TypeNode,
  under: (key: string) => readonly Listed[],
): readonly Listed[] {
  return [keyOfType(fact.name), keyOfType('default')]
    .flatMap(under)
    .filter(({ file, type }) => type !== undefined && program.typeNamed(file, type)?.fact === fact);
}

/** Where a reader would look: the declaration, else the literal that is published, the member of an enum, the function that makes it. */
export function placeOfName(model: EventModel, event: EventNode): Place {
  if (event.declarations.length > 0) return event.place;
  for (const { file, role } of event.producers) {
    for (const it of [role.event, role.channel]) if (it?.kind === 'string') return { file, at: it.at };
  }
  const [listed] = isOnTopic(event) ? listingsOf(model, event, []) : listingsOf(model, event);
  if (listed) return listed;
  const made = event.inline.find((it) => event.producers.every(({ file }) => file !== it.file));
  return made && isNamedIn(model, event, made) ? { file: made.file, at: made.at } : event.place;
}

/** It is known by its tag: the topic that it travels on has a name of its own, and carries others as well. */
function isOnTopic({ key, wireNames, inline }: EventNode): boolean {
  return inline.length > 0 && wireNames.some((it) => eventKey(it) === key);
}

/** `{ type: 'OrderPlaced', … }`; of `{ type, payload }`, made for several events, the callers know which it is. */
function isNamedIn({ program }: EventModel, { key }: EventNode, made: EventNode['inline'][number]): boolean {
  if (made.object.kind !== 'object') return false;
  return made.object.entries.some(({ value }) => {
    const text = program.stringOf(made.file, value);
    return text !== undefined && eventKey(text) === key;
  });
}

interface Listed extends Place {
  /** In its file. */
  readonly order: number;
  /** The type that it names, as its file does. */
  readonly type?: string;
}

function inOrder(a: Listed, b: Listed): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.order - b.order;
}

/** What stands under the key of an event, a name as it stands, or the key of a type. */
function entriesUnder({ keeper, files }: EventModel): (key: string) => readonly Listed[] {
  const entries = keeper.index(files, lists);
  return (key) => entries(key).flat();
}

const lists: Indexed<string, readonly Listed[]> = {
  question: 'lists of events',
  of: (facts) => {
    const found = new Map<string, Listed[]>();
    for (const [order, { at, names, type }] of entriesOf(facts).entries()) {
      const entry = { file: facts.file, at, order, ...(type === undefined ? {} : { type }) };
      for (const it of names) put(found, it, entry);
      if (type !== undefined) put(found, keyOfType(importedAs(facts, type)), entry);
    }
    return found;
  },
  isSame: (one, other) => JSON.stringify(one) === JSON.stringify(other),
};

/** No name has a colon before it. */
function keyOfType(name: string): string {
  return `:${name}`;
}

/** `import { OrderPlaced as Placed }`, `events.OrderPlaced`: what the type is called where it is declared. */
function importedAs({ imports }: FileFacts, type: string): string {
  const imported = imports.find((it) => it.local === type);
  return imported?.name ?? type.slice(type.lastIndexOf('.') + 1);
}

function put(map: Map<string, Listed[]>, key: string, entry: Listed): void {
  const found = map.get(key);
  if (found) found.push(entry);
  else map.set(key, [entry]);
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
  ...facts.bindings.flatMap((it) =>
    it.isTopLevel && it.init && !ofStates.test(it.name) ? inMap(it.init) : [],
  ),
]);

/** A state is reached, and told to nobody: `RefundState.PAYMENT_REFUNDED`. */
const ofStates = /(?:state|status|statuses|phase|stage)s?$/i;

function inType(fact: TypeFact): readonly Entry[] {
  if (ofStates.test(fact.name)) return [];
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
