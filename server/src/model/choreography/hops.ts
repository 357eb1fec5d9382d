// From event to event: which consumer of one publishes the other, and whether it always does.
import type { Action } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { isPutBack } from '../delivery/putBack.ts';
import { perModel } from '../incremental/perModel.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { producersOf } from '../producers/sent.ts';

/** One hop: the consumer of `from` publishes `to`. */
export interface Hop {
  readonly from: EventNode;
  readonly to: EventNode;
  readonly consumer: ConsumerNode;
  readonly producer: ProducerNode;
  /** Whatever happens: no branch, early return or loop on the way may keep it from publishing. */
  readonly isCertain: boolean;
}

/** The hops from each event. A consumer of several events does not say which of them leads to what. */
export const hopsOf = perModel((model: EventModel): ReadonlyMap<EventNode, readonly Hop[]> => {
  const hops = new Map<EventNode, Hop[]>();
  for (const { of: consumer, said } of model.saidOfConsumers('effects that publish', (it) =>
    publishesOf(model, it),
  )) {
    const { effect, comesAlways } = said;
    const [from, ...others] = consumer.events;
    if (!from || others.length > 0 || consumer.fact.isRequest || !consumer.handler) continue;
    if (isPutBack(model, consumer, effect)) continue;
    const producers = producersOf(model, effect).filter(
      (it) => isHandedOver(it, effect, from) && !isTranslated(it, from) && !isBridged(it, consumer),
    );
    // A call that publishes one of several events chooses between them.
    const isCertain = producers.length === 1 && comesAlways;
    for (const producer of producers) {
      if (!producer.event || producer.role.isRequest) continue;
      const hop = { from, to: producer.event, consumer, producer, isCertain };
      hops.set(from, [...(hops.get(from) ?? []), hop]);
    }
  }
  return hops;
});

interface Publishing {
  readonly effect: Effect;
  readonly comesAlways: boolean;
}

/** The effects of a consumer that are producers, each with whether it comes whatever happens. */
function publishesOf(model: EventModel, consumer: ConsumerNode): readonly Publishing[] {
  const { handler } = consumer;
  const { effects } = model.bodyOfConsumer(consumer);
  const publishing = effects.filter((it) => producersOf(model, it).length > 0);
  return publishing.map((effect) => ({
    effect,
    comesAlways: handler !== undefined && always(model, handler, effect),
  }));
}

/** A row counts where it is one of an outbox: what is called after saving an event may only keep it. */
function isHandedOver({ role, event }: ProducerNode, effect: Effect, from: EventNode): boolean {
  if (effect.role.kind === 'publish') return effect.role.isRequest !== true;
  return role.transport === 'outbox' && role.confidence !== 'name' && event !== from;
}

/** The handler of the domain's `OrderPlacedEvent` publishes the `OrderPlaced` that other services know: these are two. */
function isTranslated({ event }: ProducerNode, from: EventNode): boolean {
  return event === from && new Set(from.declarations.map((it) => it.fact.name)).size > 1;
}

/**
 * What only this process tells is told to a broker by the same name, or the other way round: it does not come back. Nor does what is
 * told by its name come to who listens for a class.
 */
function isBridged({ event, role }: ProducerNode, { events, transport, fact }: ConsumerNode): boolean {
  if (event !== events[0]) return false;
  const ways = new Set([transport, role.transport]);
  const isOfClass = transport === 'in-process' && fact.events.every((it) => it.kind === 'name');
  return (
    (ways.has('in-process') && ways.has('broker')) ||
    (isOfClass && role.transport === 'unknown' && role.event.kind === 'string')
  );
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

/** `if (!message) return;` and `if (!message.value) return;` say nothing of the flow. */
function isAboutPresence(condition: Expr): boolean {
  const [only] = condition.kind === 'operation' && condition.operator === '!' ? condition.of : [];
  if (only?.kind === 'member')
    return /^(?:value|content|data|body)$/.test(only.name) && isMessage(only.object);
  return only !== undefined && isMessage(only);
}

function isMessage(expr: Expr): boolean {
  return expr.kind === 'name' && /^(?:msg|message|event|record)$/i.test(expr.name);
}
