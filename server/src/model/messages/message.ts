// What a site says about the message that it hands over or takes.
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { isPayloadName } from '../events/evidence.ts';
import type { TypeNode } from '../model.ts';
import { eventKey } from '../names/names.ts';

/** One message that an expression may be. */
export type Message =
  | { readonly kind: 'type'; readonly node: TypeNode }
  | {
      readonly kind: 'name';
      readonly name: string;
      readonly object?: ObjectExpr;
      readonly file?: FilePath;
      /** The tag of what travels on a topic or queue beside others: it tells which event that is, and the topic does not. */
      readonly isOnChannel?: true;
      /** The name of a type or constant of a package that is not here: under which name it travels is not known. */
      readonly isForeign?: boolean;
    }
  | { readonly kind: 'object'; readonly object: ObjectExpr; readonly file: FilePath }
  /** A parameter (or what hangs below it) decides: the callers know. */
  | {
      readonly kind: 'parameter';
      readonly fn: FunctionFact;
      readonly index: number;
      readonly path: readonly string[];
      /** The object whose tag it gives: `{ type, payload }`, as a function makes it of what it is handed. */
      readonly tags?: { readonly object: ObjectExpr; readonly file: FilePath };
    }
  /** A member of `this` decides: subclasses know. */
  | {
      readonly kind: 'member';
      readonly owner: TypeNode;
      readonly name: string;
      /** What is taken out of the member: `this.subscription.topic`. */
      readonly path?: readonly string[];
    }
  /** Taken from a store or collected by an aggregate: whoever put it there is its producer. */
  | { readonly kind: 'relayed' }
  | { readonly kind: 'unknown' };

export type ReadMessage = (file: FilePath, expr: Expr) => readonly Message[];

/** In a path of keys: what the value gives when it is called. */
export const called = '()';

/** Messages with one key are one event; `?` for one without a name. */
export function keyOf(message: Message): string {
  if (message.kind === 'type') return eventKey(message.node.fact.name);
  return message.kind === 'name' ? eventKey(message.name) : '?';
}

/** Whether it is known which event it is. */
export function isTold(message: Message): boolean {
  return message.kind === 'type' || message.kind === 'name';
}

/** Whether it is the tag of what a topic for several carries: `topic: 'orders', value: { type: 'OrderPlaced', … }`. */
export function isTagged(message: Message): message is Message & { kind: 'name' } {
  return message.kind === 'name' && message.isOnChannel === true;
}

/** Whether it says anything of which event it is. */
export function isUseful(message: Message): boolean {
  return message.kind !== 'unknown' && message.kind !== 'object';
}

/** Whether a type, a parameter or a member stands for the event itself, and not for its name alone. */
export function isOfEvent(message: Message): boolean {
  return message.kind === 'type' || message.kind === 'parameter' || message.kind === 'member';
}

/** `this.subscription.topic`: what is taken out of a member that decides. */
export function inside(message: Message, name: string): readonly Message[] {
  return message.kind === 'member' ? [{ ...message, path: [...(message.path ?? []), name] }] : [];
}

/** A member of what is read: `spec.type` names the event, and `spec` is not it; nor are the settings in `config.topic`. */
export function takenOut(from: Message): Message {
  if (from.kind === 'name') return { kind: from.kind, name: from.name };
  return from.kind === 'type' && isPayloadName(from.node.fact.name) ? { kind: 'unknown' } : from;
}

/** A text with blanks or lines is the message to people, and names none. */
export function isProse(message: Message): boolean {
  return message.kind === 'name' && /\s/.test(message.name);
}

/** One of a list. What runs through a list of unknown origin, somebody stored. */
export function itemOf(list: Message): Message {
  if (list.kind === 'unknown') return { kind: 'relayed' };
  const isKept = list.kind === 'parameter' && list.path.length > 0 && !list.path.includes(called);
  return isKept ? { ...list, path: [...list.path, '[]'] } : list;
}

/** Where the topic names the event, a literal's own tag says it once more: it is the literal that counts. */
export function objectOf(message: Message): readonly Message[] {
  if (message.kind === 'object') return [message];
  const { object, file } = message.kind === 'name' ? message : {};
  return object && file !== undefined ? [{ kind: 'object', object, file }] : [];
}

/** `send({ routingKey: 'order.place' }, pack('cron.order.place', order))`: the topic comes first, and what is packed says it once more. */
export function saidOnce([topics = [], ...others]: readonly (readonly Message[])[]): readonly Message[] {
  const names = topics.flatMap((it) => (it.kind === 'name' ? [it.name] : []));
  const isAgain = (it: Message): boolean =>
    it.kind === 'name' && names.some((name) => isLonger(it.name, name) || isLonger(name, it.name));
  return [...topics, ...others.flat().flatMap((it) => (isAgain(it) ? objectOf(it) : [it]))];
}

function isLonger(name: string, other: string): boolean {
  return eventKey(name).endsWith(` ${eventKey(other)}`);
}

/** Whatever names an object by its tag goes with the object; of a parameter the callers know the name. */
export function tagging(
  message: Message,
  tagged: { readonly object: ObjectExpr; readonly file: FilePath } | undefined,
): Message {
  if (message.kind === 'name' && tagged) return { ...message, ...tagged };
  return message.kind === 'parameter' && tagged ? { ...message, tags: tagged } : message;
}

/** What a pattern says by which NestJS finds the handler: `orderPlaced` of `{ cmd: 'orderPlaced' }`, `orders.placed` of `{ role: 'orders', cmd: 'placed' }`. */
export function saidByPattern(
  { entries, spreads }: ObjectExpr,
  textOf: (expr: Expr) => string | undefined,
): string | undefined {
  const isWhole =
    spreads.length === 0 && entries.every((it) => /^(?:cmd|command|role|service)$/.test(it.key));
  if (!isWhole || !entries.some((it) => /^(?:cmd|command)$/.test(it.key))) return undefined;
  const texts = entries.flatMap((it) => textOf(it.value) ?? []);
  return texts.length === entries.length ? texts.join('.') : undefined;
}
