// How a handler says the id of the message that it was given.
import type { BindingFact } from '../../facts/facts.ts';
import { holds } from '../../text.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';

const idFields = ['eventId', 'messageId', 'event_id', 'message_id', 'id', 'uuid'];

/** `event.eventId`, where a variable that is known at an offset of the handler holds the message; undefined otherwise. */
export function messageIdAt(
  model: EventModel,
  { handler, fact, events }: ConsumerNode,
  fn: FunctionNode,
  offset: number,
): string | undefined {
  const facts = model.files.get(fn.file);
  if (!facts || !handler || handler.file !== fn.file || !holds(handler.fact.span, fn.fact.span))
    return undefined;
  const parameter = handler.fact.parameters[fact.eventParameter];
  const known = facts.bindings.filter(
    (it) => holds(handler.fact.span, it.at) && it.at.end <= offset && it.kind !== 'variable',
  );
  for (const binding of known) {
    const field = idFieldOf(model, fn, binding);
    const isMessage = binding === facts.bindings[parameter ?? -1] || isOfType(model, fn, binding, events);
    if (field !== undefined && (isMessage || isOfMessages(field, binding))) return `${binding.name}.${field}`;
  }
  return undefined;
}

/** A variable of the type of the events that the consumer takes. */
function isOfType(
  { program }: EventModel,
  { file }: FunctionNode,
  { type }: BindingFact,
  events: ConsumerNode['events'],
): boolean {
  const node = type?.kind === 'ref' ? program.typeNamed(file, type.name) : undefined;
  return node !== undefined && events.some((it) => it.declarations.some((one) => one.fact === node.fact));
}

/** What is read from something and has the id of a message is one: `const event: OrderPlaced = JSON.parse(…)`. */
function isOfMessages(field: string, { init }: BindingFact): boolean {
  return /^(?:event|message)_?id$/i.test(field) && init?.kind === 'call';
}

/** A bare `id` is the message's where the event says when it happened or what it belongs to beside it. */
function idFieldOf(
  { program }: EventModel,
  { file }: FunctionNode,
  { type }: BindingFact,
): string | undefined {
  if (!type) return undefined;
  const { fields } = program.fieldsOf(file, type);
  const isEnvelope = [...fields.keys()].some((it) =>
    /^(?:occurred|emitted|correlation|causation|time(?:stamp)?$|type$)/.test(it),
  );
  return idFields.find((it) => fields.get(it)?.member.isOptional === false && (it !== 'id' || isEnvelope));
}
