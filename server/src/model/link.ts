// Joins the facts of all files into the event model. Pure: same facts, same model, in whatever order the files come.
import type { FileFacts } from '../facts/facts.ts';
import type { ProjectFacts } from '../facts/project.ts';
import { bodiesOf, type Bodies } from './bodies.ts';
import { contractsOf } from './contracts.ts';
import { draftConsumers, type ConsumerDraft } from './consumers.ts';
import { collectEvents } from './events.ts';
import { feedsOf } from './feeds.ts';
import { messagesOf } from './messages.ts';
import type { ConsumerNode, EventModel } from './model.ts';
import { nodesOf } from './nodes.ts';
import { lazily } from './once.ts';
import { draftProducers } from './producers.ts';
import { linkProgram } from './program.ts';
import { sagasOf } from './sagas.ts';
import { servicesOf, type ConfiguredService } from './services.ts';

/** Links the facts of all files. Only when `isComplete` may anything be said to be absent. */
export function link(
  files: Iterable<FileFacts>,
  projects: readonly ProjectFacts[],
  options: { readonly isComplete: boolean; readonly serviceFor?: ConfiguredService },
): EventModel {
  const byPath = inOrder(files);
  const linking = linkProgram(byPath, projects);
  const read = messagesOf(linking);
  const drafts = { producers: draftProducers(linking, read), consumers: draftConsumers(linking, read) };
  const events = collectEvents(linking, drafts.producers, drafts.consumers);
  const bodies = bodiesOf(linking, drafts.consumers, read);
  const serviceOf = servicesOf(projects, options.serviceFor);
  const transportOf = feedsOf({ linking, ...drafts, serviceOf });
  const { nodes, ...found } = nodesOf({ events, ...drafts, transportOf, serviceOf, ...options });
  const sagas = lazily(() => sagasOf(linking, bodies.bodyOf));
  return {
    files: byPath,
    events: nodes,
    ...found,
    // To tell sagas from other functions takes their bodies, so they are looked for when somebody asks.
    get sagas() {
      return sagas();
    },
    program: linking.program,
    isComplete: options.isComplete,
    bodyOf: bodies.bodyOf,
    bodyOfConsumer: bodiesByConsumer(found.consumers, drafts.consumers, bodies),
    serviceOf,
    ...contractsOf(projects, linking.modules),
  };
}

/** Sorted by path, so that the model does not depend on the order in which files came. */
function inOrder(files: Iterable<FileFacts>): ReadonlyMap<string, FileFacts> {
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  return new Map(sorted.map((it) => [it.file, it]));
}

function bodiesByConsumer(
  consumers: readonly ConsumerNode[],
  drafts: readonly ConsumerDraft[],
  { bodyOfConsumer }: Bodies,
): EventModel['bodyOfConsumer'] {
  const draftOf = new Map(consumers.map((it, index) => [it, drafts[index]]));
  return (consumer) => {
    const draft = draftOf.get(consumer);
    return draft ? bodyOfConsumer(draft) : { effects: [], isOpen: true };
  };
}
