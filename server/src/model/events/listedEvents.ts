// Lists of topics that are called events: `enum OrderEvent { … }`, `const KAFKA_EVENTS = { … }`, `type EventName = 'order.placed' | …`.
import type { Expr, Member, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { isSamePlace } from '../../same.ts';
import type { Place, Span } from '../../text.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import { eventKey, wordsOf } from '../names/names.ts';

const kinds = /^(?:name|names|type|types|topic|topics|key|keys|pattern|patterns)$/;

/** An entry of such a list. */
export interface ListedEvent extends Place {
  /** The key of the event that it names. */
  readonly key: string;
}

/** What stands in such lists of a file. */
const listedAsEvents = once(({ file, types, bindings }: FileFacts): readonly ListedEvent[] => {
  const inTypes = types.flatMap(({ name, kind, members, alias }) => {
    if (!isOfEvents(name)) return [];
    return kind === 'enum' ? members.flatMap(ofMember) : alias ? literalsIn(alias) : [];
  });
  const inMaps = bindings.flatMap((it) =>
    it.isTopLevel && it.init && isOfEvents(it.name) ? textsIn(it.init) : [],
  );
  return [...inTypes, ...inMaps].map(({ text, at }) => ({ key: eventKey(text), file, at }));
});

/** The same by the keys of events; of several in a file the first. */
export const calledEvents: Indexed<string, ListedEvent> = {
  question: 'what lists call events',
  of: (facts) => new Map([...listedAsEvents(facts)].reverse().map((it) => [it.key, it])),
  isSame: isSamePlace,
};

interface Text {
  readonly text: string;
  readonly at: Span;
}

/** `OrderEvent`, `ORDER_EVENTS`, `EventName`, `KafkaEventTopics`. */
function isOfEvents(name: string): boolean {
  const words = [...wordsOf(name)];
  while (kinds.test(words.at(-1) ?? '')) words.pop();
  return /^events?$/.test(words.at(-1) ?? '');
}

function ofMember({ init, at }: Member): readonly Text[] {
  return init?.kind === 'string' ? [{ text: init.value, at }] : [];
}

function literalsIn(type: TypeExpr): readonly Text[] {
  if (type.kind === 'union') return type.of.flatMap(literalsIn);
  return type.kind === 'literal' ? [{ text: type.value, at: type.at }] : [];
}

function textsIn(value: Expr): readonly Text[] {
  if (value.kind !== 'object') return [];
  return value.entries.flatMap((it) =>
    it.value.kind === 'string' ? [{ text: it.value.value, at: it.at }] : [],
  );
}
