// Turns drafts into the nodes that rules see, ties them together, and answers whether each event is produced and consumed.
import type { ConsumerFact } from '../facts/facts.ts';
import { lazily, once } from '../facts/once.ts';
import type { Transport } from '../facts/roles.ts';
import type { FilePath } from '../text.ts';
import type { ConsumerDraft } from './consumers/consumerDraft.ts';
import type { EventDraft, Events } from './events/events.ts';
import { isUnread, isUnreadConsumer, sitesOf } from './events/sites.ts';
import type { Keeper } from './incremental/kept.ts';
import { isSameEvent, NotedEvent } from './incremental/notedEvents.ts';
import { isTagged, type Message } from './messages/message.ts';
import type { Answer, ConsumerNode, EventNode, ProducerNode, SiteNode } from './model.ts';
import { statesFact } from './names/names.ts';
import type { ProducerDraft } from './producers/producers.ts';

export interface NodeParts {
  readonly keeper: Keeper;
  readonly events: Events;
  readonly producers: readonly ProducerDraft[];
  readonly consumers: readonly ConsumerDraft[];
  /** As the fact says, or as the rest of the workspace shows. */
  readonly transportOf: (consumer: ConsumerDraft) => Transport;
  readonly isForgotten: (consumer: ConsumerDraft) => boolean;
  readonly isComplete: boolean;
  readonly serviceOf: (file: FilePath) => string;
}

export interface Nodes {
  readonly events: readonly EventNode[];
  readonly producers: readonly ProducerNode[];
  /** In the order of the drafts. */
  readonly consumers: readonly ConsumerNode[];
  readonly sites: () => readonly SiteNode[];
}

/** An event node while it is tied to its producers and consumers. */
interface Knot {
  readonly event: { -readonly [key in keyof EventNode]: EventNode[key] };
  /** The event as others see it. */
  readonly node: EventNode;
  readonly producers: ProducerNode[];
  readonly consumers: ConsumerNode[];
}

/** Makes all nodes. */
export function nodesOf(parts: NodeParts): Nodes {
  const { keeper } = parts;
  const shown = (event: EventNode): EventNode =>
    keeper.isNoting ? new NotedEvent(event, (key) => void eventAt(key)) : event;
  const knots = new Map([...parts.events.drafts.values()].map((it) => [it, knotOf(it, shown)]));
  const knotsOf = (messages: readonly Message[]): readonly Knot[] =>
    parts.events.of(messages).flatMap((it) => knots.get(it) ?? []);
  // Of what travels on a channel a producer sends what it says by type or tag.
  const sentBy = ({ messages }: ProducerDraft): readonly Knot[] => {
    const own = knotsOf(messages.filter((it) => it.kind === 'type' || isTagged(it)));
    if (own.length > 0) return own;
    // Who only names the channel sends one of them, and does not say which; what has no tag is none of them.
    const all = knotsOf(messages);
    const isUntagged =
      messages.some((it) => it.kind === 'object') && messages.some(parts.events.isTaggedChannel);
    return isUntagged || all.length > messages.length ? [] : all;
  };
  const producers = parts.producers.flatMap((it) => producersOf(it, sentBy(it)));
  const consumers = parts.consumers.map((it) => consumerOf(it, knotsOf(it.messages), parts));
  const plain = [...knots.values()].map((it) => it.event);
  answer(plain, parts);
  const byKey = new Map(plain.map((it) => [it.key, it]));
  const eventAt = keeper.lookUp('events', () => byKey, isSameEvent);
  const events = [...knots.values()].map((it) => it.node);
  const sites = lazily(() => sitesOf(parts.producers, parts.consumers));
  return { events, producers, consumers, sites };
}

function knotOf(draft: EventDraft, shown: (event: EventNode) => EventNode): Knot {
  const producers: ProducerNode[] = [];
  const consumers: ConsumerNode[] = [];
  const event = {
    ...draft,
    wireNames: [...draft.wireNames],
    producers,
    consumers,
    isProduced: 'unknown' as const,
    isConsumed: 'unknown' as const,
    isAsked: false,
  };
  return { event, node: shown(event), producers, consumers };
}

function producersOf(draft: ProducerDraft, knots: readonly Knot[]): readonly ProducerNode[] {
  const { file, at, role, action, fn } = draft;
  if (knots.length === 0) return [{ file, at, role, action, fn, event: undefined }];
  return knots.map(({ node, producers }) => {
    const producer: ProducerNode = { file, at, role, action, fn, event: node };
    producers.push(producer);
    return producer;
  });
}

function consumerOf(
  draft: ConsumerDraft,
  knots: readonly Knot[],
  { transportOf, isForgotten }: NodeParts,
): ConsumerNode {
  const { file, at, name, handler, entry } = draft;
  const fact = knots.some(isTold) ? asListener(draft.fact) : draft.fact;
  const consumer: ConsumerNode = {
    file,
    at,
    name,
    fact,
    events: knots.map((it) => it.node),
    handler,
    ...(entry && { runBy: entry }),
    transport: transportOf(draft),
    ...(isForgotten(draft) && { isForgotten: true }),
  };
  for (const it of knots) {
    if (fact.isRequest) it.event.isAsked = true;
    else it.consumers.push(consumer);
  }
  return consumer;
}

/** Nobody waits for an answer to what happened: `@MessagePattern('order.created')` of what is emitted. */
function isTold({ event, producers }: Knot): boolean {
  return producers.length > 0 && producers.every((it) => !it.role.isRequest) && statesFact(event.name);
}

/** The same consumer, whose handler is called as one of requests but hears of events. */
const asListener = once((fact: ConsumerFact): ConsumerFact => {
  if (!fact.isRequest) return fact;
  const { isRequest: _, ...listener } = fact;
  return listener;
});

/** A name that can't be read makes unknown what could be meant: events of the same service, or of none that others use. */
function answer(
  nodes: readonly Knot['event'][],
  { producers, consumers, isComplete, serviceOf }: NodeParts,
): void {
  const unreadProducers = new Set(producers.filter(isUnread).map((it) => serviceOf(it.file)));
  const unreadConsumers = consumers.filter(isUnreadConsumer);
  const unreadLibraries = new Set(unreadConsumers.map((it) => it.fact.library));
  // Whoever subscribes to the bus of its process itself takes what wrappers put on it too.
  const wholeBuses = new Set(
    unreadConsumers.filter((it) => it.fact.transport === 'in-process').map((it) => serviceOf(it.file)),
  );
  for (const node of nodes) {
    const service = serviceOf(node.place.file);
    node.isProduced = answerFor(node.producers.length > 0, isComplete, unreadProducers.has(service));
    // What an outbox holds, a relay may hand to any library.
    const mayReach =
      unreadConsumers.length > 0 &&
      node.producers.some(
        ({ role, file }) =>
          role.transport === 'outbox' || unreadLibraries.has(role.library) || wholeBuses.has(serviceOf(file)),
      );
    const isUnsure = mayReach || (node.producers.length === 0 && unreadConsumers.length > 0);
    node.isConsumed = answerFor(node.consumers.length > 0, isComplete, isUnsure);
  }
}

function answerFor(isSeen: boolean, isComplete: boolean, isUnsure: boolean): Answer {
  if (isSeen) return 'yes';
  return isComplete && !isUnsure ? 'no' : 'unknown';
}
