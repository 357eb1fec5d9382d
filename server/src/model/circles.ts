// Circles of events: each handler publishes the next one whatever happens, and the last one publishes the first.
// A branch, an early return or a loop on the way may end the circle, so only publishing without any condition counts.
import type { Action } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import { callsIn } from '../facts/walk.ts';
import type { FilePath, Span } from '../text.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from './model.ts';

/** One hop: the consumer of `from` always publishes `to`. */
export interface Hop {
  readonly from: EventNode;
  readonly to: EventNode;
  readonly consumer: ConsumerNode;
  readonly producer: ProducerNode;
}

/** All circles, each once, starting with the event whose key comes first. */
export function circlesOf(model: EventModel): readonly (readonly Hop[])[] {
  const hops = hopsOf(model);
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

function hopsOf(model: EventModel): ReadonlyMap<EventNode, readonly Hop[]> {
  const produced = new Map<string, ProducerNode[]>();
  for (const it of model.producers) {
    const key = `${it.file}:${it.at.start}`;
    produced.set(key, [...(produced.get(key) ?? []), it]);
  }
  const hops = new Map<EventNode, Hop[]>();
  for (const consumer of model.consumers) {
    const [from] = consumer.events;
    if (!from || consumer.events.length > 1 || consumer.fact.isRequest || !consumer.handler) continue;
    for (const effect of model.bodyOfConsumer(consumer).effects) {
      const [producer, other] = produced.get(`${effect.file}:${effect.at.start}`) ?? [];
      // A call that publishes one of several events chooses between them.
      if (!producer?.event || other || effect.role.kind !== 'publish' || effect.role.isRequest) continue;
      if (!always(model, consumer.handler, effect)) continue;
      hops.set(from, [...(hops.get(from) ?? []), { from, to: producer.event, consumer, producer }]);
    }
  }
  return hops;
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

/** Whether each call on the way from the handler to the effect runs whatever happens. */
function always(model: EventModel, handler: FunctionNode, effect: Effect): boolean {
  if (effect.guarded !== 'no' || effect.inCatch) return false;
  return [...effect.via, effect].every(({ file, at }) => runsAlways(model, handler, file, at));
}

function runsAlways({ files }: EventModel, handler: FunctionNode, file: FilePath, at: Span): boolean {
  const owner = files
    .get(file)
    ?.functions.find((fn) => [...callsIn(fn.body)].some((it) => it.call.at.start === at.start));
  // A callback without a name runs when, and as often as, somebody else decides.
  if (!owner || (owner.name === '' && owner !== handler.fact)) return false;
  return reaches(owner.body, at) === 'yes';
}

/** `ends`: the function may be left before. */
function reaches(actions: readonly Action[], at: Span): 'yes' | 'ends' | 'no' {
  for (const action of actions) {
    if (action.kind === 'call' && action.call.at.start === at.start) return 'yes';
    if (action.kind === 'try') {
      const inside = reaches(action.body, at);
      if (inside !== 'no') return inside;
    } else if (mayLeave(action)) return 'ends';
  }
  return 'no';
}

function mayLeave(action: Action): boolean {
  if (action.kind === 'if') {
    return !isAboutPresence(action.condition) && [...action.then, ...action.otherwise].some(mayLeave);
  }
  if (action.kind === 'switch') return action.cases.some((it) => it.body.some(mayLeave));
  if (action.kind === 'loop') return action.body.some(mayLeave);
  return action.kind === 'return' || action.kind === 'throw';
}

/** `if (!message) return;` says nothing of the flow. */
function isAboutPresence(condition: Expr): boolean {
  const [only] = condition.kind === 'operation' && condition.operator === '!' ? condition.of : [];
  return only?.kind === 'name' && /^(?:msg|message|event)$/i.test(only.name);
}
