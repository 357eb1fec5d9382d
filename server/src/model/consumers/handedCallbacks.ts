// Registrations that know what they take and are handed who takes it: `onPaid(handler) { channel.consume('paid', (it) => handler(parse(it))); }`.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { calleeName } from '../fileIndex.ts';
import type { Message, ReadMessage } from '../messages/message.ts';
import type { Linking } from '../program.ts';
import type { ConsumerDraft } from './consumerDraft.ts';
import { handedHandler } from './handedHandlers.ts';
import { registeredBy } from './registered.ts';

/** The registration with what it does around the callback, and the callbacks of its callers; itself where it is handed none. */
export function ofCallbacks(
  facts: FileFacts,
  own: ConsumerDraft,
  tools: { readonly linking: Linking; readonly read: ReadMessage },
): readonly ConsumerDraft[] {
  const { fact, messages } = own;
  const [named, ...others] = fact.events;
  const isUnnamed = !named && fact.transport === 'broker';
  const event: Expr | undefined = isUnnamed ? { kind: 'unknown', at: fact.at } : named;
  const handed = others.length === 0 ? handedHandler(facts, fact, undefined) : undefined;
  if (!event || !handed || !(isUnnamed || messages.every(namesOne))) return [own];
  const { fn, index, entry } = handed;
  const registrars = tools.linking.calls.callersOf(fn).flatMap(({ caller: { file }, action: { call } }) => {
    const expr = call.args[index];
    const site = { file, at: call.at, name: calleeName(call.callee) };
    const given = expr && { ...site, event: { file: facts.file, expr: event }, handler: { file, expr } };
    return given ? [{ ...given, ...(entry && { entry }) }] : [];
  });
  const inner = registeredBy(registrars, fact, tools).filter((it) => it.handler !== undefined);
  if (inner.length === 0) return [own];
  const callbacks = isUnnamed ? inner : inner.map((it) => ({ ...it, messages }));
  if (!entry) return callbacks;
  const place = { file: facts.file, at: entry.action.call.at };
  return [{ ...own, handedOn: [...own.handedOn, place] }, ...callbacks];
}

/** `orders.#` stands for many, and what a caller names or a type alone tells is looked at where registrations hand both on. */
function namesOne(message: Message): boolean {
  return message.kind === 'name' && !/[#*]/.test(message.name);
}
