// The events of the workspace: declared types and wire names that mean one event become one node.
import type { ObjectExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { valueNamed } from '../../facts/valueNamed.ts';
import type { Place } from '../../text.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { isByConvention } from '../consumers/consumers.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { isTagged, type Message } from '../messages/message.ts';
import type { TypeNode } from '../model.ts';
import { eventKey, isLastResort } from '../names/names.ts';
import { isWildcard, matching } from '../names/wildcards.ts';
import type { ProducerDraft } from '../producers/producers.ts';
import type { Linking } from '../program.ts';
import { type KeyOf, keysBeside } from './eventKeys.ts';
import { declaredName, isMessageType, isPayloadName, isWorkName } from './evidence.ts';
import { tagMembersOf, tagOf } from './tags.ts';
import { extendsEvent, sureOf, toldBy, weightIn, withoutEntities } from './toldTypes.ts';
import { eventMembers } from './unionMembers.ts';

/** An event node while the model is made. */
export interface EventDraft {
  readonly key: string;
  name: string;
  readonly wireNames: Set<string>;
  readonly declarations: TypeNode[];
  readonly inline: (Place & { readonly object: ObjectExpr })[];
  place: Place;
}

export interface Events {
  readonly drafts: ReadonlyMap<string, EventDraft>;
  /** The events that messages mean; a name that is only a channel means all that travel there. */
  readonly of: (messages: readonly Message[]) => readonly EventDraft[];
  /** Whether what travels under a name is told apart by its tags: what has none is none of these. */
  readonly isTaggedChannel: (message: Message) => boolean;
}

/** Collects events from declarations, producers and consumers. */
export function collectEvents(
  linking: Linking,
  allProducers: readonly ProducerDraft[],
  allConsumers: readonly ConsumerDraft[],
): Events {
  const producers = allProducers.map((it) => ({ ...it, messages: toldBy(it, linking) }));
  const published = new Set(
    producers.flatMap(({ messages }) => messages.flatMap((it) => (it.kind === 'type' ? [it.node.fact] : []))),
  );
  const consumers = allConsumers.map((it) => ({
    ...it,
    messages: withoutEntities(isByConvention(it) ? sureOf(it, published, linking) : it.messages, linking),
  }));
  const drafts = new Map<string, EventDraft>();
  const declared = saidOfFiles(linking, 'declared events', (facts) =>
    declaredIn(facts, linking).map((fact) => ({ file: facts.file, fact })),
  );
  const keyOf = keysBeside(declared);
  const channels = channelsOf(producers, keyOf);
  const isTaggedChannel = taggedChannels(producers);
  const keysOf = (message: Message): readonly string[] => {
    if (message.kind === 'type') return [keyOf(declaredName(message.node.fact))];
    if (message.kind !== 'name') return [];
    if (isWildcard(message.name)) return matching(message.name, drafts.keys());
    const key = keyOf(message.name);
    return channels.get(key) ?? tags.get(key) ?? [key];
  };
  for (const it of declared) declare(drafts, it, { linking, keyOf });
  const tags = taggedBy(drafts);
  const tell = (
    { messages, file, at }: ProducerDraft | ConsumerDraft,
    isWanted: (it: Message) => boolean,
  ): void => {
    for (const it of messages.filter(isWanted)) record(drafts, it, { file, at }, { keysOf, keyOf, linking });
  };
  // What is tagged gives an event its name, whatever the topic is called that it travels on.
  for (const it of producers) tell(it, isTagged);
  for (const it of producers) {
    tell(it, (message) => !isTagged(message));
    if (!it.messages.some(isTaggedChannel)) recordInline(drafts, it, keysOf);
  }
  for (const it of consumers) tell(it, () => true);
  const of = (messages: readonly Message[]): readonly EventDraft[] => {
    const found = messages.flatMap(keysOf).flatMap((key) => drafts.get(key) ?? []);
    return found.length < 2 ? found : [...new Set(found)];
  };
  return { drafts, of, isTaggedChannel };
}

/** Names under which messages of a declared type, or with a tag, travel: one makes the name its wire name, several make it a channel. */
function channelsOf(
  producers: readonly ProducerDraft[],
  keyOf: KeyOf,
): ReadonlyMap<string, readonly string[]> {
  const channels = new Map<string, Set<string>>();
  for (const { messages } of producers) {
    // Most name their event once, by a type or by a name.
    if (messages.length < 2) continue;
    const types = messages.flatMap((it) =>
      it.kind === 'type' ? [keyOf(declaredName(it.node.fact))] : tagKeyOf(it, keyOf),
    );
    for (const message of messages) {
      if (message.kind !== 'name' || isTagged(message) || types.length === 0) continue;
      const key = eventKey(message.name);
      const found = channels.get(key) ?? new Set<string>();
      channels.set(key, found);
      for (const type of types) found.add(type);
    }
  }
  return new Map([...channels].map(([key, types]) => [key, [...types]]));
}

/** Names of topics for several events, by the tags of what is sent there. */
function taggedChannels(producers: readonly ProducerDraft[]): (message: Message) => boolean {
  const tagged = producers.filter(({ messages }) => messages.some(isTagged));
  const names = new Set(
    tagged.flatMap(({ messages }) =>
      messages.flatMap((it) => (it.kind === 'name' && !isTagged(it) ? [eventKey(it.name)] : [])),
    ),
  );
  return (it) => it.kind === 'name' && !isTagged(it) && names.has(eventKey(it.name));
}

function tagKeyOf(message: Message, keyOf: KeyOf): readonly string[] {
  return isTagged(message) ? [keyOf(message.name)] : [];
}

/** Declared events by a tag that is not their name: who says `'order.paid'` means the `CardCharged` that bears it. One word (`created`) tells nothing. */
function taggedBy(drafts: ReadonlyMap<string, EventDraft>): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, string[]>();
  for (const { key, wireNames } of drafts.values()) {
    if (wireNames.size === 0) continue;
    for (const tag of new Set([...wireNames].map(eventKey))) {
      if (!tag.includes(' ') || drafts.has(tag)) continue;
      tags.set(tag, [...(tags.get(tag) ?? []), key]);
    }
  }
  return tags;
}

