// Joins the facts of all files into the event model. Pure: same facts, same model, in whatever order the files come.
import type { FileFacts } from '../facts/facts.ts';
import type { ProjectFacts } from '../facts/project.ts';
import { bodiesOf } from './bodies.ts';
import { draftConsumers } from './consumers.ts';
import { collectEvents } from './events.ts';
import { feedsOf } from './feeds.ts';
import { messagesOf } from './messages.ts';
import type { Body, ConsumerNode, EventModel } from './model.ts';
import { nodesOf } from './nodes.ts';
import { draftProducers } from './producers.ts';
import { linkProgram } from './program.ts';
import { sagasOf } from './sagas.ts';
import { servicesOf } from './services.ts';

/** Links the facts of all files. Only when `isComplete` may anything be said to be absent. */
export function link(
  files: Iterable<FileFacts>,
  projects: readonly ProjectFacts[],
  options: { readonly isComplete: boolean },
): EventModel {
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const byPath = new Map(sorted.map((it) => [it.file, it]));
  const linking = linkProgram(byPath, projects);
  const read = messagesOf(linking);
  const producerDrafts = draftProducers(linking, read);
  const consumerDrafts = draftConsumers(linking, read);
  const events = collectEvents(linking, producerDrafts, consumerDrafts);
  const bodies = bodiesOf(linking, consumerDrafts, read);
  const serviceOf = servicesOf(projects);
  const transportOf = feedsOf({ linking, producers: producerDrafts, consumers: consumerDrafts, serviceOf });
  const { nodes, producers, consumers, unread } = nodesOf({
    events,
    producers: producerDrafts,
    consumers: consumerDrafts,
    transportOf,
    isComplete: options.isComplete,
    serviceOf,
  });
  const drafts = new Map(consumers.map((it, index) => [it, consumerDrafts[index]]));
  const bodyOfConsumer = (consumer: ConsumerNode): Body => {
    const draft = drafts.get(consumer);
    return draft ? bodies.bodyOfConsumer(draft) : { effects: [], isOpen: true };
  };
  return {
    files: byPath,
    events: nodes,
    producers,
    consumers,
    sagas: sagasOf(linking, bodies.bodyOf),
    program: linking.program,
    isComplete: options.isComplete,
    unread,
    bodyOf: bodies.bodyOf,
    bodyOfConsumer,
    serviceOf,
  };
}
