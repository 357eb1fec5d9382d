// An event as a reader is told of it: names, metadata, who is at either end, what announces its failure.
import { isBorne } from '../model/events/borneTypes.ts';
import { isSpokenFor } from '../model/events/twins.ts';
import { failureEventsOf } from '../model/failures/failureEvents.ts';
import { carriersOf, type Carrier } from '../model/metadata/eventMetadata.ts';
import { generalEnvelopes } from '../model/metadata/generalEnvelopes.ts';
import { metadataKinds, type Aliases, type MetadataKind } from '../model/metadata/metadataKinds.ts';
import type { Answer, ConsumerNode, EventModel, EventNode, FunctionNode, TypeNode } from '../model/model.ts';
import { labelOf } from '../model/names/labels.ts';
import { nearestFirst } from '../model/resolution/nearness.ts';
import { rule as metadataRule } from '../rules/missing-event-metadata.ts';
import { rule as failureRule } from '../rules/missing-failure-event.ts';
import { missingIn } from '../rules/sharedMetadata.ts';
import { isSamePlace } from '../same.ts';
import type { Place } from '../text.ts';
import type { Asked } from './asked.ts';

/** Which event it is. */
export interface EventHead {
  readonly name: string;
  readonly wireNames: readonly string[];
  /** The declaration, where that is not the name which is looked at. */
  readonly declaredAt: Place | undefined;
}

export interface EventView extends EventHead {
  readonly metadata: MetadataView | undefined;
  readonly producers: EndView;
  readonly consumers: EndView;
  /** The events that announce the failure of what this one announces, as far as they are known. */
  readonly failures: readonly (Place & { readonly name: string })[];
}

/** The kinds of metadata that an event has, and those that are required of it and nowhere found. */
export interface MetadataView {
  readonly present: readonly MetadataKind[];
  readonly missing: readonly MetadataKind[];
  /** More may be there: a part could not be read. */
  readonly isOpen: boolean;
}

/** Who is at one end of an event. */
export interface EndView {
  /** Whether anybody is; `no` only where the whole workspace was read and no name is unread that could be this one. */
  readonly answer: Answer;
  /** The whole workspace was read. */
  readonly isComplete: boolean;
  /** The nearest first. */
  readonly sites: readonly SiteView[];
}

export interface SiteView extends Place {
  readonly name: string;
  readonly service: string;
}

/** An event, and which of its declarations. */
interface Meant {
  readonly event: EventNode;
  readonly node?: TypeNode;
}

/** Which event is named at a place. */
export function eventHead(meant: Meant, place: Place): EventHead {
  const { name, wireNames } = meant.event;
  const declared = declarationOf(meant, place);
  const declaredAt = declared && { file: declared.file, at: declared.fact.at };
  return {
    name,
    wireNames: wireNames.filter((it) => it !== name),
    declaredAt: declaredAt && isSamePlace(declaredAt, place) ? undefined : declaredAt,
  };
}

/** All that there is to say of an event that is named at a place. */
export function eventView(asked: Asked, meant: Meant, place: Place): EventView {
  const { model, optionsFor } = asked;
  const { event } = meant;
  const end = <End extends Place>(
    answer: Answer,
    ends: readonly End[],
    called: (end: End) => string,
  ): EndView => ({ answer, isComplete: model.isComplete, sites: sitesOf(model, place, ends, called) });
  const failures = failureEventsOf(model, event, optionsFor(failureRule, event.place.file));
  return {
    ...eventHead(meant, place),
    metadata: metadataView(asked, meant, place),
    producers: end(event.isProduced, event.producers, (it) => nameOf(model, it.fn)),
    consumers: end(event.isConsumed, event.consumers, consumerName),
    failures: nearestFirst(
      place.file,
      failures.map((it) => ({ ...it.place, name: it.name })),
    ),
  };
}

/** The one that is looked at, or else the nearest. */
function declarationOf({ event, node }: Meant, { file }: Place): TypeNode | undefined {
  return node ?? nearestFirst(file, event.declarations)[0];
}

/** What is known of its metadata; nothing of what need not have any. Before all files are read more may be around it. */
function metadataView({ model, optionsFor }: Asked, meant: Meant, place: Place): MetadataView | undefined {
  const { event } = meant;
  const aliases = optionsFor(metadataRule, event.place.file);
  const carrier = carrierOf(model, meant, aliases, place);
  if (!carrier) return undefined;
  const { known } = carrier;
  const isOpen =
    !model.isComplete || known.some((it) => it.isOpen) || isElsewhere(model, event, carrier, aliases);
  return {
    present: metadataKinds.filter((kind) => known.some((it) => it.present.has(kind))),
    missing: isOpen ? [] : missingIn(known, aliases),
    isOpen,
  };
}

/** The declaration that is looked at, or else the nearest thing that stands for it. */
function carrierOf(model: EventModel, meant: Meant, aliases: Aliases, place: Place): Carrier | undefined {
  const { event } = meant;
  const declared = declarationOf(meant, place);
  const envelopes = generalEnvelopes(model, aliases);
  const carriers = [...carriersOf(model, event, { aliases, envelopes })];
  const own = declared && carriers.find((it) => it.node?.fact === declared.fact);
  if (own || (declared && !isSpokenFor(model, event, declared))) return own;
  const placed = carriers.map((carrier) => ({ file: carrier.place.file, carrier }));
  return nearestFirst(place.file, placed)[0]?.carrier;
}

/** What is published bears the event beside metadata of its own. */
function isElsewhere(model: EventModel, event: EventNode, { node }: Carrier, aliases: Aliases): boolean {
  return node !== undefined && isBorne(model, event, node, aliases);
}

/** Each place once, the nearest first. */
function sitesOf<End extends Place>(
  { serviceOf }: EventModel,
  { file: from }: Place,
  ends: readonly End[],
  called: (end: End) => string,
): readonly SiteView[] {
  const sites = new Map(ends.map((it) => [`${it.file}:${it.at.start}`, it]));
  return nearestFirst(from, [...sites.values()]).map((it) => ({
    file: it.file,
    at: it.at,
    name: called(it),
    service: serviceOf(it.file),
  }));
}

/** By its handler, with the class of that. */
function consumerName({ name, handler }: ConsumerNode): string {
  return handler && handler.fact.name !== '' ? labelOf(handler.fact) : name;
}

/** Of a callback the function around it. */
function nameOf(model: EventModel, { file, fact }: FunctionNode): string {
  if (fact.kind === 'module') return file.slice(file.lastIndexOf('/') + 1);
  if (fact.name !== '') return labelOf(fact);
  const outer = model.files.get(file)?.functions[fact.outer ?? 0];
  return outer && outer !== fact ? nameOf(model, { file, fact: outer }) : 'a callback';
}