function record(
  drafts: Map<string, EventDraft>,
  message: Message,
  place: Place,
  { keysOf, ...declaring }: Declaring & { readonly keysOf: (message: Message) => readonly string[] },
): void {
  if (message.kind === 'type') {
    if (!isNoEvent(message.node.fact)) declare(drafts, message.node, declaring);
    return;
  }
  if (message.kind !== 'name' || isWildcard(message.name) || isLastResort(message.name)) return;
  for (const key of keysOf(message)) {
    if (key === '') continue;
    const draft = drafts.get(key) ?? create(drafts, key, message.name, place);
    if (!message.isForeign) draft.wireNames.add(message.name);
    if (message.object) draft.inline.push(inlineAt(message.object, message.file ?? place.file, place));
  }
}

const isNoEvent = once(
  ({ name, notAnEvent }: TypeFact) => notAnEvent !== undefined || isPayloadName(name) || isWorkName(name),
);

/** `send({ topic: 'order.placed', messages: [{ value: { … } }] })`: the object is the declaration of an event that has no other. */
function recordInline(
  drafts: Map<string, EventDraft>,
  { messages, file, at }: ProducerDraft,
  keysOf: (message: Message) => readonly string[],
): void {
  const objects = messages.flatMap((it) => (it.kind === 'object' ? [it] : []));
  if (objects.length === 0 || messages.some((it) => it.kind === 'type')) return;
  for (const message of messages) {
    if (message.kind !== 'name' || message.object) continue;
    for (const draft of keysOf(message).flatMap((key) => drafts.get(key) ?? [])) {
      for (const it of objects) draft.inline.push(inlineAt(it.object, it.file, { file, at }));
    }
  }
}

