// What a consumer read of its message and sends on under another name, as it is or with more around it: it carries what it carried.
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import type { FilePath, Place } from '../../text.ts';
import { calleeName } from '../fileIndex.ts';
import { handedBy } from '../messages/contents.ts';
import type { EventModel, EventNode } from '../model.ts';
import { rootOf } from '../resolution/values.ts';
import { isGivenMore } from './metadata.ts';

/** A place where a message is sent on, and what it came as. */
export interface Resent {
  readonly place: Place;
  readonly source: EventNode;
}

/** Where what was read of another event's message is sent as it is. */
export function resentAs(model: EventModel, event: EventNode): readonly Resent[] {
  if (!event.producers.every((it) => it.role.transport === 'broker')) return [];
  return event.producers.flatMap((producer) => {
    const { file, at } = producer;
    const [sent, ...others] = handedBy(producer);
    const source = sent && others.length === 0 ? resentEvent(model, file, packedIn(sent)) : undefined;
    return source ? [{ place: { file, at }, source }] : [];
  });
}

/** `order` of `Buffer.from(JSON.stringify(order))`. */
function packedIn(sent: Expr): Expr {
  const isPacked =
    sent.kind === 'call' && /^(?:from|stringify|encode|serialize)$/.test(calleeName(sent.callee) ?? '');
  const content = isPacked ? sent.args[0] : undefined;
  return content ? packedIn(content) : sent;
}

/** An object without the handled messages that are spread into it, and the events that these are. */
export function withoutResent(
  model: EventModel,
  file: FilePath,
  object: ObjectExpr,
): { readonly object: ObjectExpr; readonly resent: readonly EventNode[] } {
  const found = object.spreads.map((it) => ({ spread: it, event: resentEvent(model, file, it) }));
  return {
    object: { ...object, spreads: found.flatMap(({ spread, event }) => (event ? [] : [spread])) },
    resent: found.flatMap(({ event }) => event ?? []),
  };
}

/** The event whose message a name holds: `const order = JSON.parse(message.content.toString())` in the handler of `order.placed`. */
function resentEvent(model: EventModel, file: FilePath, value: Expr): EventNode | undefined {
  const facts = model.files.get(file);
  const binding =
    value.kind === 'name' && value.binding !== undefined ? facts?.bindings[value.binding] : undefined;
  if (!facts || !binding?.init || binding.kind === 'parameter' || binding.type) return undefined;
  if (isGivenMore(model, file, value)) return undefined;
  const message = parsedIn(binding.init);
  const handed = message && rootOf(facts, message);
  return handed && eventHandled(model, file, handed);
}

/** `message.content` of `JSON.parse(message.content.toString())`. */
function parsedIn(init: Expr): Expr | undefined {
  if (init.kind !== 'call' || calleeName(init.callee) !== 'parse') return undefined;
  let text = init.args[0];
  while (text?.kind === 'call')
    text =
      text.callee.kind === 'member' && /^toString$/.test(text.callee.name)
        ? text.callee.object
        : text.args[0];
  return text?.kind === 'member' && /^(?:content|value|data|body|Body)$/.test(text.name) ? text : undefined;
}

/** The only event that the consumers handle whose handler is given the message. */
function eventHandled(
  model: EventModel,
  file: FilePath,
  { kind, function: id }: BindingFact,
): EventNode | undefined {
  const handler = kind === 'parameter' && id !== undefined ? model.files.get(file)?.functions[id] : undefined;
  if (!handler) return undefined;
  const [event, ...others] = model.consumersBy(handler).flatMap((it) => it.events);
  return others.every((it) => it.key === event?.key) ? event : undefined;
}
