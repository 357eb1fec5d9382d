// What a function does to the world with all it calls; worked out on demand and kept.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { Place } from '../../text.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { requestHandlers } from '../consumers/requests.ts';
import { keepCircular } from '../incremental/circular.ts';
import type { ReadMessage } from '../messages/message.ts';
import type { Body, Effect, EventModel, FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import {
  emptySummary,
  guardedBy,
  placeOfCall,
  stronger,
  type EffectDraft,
  type Guard,
  type Summary,
  type Walking,
} from './frames.ts';
import { statesOf } from './states.ts';
import { bringsId } from './subjects.ts';
import { walkFunction } from './walk.ts';
import { guardOfWrappers, type Wrapping } from './wrappers.ts';

export interface Bodies {
  readonly bodyOf: (fn: FunctionNode) => Body;
  /** The handler's body under the guards of whatever dispatches to it. */
  readonly bodyOfConsumer: (consumer: ConsumerDraft) => Body;
  readonly answerersOf: EventModel['answerersOf'];
}

const maxDepth = 60;

/** Bodies over a program; `consumers` tells which functions run elsewhere and who answers commands. */
export function bodiesOf(linking: Linking, consumers: readonly ConsumerDraft[], read: ReadMessage): Bodies {
  const states = statesOf(linking);
  const summaries = keepCircular(linking.keeper, {
    question: 'summaries',
    ask: (file, fact: FunctionFact): Summary => {
      const facts = linking.files.get(file);
      const fn = { file, fact };
      return facts ? walkFunction(fn, facts, walking, () => states(fn)) : emptySummary;
    },
    meanwhile: emptySummary,
    deepest: maxDepth,
  });
  const summaryOf = ({ file, fact }: FunctionNode): Summary => summaries(file, fact);
  const requests = requestHandlers(consumers, read, linking);
  const walking: Walking = {
    linking,
    statesOf: states,
    summaryOf,
    requests,
    isConsumer: (file, place) => {
      const facts = linking.files.get(file);
      return facts !== undefined && consumerPlaces(facts).has(place);
    },
  };
  const bodyOf = (fn: FunctionNode): Body => asBody(summaryOf(fn));
  const bodyOfConsumer = (consumer: ConsumerDraft): Body => {
    if (!consumer.handler) return { effects: [], isOpen: true };
    const summary = summaryOf(consumer.handler);
    const body = asBody(summary);
    const guard = dispatchGuard(consumer, { linking, summaryOf });
    const effects = seenByConsumer(consumer, summary, linking).filter(
      (it) => ![...it.via, it].some(isOneOf(consumer.handedOn)),
    );
    return { ...body, effects: guard ? effects.map((it) => guardedBy(it, guard)) : effects };
  };
  const answerersOf: Bodies['answerersOf'] = (file, { roles }) =>
    roles.flatMap((it) => (it.kind === 'publish' && it.isRequest ? requests.here(file, it) : []));
  return { bodyOf, bodyOfConsumer, answerersOf };
}

const asBody = once((summary: Summary): Body => ({
  effects: summary.drafts.map((it) => it.effect),
  isOpen: summary.isOpen,
}));

/** A row that is made of the message whole is stored under the id that this brings: the second one fails. */
function seenByConsumer(
  { fact, handler }: ConsumerDraft,
  { drafts }: Summary,
  linking: Linking,
): readonly Effect[] {
  const index = handler?.fact.parameters[fact.eventParameter];
  const message = handler && linking.files.get(handler.file)?.bindings[index ?? -1];
  const isRow = ({ effect, parameter }: EffectDraft): boolean =>
    parameter === fact.eventParameter && effect.role.kind === 'write' && effect.role.operation === 'insert';
  if (!message || !drafts.some(isRow) || !bringsId(handler.file, message, linking))
    return drafts.map((it) => it.effect);
  const guard = { file: handler.file, at: message.at, level: 'yes' } as const;
  return drafts.map((it) => (isRow(it) ? guardedBy(it.effect, guard) : it.effect));
}

function isOneOf(places: readonly Place[]): (place: Place) => boolean {
  return ({ file, at }) => places.some((it) => it.file === file && it.at.start === at.start);
}

/** Functions that a file hands over as consumers, by the place of the function or of what names it. */
const consumerPlaces = once(({ consumers, functions }: FileFacts): ReadonlySet<number> => {
  const places = new Set<number>();
  for (const { handler, isHandedOver } of consumers) {
    if (isHandedOver) continue;
    const fn = typeof handler === 'number' ? functions[handler] : undefined;
    if (fn) places.add(fn.at.start).add(fn.span.start);
    if (typeof handler !== 'number') places.add(handler.at.start);
  }
  return places;
});

/** A guard before the call of the handler: in a dispatcher, a base class, or a wrapper around the registration. */
function dispatchGuard(consumer: ConsumerDraft, context: Wrapping): Guard | undefined {
  const { fact, file, entry, handler } = consumer;
  if (fact.deduplicatedBy) return { file, at: fact.deduplicatedBy.at, level: 'yes' };
  const wrapped =
    typeof fact.handler === 'number' ? undefined : guardOfWrappers({ file, handler }, fact.handler, context);
  if (wrapped) return wrapped;
  if (entry) return guardAtCall(entry.caller, entry.action, context, 3);
  return handler && callersGuard(handler, context, 3);
}

/** The guard that all callers in the dispatching infrastructure have in common. */
function callersGuard(handler: FunctionNode, context: Wrapping, depth: number): Guard | undefined {
  if (depth === 0) return undefined;
  const callers = context.linking.calls.callersOf(handler);
  let common: Guard | undefined;
  for (const { caller, action } of callers) {
    const guard = guardAtCall(caller, action, context, depth - 1);
    if (!guard) return undefined;
    common = !common || guard.level === 'weak' ? guard : common;
  }
  return common;
}

function guardAtCall(
  caller: FunctionNode,
  action: CallAction,
  context: Wrapping,
  depth: number,
): Guard | undefined {
  const facts = context.linking.files.get(caller.file);
  let found: Guard | undefined;
  let fn: FunctionFact | undefined = caller.fact;
  let outermost = caller;
  while (fn && facts) {
    outermost = { file: caller.file, fact: fn };
    found = stronger(found, context.summaryOf(outermost).sites.get(placeOfCall(action))?.guard);
    // Here messages come in: what stands around the registration runs once, at the start.
    if (fn.kind !== 'method' && consumerPlaces(facts).has(fn.span.start)) return found;
    fn = fn.outer === undefined ? undefined : facts.functions[fn.outer];
    if (fn?.kind === 'module') break;
  }
  return found ?? callersGuard(outermost, context, depth);
}
