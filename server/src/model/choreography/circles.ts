// Circles of events: each handler publishes the next one whatever happens, and the last one publishes the first.
// A branch, an early return or a loop on the way may end the circle, so only publishing without any condition counts.
import type { EventModel, EventNode } from '../model.ts';
import { hopsOf, type Hop } from './hops.ts';

/** All circles, each once, starting with the event whose key comes first. */
export function circlesOf(model: EventModel): readonly (readonly Hop[])[] {
  const hops = certainHops(model);
  const circles: (readonly Hop[])[] = [];
  const done = new Set<EventNode>();
  const events = [...hops.keys()].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const event of events) {
    if (done.has(event)) continue;
    const circle = shortestBack(hops, event);
    if (!circle) continue;
    circles.push(circle);
    for (const it of circle) done.add(it.from);
  }
  return circles;
}

function certainHops(model: EventModel): ReadonlyMap<EventNode, readonly Hop[]> {
  const certain = [...hopsOf(model)].map(
    ([from, hops]) => [from, hops.filter((it) => it.isCertain)] as const,
  );
  return new Map(certain.filter(([, hops]) => hops.length > 0));
}

function shortestBack(
  hops: ReadonlyMap<EventNode, readonly Hop[]>,
  start: EventNode,
): readonly Hop[] | undefined {
  const seen = new Set<EventNode>();
  const paths: (readonly Hop[])[] = (hops.get(start) ?? []).map((it) => [it]);
  for (const path of paths) {
    const last = path.at(-1);
    if (!last || last.to === start) return last && path;
    if (seen.has(last.to)) continue;
    seen.add(last.to);
    for (const next of hops.get(last.to) ?? []) paths.push([...path, next]);
  }
  return undefined;
}
