// Which in-process consumers are also fed from a broker or an outbox, so that their events can come twice.
import type { FunctionFact } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import type { ConsumerDraft } from './consumers.ts';
import { eventKey } from './names.ts';
import type { Message } from './messages.ts';
import type { FunctionNode } from './model.ts';
import type { ProducerDraft } from './producers.ts';
import type { Linking } from './program.ts';

export interface FeedParts {
  readonly linking: Linking;
  readonly producers: readonly ProducerDraft[];
  readonly consumers: readonly ConsumerDraft[];
  readonly serviceOf: (file: FilePath) => string;
}

const maxDepth = 4;

/** Follows in-process publishes upwards to a handler that a broker calls. */
export function feedsOf({
  linking,
  producers,
  consumers,
  serviceOf,
}: FeedParts): (consumer: ConsumerDraft) => boolean {
  const brokered = new Set<FunctionFact>();
  for (const { fact, handler } of consumers)
    if (fact.transport === 'broker' && handler) brokered.add(handler.fact);
  const local = producers.filter((it) => it.role.transport === 'in-process');
  const relays = new Set(local.filter((it) => it.isRelay).map((it) => serviceOf(it.file)));
  const outboxed = new Set(
    producers
      .filter((it) => it.role.transport === 'outbox')
      .flatMap((it) => it.messages.map(keyOf).filter((it) => it !== '?')),
  );
  const reaches = (fn: FunctionNode, depth: number): boolean => {
    if (brokered.has(fn.fact) || isInside(fn, brokered, linking)) return true;
    return depth > 0 && linking.calls.callersOf(fn).some((it) => reaches(it.caller, depth - 1));
  };
  let fed: Set<string> | undefined;
  return ({ fact, messages, file }) => {
    if (fact.isRequest || (brokered.size === 0 && relays.size === 0)) return false;
    fed ??= new Set(
      local
        .filter((it) => reaches(it.fn, maxDepth))
        .flatMap((it) => it.messages.map(keyOf).filter((it) => it !== '?')),
    );
    const known = fed;
    return messages.some(
      (it) => known.has(keyOf(it)) || (relays.has(serviceOf(file)) && outboxed.has(keyOf(it))),
    );
  };
}

function isInside(fn: FunctionNode, brokered: ReadonlySet<FunctionFact>, { files }: Linking): boolean {
  const facts = files.get(fn.file);
  let outer = fn.fact.outer;
  while (facts && outer !== undefined) {
    const fact: FunctionFact | undefined = facts.functions[outer];
    if (fact && brokered.has(fact)) return true;
    outer = fact?.outer;
  }
  return false;
}

function keyOf(message: Message): string {
  if (message.kind === 'type') return eventKey(message.node.fact.name);
  return message.kind === 'name' ? eventKey(message.name) : '?';
}
