// Who answers a request, and whether asking twice does any harm.
import type { FunctionFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import { isTold, type Message, type ReadMessage } from '../messages/message.ts';
import type { FunctionNode } from '../model.ts';
import { eventKey } from '../names/names.ts';
import type { Linking } from '../program.ts';
import { commandHandlersOf } from './commandHandlers.ts';
import type { ConsumerDraft } from './consumerDraft.ts';

/** The handlers of the requests of a workspace. */
export interface RequestHandlers {
  /** Of a command or query that is executed in this process: calling it is calling them. */
  readonly here: (file: FilePath, role: PublishRole) => readonly FunctionNode[];
  /** Of one that leaves this process. */
  readonly elsewhere: (file: FilePath, role: PublishRole) => readonly FunctionNode[];
  /**
   * Whether its name asks for something and changes nothing: `get_user`, `orders.find`. Where it has none that can be read, the
   * function that asks says it: `getOrder() { return this.ask(topic, id); }`.
   */
  readonly isQuestion: (file: FilePath, role: PublishRole, caller: FunctionFact) => boolean;
}

const asks =
  /^(?:get|find|fetch|list|search|count|query|lookup|read|load|retrieve|check|exists?|is|has|validate)$/;
/** Of verbs that a shop has no other use for. */
const fetches = /^(?:get|find|fetch|list|search|query|count|lookup|retrieve)(?![a-z])/;
const changes = /^(?:and|create|update|delete|remove|add|set|save|mark|or)$/;

/** Indexes the consumers of requests by what they answer. */
export function requestHandlers(
  consumers: readonly ConsumerDraft[],
  read: ReadMessage,
  linking: Linking,
): RequestHandlers {
  const { keeper } = linking;
  const within = (name: string, isWanted: (consumer: ConsumerDraft) => boolean): RequestHandlers['here'] => {
    const handlers = keeper.lookUp(name, () => handlersOf(consumers.filter(isWanted)), areSame);
    return (file, role) => read(file, role.event).flatMap((it) => handlers(keyOf(it)) ?? []);
  };
  const registered = within('requests here', ({ fact }) => fact.transport === 'in-process');
  const ofCommand = commandHandlersOf(linking);
  return {
    here: (file, role) => {
      const found = registered(file, role);
      if (found.length > 0 || !role.isRequest || role.transport !== 'in-process') return found;
      return read(file, role.event).flatMap((it) => (it.kind === 'type' ? ofCommand(it.node) : []));
    },
    elsewhere: within('requests elsewhere', ({ fact }) => fact.transport !== 'in-process'),
    isQuestion: (file, role, { name }) => {
      const messages = read(file, role.event);
      if (!messages.some(isTold)) return fetches.test(name) && asksOnly(name);
      const names = messages.flatMap((it) => (it.kind === 'name' ? [it.name] : []));
      return names.length > 0 && names.every(asksOnly);
    },
  };
}

function handlersOf(consumers: readonly ConsumerDraft[]): ReadonlyMap<unknown, readonly FunctionNode[]> {
  const index = new Map<unknown, FunctionNode[]>();
  for (const { fact, handler, messages } of consumers) {
    if (!fact.isRequest || !handler) continue;
    for (const key of messages.map(keyOf))
      if (key !== undefined) index.set(key, [...(index.get(key) ?? []), handler]);
  }
  return index;
}

function areSame(one: readonly FunctionNode[], other: readonly FunctionNode[]): boolean {
  return one.length === other.length && one.every((it, index) => it.fact === other[index]?.fact);
}

/** `user.find_by_email`, `check-stock`; `find_or_create` asks for more. */
function asksOnly(name: string): boolean {
  const words = eventKey(name).split(' ');
  return words.some((it) => asks.test(it)) && !words.some((it) => changes.test(it));
}

function keyOf(message: Message): unknown {
  if (message.kind === 'type') return message.node.fact;
  return message.kind === 'name' ? message.name : undefined;
}
