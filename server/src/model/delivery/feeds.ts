// How messages reach a consumer: what its registration says, corrected by what feeds it in the rest of the workspace.
import type { FunctionFact } from '../../facts/facts.ts';
import { lazily } from '../../facts/once.ts';
import type { Transport } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { keyOf } from '../messages/message.ts';
import type { FunctionNode } from '../model.ts';
import type { ProducerDraft } from '../producers/producers.ts';
import type { Linking } from '../program.ts';
import { inheritedTransports } from './inheritedTransports.ts';
import { localBuses } from './localBuses.ts';
import { nestTransports } from './nestTransports.ts';

export interface FeedParts {
  readonly linking: Linking;
  readonly producers: readonly ProducerDraft[];
  readonly consumers: readonly ConsumerDraft[];
  readonly serviceOf: (file: FilePath) => string;
}

const maxDepth = 4;

/** The transport of each consumer: an in-process one that a broker or relay feeds counts as the broker's. */
export function feedsOf(parts: FeedParts): (consumer: ConsumerDraft) => Transport {
  const brokered = handlersOfBrokers(parts.consumers);
  const isBelow = belowBrokers(parts.linking, brokered);
  const fed = { ...parts, isBelow, hasBrokers: brokered.size > 0 };
  const isFed = fedBy(fed, ({ role }) => role.transport === 'in-process');
  const isFedLocally = fedBy(
    fed,
    ({ role, isRelay }) => role.library === 'own-bus' && role.transport === 'unknown' && !isRelay,
  );
  const nestTransport = nestTransports(parts.linking, parts.serviceOf);
  const isLocal = localBuses(parts.linking, parts.producers);
  const ofBase = inheritedTransports(parts.linking);
  const isCalled = calledBy(parts, isBelow);
  return (consumer) => {
    const { library, isRequest } = consumer.fact;
    const transport = ofBase(consumer) ?? consumer.fact.transport;
    if (isCalled(consumer)) return 'in-process';
    if (isLocal(consumer)) return isFedLocally(consumer) ? 'broker' : 'in-process';
    if (transport === 'in-process') return isFed(consumer) ? 'broker' : transport;
    if (library !== '@nestjs/microservices') return transport;
    const spoken = nestTransport(consumer.file, isRequest ? 'request' : 'event');
    return spoken === 'unknown' && !isRequest ? transport : spoken;
  };
}

/** A handler class that the handler of a broker calls by its own name is a part of that one: the broker delivers to the outer. */
function calledBy({ linking: { calls } }: FeedParts, isBelow: Climb): (consumer: ConsumerDraft) => boolean {
  return ({ fact, handler }) => {
    if (fact.library !== 'own-bus' || fact.transport !== 'unknown' || !handler) return false;
    const callers = calls.callersOf(handler);
    const isOnly = callers.every((it) => calls.callees(it.caller.file, it.action.call).length === 1);
    return callers.length > 0 && isOnly && callers.every((it) => isBelow(it.caller));
  };
}

type Climb = (fn: FunctionNode) => boolean;

/** Whether a function is, lies in, or is called over a few calls by a handler that a broker calls. */
function belowBrokers({ keeper, files, calls }: Linking, brokered: ReadonlySet<FunctionFact>): Climb {
  const isBrokered = keeper.lookUp(
    'handlers of brokers',
    () => new Map([...brokered].map((it) => [it, true])),
    Object.is,
  );
  const isHere = (file: FilePath, fact: FunctionFact): boolean => {
    const functions = files.get(file)?.functions ?? [];
    for (let fn: FunctionFact | undefined = fact; fn; fn = functions[fn.outer ?? -1])
      if (isBrokered(fn)) return true;
    return false;
  };
  const climbs = Array.from({ length: maxDepth + 1 }, (_, depth) =>
    keeper.keep(`below a broker over ${depth} calls`, (file, fact: FunctionFact): boolean => {
      if (isHere(file, fact)) return true;
      const callers = depth > 0 ? calls.callersOf({ file, fact }) : [];
      return callers.some((it) => climbs[depth - 1]?.(it.caller.file, it.caller.fact));
    }),
  );
  return ({ file, fact }) => climbs[maxDepth]?.(file, fact) ?? false;
}

function handlersOfBrokers(consumers: readonly ConsumerDraft[]): ReadonlySet<FunctionFact> {
  return new Set(
    consumers.flatMap(({ fact, handler }) => (fact.transport === 'broker' && handler ? [handler.fact] : [])),
  );
}

/** Follows in-process publishes upwards to a handler that a broker calls. */
function fedBy(
  {
    producers,
    serviceOf,
    isBelow,
    hasBrokers,
  }: FeedParts & { readonly isBelow: Climb; readonly hasBrokers: boolean },
  isLocal: (producer: ProducerDraft) => boolean,
): (consumer: ConsumerDraft) => boolean {
  const local = producers.filter(isLocal);
  const relays = new Set(local.filter((it) => it.isRelay).map((it) => serviceOf(it.file)));
  const named = (some: readonly ProducerDraft[]): ReadonlySet<string> =>
    new Set(some.flatMap((it) => it.messages.map(keyOf).filter((key) => key !== '?')));
  const outboxed = named(producers.filter((it) => it.role.transport === 'outbox'));
  const fed = lazily(() => named(local.filter((it) => isBelow(it.fn))));
  return ({ fact, messages, file }) => {
    if (fact.isRequest || (!hasBrokers && relays.size === 0)) return false;
    const isRelayed = relays.has(serviceOf(file));
    return messages.some((it) => fed().has(keyOf(it)) || (isRelayed && outboxed.has(keyOf(it))));
  };
}