/** At the call that publishes it, or at the head of the object where that stands in another file. */
function inlineAt(object: ObjectExpr, file: Place['file'], site: Place): EventDraft['inline'][number] {
  const head = object.entries[0]?.at ?? object.at;
  return { file, at: file === site.file ? site.at : head, object };
}

interface Declaring {
  readonly linking: Linking;
  readonly keyOf: KeyOf;
}

function declare(drafts: Map<string, EventDraft>, node: TypeNode, { linking, keyOf }: Declaring): void {
  const key = keyOf(declaredName(node.fact));
  const known = drafts.get(key);
  if (known?.declarations.some((it) => it.fact === node.fact)) return;
  const place = { file: node.file, at: node.fact.at };
  const draft = known ?? create(drafts, key, declaredName(node.fact), place);
  if (draft.declarations.length === 0) {
    draft.name = declaredName(node.fact);
    draft.place = place;
  }
  draft.declarations.push(node);
  const tag = tagOf(node.fact) ?? constantTag(node, linking);
  if (tag !== undefined && tag !== draft.name) draft.wireNames.add(tag);
}

/** `subject: Subjects.OrderPlaced`, `type: typeof ORDER_PLACED`: the text stands in an enum or constant. */
function constantTag({ file, fact }: TypeNode, { values }: Linking): string | undefined {
  for (const { type } of tagMembersOf(fact)) {
    const isConstant = type?.kind === 'typeof' || (type?.kind === 'ref' && type.name.includes('.'));
    const text = isConstant ? values.stringOf(file, valueNamed(type.name, type.at)) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

function create(drafts: Map<string, EventDraft>, key: string, name: string, place: Place): EventDraft {
  const draft: EventDraft = {
    key,
    name,
    wireNames: new Set(),
    declarations: [],
    inline: [],
    place,
  };
  drafts.set(key, draft);
  return draft;
}

/** Whether a file declares types that are events by their declaration alone. */
export function declaresEvents(facts: FileFacts): boolean {
  return sorted(facts).strong.length > 0;
}

/** Types that are events by their declaration; those that depend on a base elsewhere are asked each time. */
function declaredIn(facts: FileFacts, linking: Linking): readonly TypeFact[] {
  const found = sorted(facts);
  const inherited = found.open.filter((fact) => extendsEvent({ file: facts.file, fact }, linking));
  return inherited.length > 0 ? [...found.strong, ...inherited] : found.strong;
}

interface Sorted {
  readonly strong: readonly TypeFact[];
  readonly open: readonly TypeFact[];
}

const sorted = once((facts: FileFacts): Sorted => {
  const weights = new Map(facts.types.map((it) => [it, weightIn(facts)(it)]));
  const hinted = [...weights].filter(([, weight]) => weight > 0);
  const messages = facts.types.filter((it) => isMessageType({ file: facts.file, fact: it }));
  // Where most of a file states facts, its types are each other's siblings.
  const areMost = hinted.length >= 3 && hinted.length * 2 > messages.length;
  const hasSiblings = hinted.some(([, weight]) => weight >= 2) || areMost;
  const strong = hinted.filter(([, weight]) => weight >= 2 || hasSiblings).map(([fact]) => fact);
  const open = facts.types.filter((it) => !strong.includes(it) && mayInherit(it));
  return { strong: [...strong, ...writtenOut(facts, strong)], open };
});

function mayInherit(fact: TypeFact): boolean {
  const bases = [...fact.bases, ...fact.implements];
  const names = bases.map((it) => (it.kind === 'ref' || it.kind === 'typeof' ? it.name : ''));
  return (
    names.some((it) => /Event|Message/.test(it)) &&
    isMessageType({ file: '', fact }) &&
    !isPayloadName(fact.name)
  );
}

/** Members of unions that are written out, and have no declaration of their own. */
function writtenOut(facts: FileFacts, strong: readonly TypeFact[]): readonly TypeFact[] {
  const named = new Set(strong.map((it) => eventKey(declaredName(it))));
  return facts.types.flatMap(eventMembers).filter((it) => !named.has(eventKey(it.name)));
}
