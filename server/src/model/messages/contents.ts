// What is published under the name of an event that has no declaration: `client.emit('order.placed', order)`.
import type { CallExpr, Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { FilePath, Place } from '../../text.ts';
import { behind } from '../metadata/metadata.ts';
import type { EventModel, EventNode, ProducerNode, TypeNode } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { encoders, maxDepth } from './messageWords.ts';

/** A published value of a type that says nothing of the event by itself: a stored `Order`, a `CreateOrderDto`. */
export interface Content extends Place {
  readonly node: TypeNode;
}

/** The typed values that leave the process as they are, with nothing written around them. */
export function contentsOf(model: EventModel, event: EventNode): readonly Content[] {
  return sentOf(event).flatMap((producer) => {
    const node = nodeOf(model, producer);
    return node ? [{ file: producer.file, at: producer.at, node }] : [];
  });
}

/** A thing with more beside it, written out where it is published: `{ ...item, userId }`. The thing's type says nothing of the event. */
export interface Copied extends Place {
  readonly object: ObjectExpr;
}

/** The literals that leave the process with the fields of something else in them. */
export function copiesOf(model: EventModel, event: EventNode): readonly Copied[] {
  return sentOf(event).flatMap((producer) => {
    const { file, at } = producer;
    const [value, ...others] = valuesOf(model, producer).map((it) => behind(model, file, it));
    const isCopy = value?.kind === 'object' && value.spreads.length > 0 && others.length === 0;
    return isCopy ? [{ file, at, object: value }] : [];
  });
}

/** A value that a function only passes on: `publishOrderPlaced(order: any)`. */
export interface Passed extends Place {
  readonly value: Expr;
}

/** The values without a type that leave the process as they are handed in. */
export function passedOn(model: EventModel, event: EventNode): readonly Passed[] {
  return sentOf(event).flatMap((producer) => {
    const { file, at } = producer;
    const [value, ...others] = valuesOf(model, producer);
    return value?.kind === 'name' && others.length === 0 ? [{ file, at, value }] : [];
  });
}

/** Where nothing but an id is the message: `JSON.stringify(order.id)`. */
export function bareIds(model: EventModel, event: EventNode): readonly Place[] {
  return sentOf(event).flatMap((producer) => {
    const { file, at } = producer;
    const [value, ...others] = valuesOf(model, producer);
    return value?.kind === 'member' && isIdName(value.name) && others.length === 0 ? [{ file, at }] : [];
  });
}

/** `id`, `orderId`, `order_id`; a `paid` is none. */
function isIdName(name: string): boolean {
  return /^(?:id|uuid)$/.test(wordsOf(name).at(-1) ?? '');
}

/** What a service tells itself under the same name crosses no boundary; an outbox has rows, whose form is their own. */
function sentOf({ producers }: EventNode): readonly ProducerNode[] {
  const isRead = producers.every(({ role }) => /^(?:broker|in-process)$/.test(role.transport));
  return isRead ? producers.filter((it) => it.role.transport === 'broker') : [];
}

function nodeOf(model: EventModel, producer: ProducerNode): TypeNode | undefined {
  const values = valuesOf(model, producer);
  const found = values.flatMap((it) => model.program.typeOf(producer.file, it) ?? []);
  return found.length === 1 && values.every((it) => it.kind !== 'object') ? found[0] : undefined;
}

function valuesOf(model: EventModel, producer: ProducerNode): readonly Expr[] {
  return handedBy(producer).map((it) => decoded(model, producer.file, it));
}

/** What a producer hands over beside the event's name: a wrapper's caller hands in the name and what it is about. */
export function handedBy({ role, action }: ProducerNode): readonly Expr[] {
  return role.payload ? [role.payload] : action.call.args.filter((it) => it !== role.event);
}

/** `Buffer.from(JSON.stringify(order))` is the order. */
export function decoded(model: EventModel, file: FilePath, expr: Expr, depth = maxDepth): Expr {
  const value = behind(model, file, expr);
  const argument = value.kind === 'call' && encodes(value) ? value.args[0] : undefined;
  return argument && depth > 0 ? decoded(model, file, argument, depth - 1) : expr;
}

function encodes({ callee }: CallExpr): boolean {
  return callee.kind === 'member' && encoders.test(callee.name);
}
