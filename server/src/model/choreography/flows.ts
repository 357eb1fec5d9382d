// Flows: the longest way from an event that no consumer publishes, from service to service, with nobody who leads it.
import type { FilePath } from '../../text.ts';
import type { EventModel, EventNode } from '../model.ts';
import { orchestratorsOf } from '../sagas/orchestrators.ts';
import { hopsOf, type Hop } from './hops.ts';

export interface ServiceFlow {
  readonly start: EventNode;
  readonly hops: readonly Hop[];
  /** In the order in which the flow comes to them. */
  readonly services: readonly string[];
}

const maxSteps = 4000;

/** The flows of the workspace that nobody leads, each once, the longest way of each. */
export function unledFlows(model: EventModel): readonly ServiceFlow[] {
  const hops = hopsOf(model);
  const reached = new Set([...hops.values()].flat().map((it) => it.to));
  const starts = [...hops.keys()].filter((it) => !reached.has(it)).sort((a, b) => (a.key < b.key ? -1 : 1));
  const flows = starts.map((start) => flowFrom(model, hops, start));
  const leaders = leadersOf(model);
  return distinct(flows.filter((it) => !isLed(model, it, leaders)));
}

function flowFrom(
  model: EventModel,
  hops: ReadonlyMap<EventNode, readonly Hop[]>,
  start: EventNode,
): ServiceFlow {
  let longest: readonly Hop[] = [];
  let steps = 0;
  const way: Hop[] = [];
  const seen = new Set([start]);
  const walk = (event: EventNode): void => {
    steps += 1;
    if (way.length > longest.length) longest = [...way];
    for (const next of hops.get(event) ?? []) {
      if (seen.has(next.to) || steps >= maxSteps) continue;
      way.push(next);
      seen.add(next.to);
      walk(next.to);
      way.pop();
      seen.delete(next.to);
    }
  };
  walk(start);
  return { start, hops: longest, services: servicesOn(model, start, longest) };
}

function servicesOn({ serviceOf }: EventModel, start: EventNode, hops: readonly Hop[]): readonly string[] {
  const [first] = start.producers;
  const services = new Set([
    ...(first ? [serviceOf(first.file)] : []),
    ...hops.map((it) => serviceOf(it.consumer.file)),
  ]);
  const last = hops.at(-1)?.to.consumers.map((it) => serviceOf(it.file)) ?? [];
  const end = last.find((it) => !services.has(it));
  return [...services, ...(end === undefined ? [] : [end])];
}

/** One class, file or service answers its events time and again, or runs a saga: it knows where the flow is. */
function isLed(model: EventModel, { start, hops }: ServiceFlow, leaders: ReadonlySet<FilePath>): boolean {
  if (hasHub(hops.map((it) => model.serviceOf(it.consumer.file)))) return true;
  const units = hops.map(
    ({ consumer }) => `${consumer.file} ${consumer.handler?.fact.owner ?? consumer.fact.owner ?? ''}`,
  );
  if (new Set(units).size < units.length) return true;
  const files = [
    ...start.producers.map((it) => it.file),
    ...hops.flatMap((it) => [it.consumer.file, it.producer.file]),
  ];
  return files.some((it) => leaders.has(it));
}

/** The files that run a saga. */
function leadersOf(model: EventModel): ReadonlySet<FilePath> {
  return new Set([
    ...model.sagas.filter((it) => it.fact.form !== 'step').map((it) => it.file),
    ...orchestratorsOf(model).map((it) => it.file),
  ]);
}

/** A service to which the flow comes back after each hop through one of several others. */
function hasHub(services: readonly string[]): boolean {
  return [...new Set(services)].some((hub) => {
    const others = new Set(services.filter((it) => it !== hub));
    const comesBack = services.every((it, index) => index === 0 || it === hub || services[index - 1] === hub);
    return others.size > 1 && comesBack;
  });
}

/** Of flows that come together the longest stands for all. */
function distinct(flows: readonly ServiceFlow[]): readonly ServiceFlow[] {
  const kept: ServiceFlow[] = [];
  for (const flow of flows.toSorted((a, b) => b.hops.length - a.hops.length)) {
    const [first] = flow.hops;
    const isPartOf = kept.some((it) => it.hops.some(({ to }) => to === first?.to));
    if (!isPartOf) kept.push(flow);
  }
  return kept;
}
