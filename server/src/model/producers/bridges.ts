// A handler that publishes what it is handed: `bus.subscribe(types, (events) => producer.send(…))`. What it takes in, it gives out.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import type { Message, ReadMessage } from '../messages/message.ts';
import { isLastResort } from '../names/names.ts';
import type { Linking } from '../program.ts';
import { parameterOf, pathOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';

const subscribes = /^(?:subscribe|consume|listen|on|process|handle|register)\w*$/;

/** What a parameter is where its function is a consumer's handler: the messages of that consumer, else whatever comes. */
export function handedOnBy(facts: FileFacts, message: Message, read: ReadMessage): readonly Message[] {
  if (message.kind !== 'parameter') return [message];
  const consumers = facts.consumers.filter(
    (it) => it.handler === message.fn.id && it.eventParameter === message.index,
  );
  // `([name, payload]) => client.emit(name, payload)`: an item of what is handled is another message.
  if (consumers.length > 0 && message.path.includes('[]')) return [{ kind: 'relayed' }];
  const named = consumers.flatMap((it) => it.events.flatMap((event) => read(facts.file, event)));
  if (named.some((it) => it.kind === 'type' || it.kind === 'name'))
    return named.filter((it) => it.kind === 'type' || it.kind === 'name');
  return consumers.length > 0 || isSubscribed(facts, message.fn) ? [{ kind: 'relayed' }] : [message];
}

/** Whether a function without a name is the argument of a call that subscribes. */
function isSubscribed(facts: FileFacts, fn: FunctionFact): boolean {
  const site = fn.name === '' ? indexOf(facts).handed.get(fn.id) : undefined;
  return site !== undefined && subscribes.test(calleeName(site.action.call.callee) ?? '');
}

/** `publish(name: EventName)`: of all names that it takes, each caller knows which it hands in. */
export function chosenByCallers(
  { values, calls }: Linking,
  file: FilePath,
  expr: Expr,
  taken: readonly Message[],
): readonly Message[] | undefined {
  if (taken.length < 2) return undefined;
  const facts = values.factsOf(file);
  const root = facts && expr.kind === 'name' ? rootOf(facts, expr) : undefined;
  const parameter = facts && root ? parameterOf(facts, root) : undefined;
  if (!facts || !parameter || calls.callersOf({ file, fact: parameter.fn }).length === 0) return undefined;
  return [{ kind: 'parameter', ...parameter, path: pathOf(facts, expr) }];
}

/** Rows of an outbox: what is published of them, somebody stored there. */
export function readsOutbox(facts: FileFacts | undefined, call: CallExpr): boolean {
  const sites = facts ? (indexOf(facts).calls.get(calleeName(call.callee) ?? '') ?? []) : [];
  const roles = sites.flatMap(({ action }) => (action.call.at.start === call.at.start ? action.roles : []));
  return roles.some((it) => it.kind === 'read' && /outbox/i.test(it.store ?? ''));
}

/** Unknown, or a topic that an instance is made with: `this.topic`. */
export function isChosenLater(message: Message): boolean {
  if (message.kind !== 'member') return message.kind === 'unknown';
  return !message.owner.fact.isAbstract && !isLastResort(message.name);
}
