// Joins the facts of all files into the event model. Pure: same facts, same model, in whatever order the files come.
import type { FileFacts } from '../facts/facts.ts';
import { lazily } from '../facts/once.ts';
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';
import { draftConsumers } from './consumers/consumers.ts';
import { feedsOf } from './delivery/feeds.ts';
import { forgottenBy } from './delivery/nestTransports.ts';
import { bodiesOf } from './effects/bodies.ts';
import { aliasesIn } from './events/aliases.ts';
import { collectEvents } from './events/events.ts';
import { Keeper } from './incremental/kept.ts';
import { consumersByHandler, keptOfConsumers, producersByPlace } from './incremental/keptNodes.ts';
import { messagesOf } from './messages/messages.ts';
import type { EventModel } from './model.ts';
import { nodesOf, type Nodes } from './nodes.ts';
import { draftProducers } from './producers/producers.ts';
import { linkProgram } from './program.ts';
import { contractsOf } from './resolution/contracts.ts';
import { servicesOf, type ConfiguredService } from './resolution/services.ts';
import { sagasOf } from './sagas/sagas.ts';

export interface LinkOptions {
  readonly isComplete: boolean;
  readonly serviceFor?: ConfiguredService;
  /** What was kept of the link before. */
  readonly keeper?: Keeper;
}

/** Links the facts of all files. Only when `isComplete` may anything be said to be absent. */
export function link(
  files: Iterable<FileFacts>,
  projects: readonly ProjectFacts[],
  options: LinkOptions,
): EventModel {
  const inOrder = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  return linkSorted(new Map(inOrder.map((it) => [it.file, it])), projects, options);
}

/** The same of files that come in the order of their paths, so that the model does not depend on another one. */
export function linkSorted(
  byPath: ReadonlyMap<FilePath, FileFacts>,
  projects: readonly ProjectFacts[],
  options: LinkOptions,
): EventModel {
  const keeper = options.keeper ?? new Keeper(false);
  const linking = linkProgram(byPath, projects, keeper);
  const read = messagesOf(linking);
  const drafts = { producers: draftProducers(linking, read), consumers: draftConsumers(linking, read) };
  const events = collectEvents(linking, drafts.producers, drafts.consumers);
  const bodies = bodiesOf(linking, drafts.consumers, read);
  const serviceOf = servicesOf(projects, options.serviceFor);
  const transportOf = feedsOf({ linking, ...drafts, serviceOf });
  const isForgotten = forgottenBy(linking, serviceOf);
  const nodes = nodesOf({ keeper, events, ...drafts, transportOf, isForgotten, serviceOf, ...options });
  // To tell sagas from other functions takes their bodies, so they are looked for when somebody asks.
  const sagas = lazily(() => sagasOf(linking, bodies.bodyOf));
  return Object.assign(wholesOf(keeper, nodes, sagas), {
    keeper,
    files: linking.files,
    program: linking.program,
    isComplete: options.isComplete,
    serviceOf,
    ...bodies,
    ...keptOfConsumers(keeper, nodes, { drafts: drafts.consumers, ...bodies }),
    aliasesOf: aliasesIn(linking),
    consumersBy: consumersByHandler(keeper, nodes.consumers),
    producersAt: producersByPlace(keeper, nodes.producers),
    ...contractsOf(projects, linking),
  });
}

type Wholes = Pick<EventModel, 'events' | 'producers' | 'consumers' | 'sites' | 'sagas'>;

/** Who goes over all of a kind depends on everything. */
function wholesOf(keeper: Keeper, nodes: Nodes, sagas: () => EventModel['sagas']): Wholes {
  const whole = <Value>(value: Value): Value => {
    keeper.noteEverything();
    return value;
  };
  return {
    get events() {
      return whole(nodes.events);
    },
    get producers() {
      return whole(nodes.producers);
    },
    get consumers() {
      return whole(nodes.consumers);
    },
    get sites() {
      return whole(nodes.sites());
    },
    get sagas() {
      return whole(sagas());
    },
  };
}
