// What is kept about the consumers and producers of one model for the next, though they are made anew for each.
import type { FunctionFact } from '../../facts/facts.ts';
import { lazily } from '../../facts/once.ts';
import { areSame } from '../../same.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import type { Bodies } from '../effects/bodies.ts';
import type { ConsumerNode, EventModel, ProducerNode } from '../model.ts';
import type { Nodes } from '../nodes.ts';
import { subjectsBy } from './about.ts';
import type { Keeper } from './kept.ts';
import { isSameConsumer, isSameProducer } from './notedEvents.ts';

interface Parts extends Bodies {
  /** Of each consumer, in their order: a draft stays the same as long as the files behind it. */
  readonly drafts: readonly ConsumerDraft[];
}

/** What is kept of consumers, each under its draft. */
export function keptOfConsumers(
  keeper: Keeper,
  { consumers }: Pick<Nodes, 'consumers'>,
  { drafts, bodyOfConsumer }: Parts,
): Pick<EventModel, 'bodyOfConsumer' | 'aboutConsumers' | 'saidOfConsumers'> {
  const draftOf = new Map(consumers.map((it, index) => [it, drafts[index]]));
  const bodies = keeper.keepBy(
    'bodies of consumers',
    (draft: ConsumerDraft) => draft,
    (draft) => bodyOfConsumer(draft),
  );
  return {
    bodyOfConsumer: (consumer) => {
      const draft = draftOf.get(consumer);
      return draft ? bodies(draft) : { effects: [], isOpen: true };
    },
    ...askedOfConsumers(keeper, consumers, (it) => draftOf.get(it)),
  };
}

function askedOfConsumers(
  keeper: Keeper,
  consumers: readonly ConsumerNode[],
  draftOf: (consumer: ConsumerNode) => ConsumerDraft | undefined,
): Pick<EventModel, 'aboutConsumers' | 'saidOfConsumers'> {
  const byDraft = (): ReadonlyMap<unknown, ConsumerNode> => new Map(consumers.map((it) => [draftOf(it), it]));
  const consumerAt = keeper.lookUp('consumers', byDraft, isSameConsumer);
  const subjects = lazily(() => subjectsBy(consumers, draftOf));
  /** Who asks depends on the consumer, whatever is read of it. */
  const noted =
    <Value>(ask: (consumer: ConsumerNode) => Value) =>
    (it: ConsumerNode): Value => {
      consumerAt(draftOf(it));
      return ask(it);
    };
  return {
    aboutConsumers: (question, ask) => keeper.keepBy(question, draftOf, noted(ask)),
    saidOfConsumers: (question, ask) => keeper.list(question, subjects(), noted(ask)),
  };
}

/** The consumers that a function handles; who asks depends on those alone. */
export function consumersByHandler(
  keeper: Keeper,
  consumers: readonly ConsumerNode[],
): EventModel['consumersBy'] {
  const byHandler = new Map<FunctionFact, ConsumerNode[]>();
  for (const it of consumers) {
    const known = it.handler && byHandler.get(it.handler.fact);
    if (known) known.push(it);
    else if (it.handler) byHandler.set(it.handler.fact, [it]);
  }
  const areThose = (one: readonly ConsumerNode[], other: readonly ConsumerNode[]): boolean =>
    areSame(one, other, isSameConsumer);
  const found = keeper.lookUp('handlers', () => byHandler, areThose);
  return (handler) => found(handler) ?? [];
}

/** The producers at a call; who asks depends on those alone. */
export function producersByPlace(
  keeper: Keeper,
  producers: readonly ProducerNode[],
): EventModel['producersAt'] {
  const byPlace = new Map<string, ProducerNode[]>();
  for (const it of producers) {
    const place = `${it.file}:${it.at.start}`;
    const known = byPlace.get(place);
    if (known) known.push(it);
    else byPlace.set(place, [it]);
  }
  const areThose = (one: readonly ProducerNode[], other: readonly ProducerNode[]): boolean =>
    areSame(one, other, isSameProducer);
  const found = keeper.lookUp('producers', () => byPlace, areThose);
  return ({ file, at }) => found(`${file}:${at.start}`) ?? [];
}
