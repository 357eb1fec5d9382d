// What of the event model stands where in a file: declarations, producers, consumers, sagas and their steps, each at its name.
import type { TypeFact } from '../facts/facts.ts';
import { unnoted } from '../model/incremental/noting.ts';
import { perModel } from '../model/incremental/perModel.ts';
import type {
  ConsumerNode,
  EventModel,
  EventNode,
  FunctionNode,
  ProducerNode,
  SagaNode,
  StepNode,
  TypeNode,
} from '../model/model.ts';
import type { FilePath, Span } from '../text.ts';

/** What stands at a place: an event (and which of its declarations), one that is produced there, or a saga (and which of its steps). */
export type Subject =
  | { readonly kind: 'event' | 'produced'; readonly event: EventNode; readonly node?: TypeNode }
  | { readonly kind: 'saga'; readonly saga: SagaNode; readonly step?: StepNode };

export interface Spot {
  readonly at: Span;
  readonly subject: Subject;
}

export interface Places {
  readonly spotsOf: ReadonlyMap<FilePath, readonly Spot[]>;
  readonly eventOf: ReadonlyMap<TypeFact, EventNode>;
  /** By name and wire name. */
  readonly eventsCalled: ReadonlyMap<string, ReadonlySet<EventNode>>;
}

/** Made once for each model, when somebody first asks. It is made from everything, so that single events need no note. */
export const placesOf = perModel((model: EventModel): Places => {
  model.keeper.noteEverything();
  return unnoted(() => placesIn(model));
});

function placesIn({ events, producers, consumers, sagas }: EventModel): Places {
  const places: Filling = { spotsOf: new Map(), eventOf: new Map(), eventsCalled: new Map() };
  for (const it of events) putEvent(places, it);
  for (const it of producers) putProducer(places, it);
  for (const it of consumers) putConsumer(places, it);
  for (const it of sagas) putSaga(places, it);
  return places;
}

interface Filling {
  readonly spotsOf: Map<FilePath, Spot[]>;
  readonly eventOf: Map<TypeFact, EventNode>;
  readonly eventsCalled: Map<string, Set<EventNode>>;
}

function putEvent({ spotsOf, eventOf, eventsCalled }: Filling, event: EventNode): void {
  for (const name of [event.name, ...event.wireNames]) {
    const known = eventsCalled.get(name);
    if (known) known.add(event);
    else eventsCalled.set(name, new Set([event]));
  }
  for (const node of event.declarations) {
    eventOf.set(node.fact, event);
    put(spotsOf, node.file, { at: node.fact.at, subject: { kind: 'event', event, node } });
  }
}

/** At the call, and at the name of the function that it stands in. */
function putProducer({ spotsOf }: Filling, { file, at, event, fn }: ProducerNode): void {
  if (!event) return;
  const subject: Subject = { kind: 'produced', event };
  put(spotsOf, file, { at, subject });
  putFunction(spotsOf, fn, subject);
}

function putConsumer({ spotsOf }: Filling, { file, at, events, handler }: ConsumerNode): void {
  for (const event of events) {
    const subject: Subject = { kind: 'event', event };
    put(spotsOf, file, { at, subject });
    if (handler) putFunction(spotsOf, handler, subject);
  }
}

function putFunction(spotsOf: Filling['spotsOf'], { file, fact }: FunctionNode, subject: Subject): void {
  if (fact.name !== '' && fact.kind !== 'module') put(spotsOf, file, { at: fact.at, subject });
}

function putSaga({ spotsOf }: Filling, saga: SagaNode): void {
  put(spotsOf, saga.file, { at: saga.at, subject: { kind: 'saga', saga } });
  for (const step of saga.steps)
    put(spotsOf, step.file, { at: step.at, subject: { kind: 'saga', saga, step } });
}

function put(spotsOf: Filling['spotsOf'], file: FilePath, spot: Spot): void {
  const known = spotsOf.get(file);
  if (known) known.push(spot);
  else spotsOf.set(file, [spot]);
}
