// Which events a call that publishes hands over, by the topic that it names, by what it sends there, and by its publisher's class.
import type { CallAction } from '../../facts/actions.ts';
import type { ObjectExpr } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { FilePath } from '../../text.ts';
import { isTagged, objectOf, type Message, type ReadMessage } from '../messages/message.ts';
import { messagesTyped } from '../messages/typedMessages.ts';
import { isParticiple, statesFact, wordsOf } from '../names/names.ts';
import type { Linking } from '../program.ts';
import { isChosenLater } from './bridges.ts';

/** The keys under which an object says of which type it is. */
const typeKeys = /^(?:_{0,2}type|kind|event|(?:event|message|detail)_?(?:type|name))$/i;

/** What the name and the payload of a publish say together. */
export function readSite(file: FilePath, role: PublishRole, read: ReadMessage): readonly Message[] {
  const named = read(file, role.event);
  const payload = role.payload ? read(file, role.payload) : [];
  const types = payload.filter((it) => it.kind === 'type');
  // A topic that is made of what is handed in: the callers know what that is.
  const handed = payload.filter((it) => it.kind === 'parameter' || it.kind === 'relayed');
  if (named.every(isChosenLater) && types.length === 0 && handed.length > 0) return handed;
  if (named.every(isChosenLater) && types.length > 0) return types;
  const tagged = payload.flatMap((it) =>
    it.kind === 'name' && it.object && (statesFact(it.name) || tellsOutcome(it.name)) ? [it] : [],
  );
  if (named.every(isChosenLater) && tagged.length > 0) return tagged;
  if (!named.every((it) => it.kind === 'name' || it.kind === 'unknown')) {
    // A wrapper that is handed the name and the payload: its callers know both.
    const isHanded = named.every((it) => it.kind === 'parameter') && role.payload !== undefined;
    return isHanded ? [...named, ...payload.filter((it) => it.kind === 'parameter')] : named;
  }
  // `topic: 'shipping.events'` holds several: what is tagged there says which one it is.
  const isChannel = named.every((it) => it.kind === 'name' && !statesFact(it.name));
  const told = isChannel && types.length === 0 ? tagged.filter(({ object }) => hasTypeKey(object)) : [];
  if (told.length > 0) return [...named, ...told.map((it) => ({ ...it, isOnChannel: true }) as const)];
  const whole = isChannel && types.length === 0 ? payload.filter(isWholeParameter) : [];
  if (whole.length > 0) return [...named, ...whole];
  const objects = named.some((it) => it.kind === 'name') ? objectsIn(file, role, named, payload) : [];
  return [...named, ...types, ...(types.length === 0 ? objects : [])];
}

/** Where the topic states the fact, the `name` or `type` in what is sent is that of what it is about: `{ userId, name: user.name }`. */
function objectsIn(
  file: FilePath,
  role: PublishRole,
  named: readonly Message[],
  payload: readonly Message[],
): readonly Message[] {
  const objects = payload.flatMap(objectOf);
  const isStated = named.some((it) => it.kind === 'name' && endsInDeed(it.name));
  const { payload: sent } = role;
  if (objects.length > 0 || !isStated || sent?.kind !== 'object') return objects;
  return [{ kind: 'object', object: sent, file }];
}

/** `user.renamed`, also `event.created` of a service for concerts. */
function endsInDeed(name: string): boolean {
  return statesFact(name) || isParticiple(wordsOf(name).at(-1) ?? '');
}

/** `sendTripEvent(event)`, which sends to one topic: the callers know what they hand in. */
function isWholeParameter(message: Message): boolean {
  return message.kind === 'parameter' && message.path.length === 0;
}

/** Whether a site sends whatever it is handed to a topic that it names itself. */
export function isOfChannel(messages: readonly Message[]): boolean {
  return messages.some(isWholeParameter) && messages.some((it) => it.kind === 'name' && !isTagged(it));
}

/**
 * What a caller sends through such a site: what tells by its own tag which event it is, on that topic; else no more than is handed
 * on by the caller itself.
 */
export function onChannel(site: readonly Message[], handed: readonly Message[]): readonly Message[] {
  const topics = site.filter((it) => it.kind === 'name' && !isTagged(it));
  const told = handed.flatMap((it) =>
    it.kind === 'name' && statesFact(it.name) && hasTypeKey(it.object)
      ? [{ ...it, isOnChannel: true } as const]
      : [],
  );
  const open = handed.filter((it) => it.kind === 'parameter');
  return told.length + open.length > 0 ? [...topics, ...told, ...open] : [];
}

/** `PAYMENT_SUCCESS` beside `PAYMENT_FAILED`: how something went. */
function tellsOutcome(name: string): boolean {
  return /[a-z\d][-_.: ](?:success|failure)$|[a-z](?:Success|Failure)$/i.test(name);
}

/** What has a `name` may be a measurement or a person. */
function hasTypeKey(object: ObjectExpr | undefined): boolean {
  return object?.entries.some((it) => typeKeys.test(it.key)) ?? false;
}

/** `class OrderPlacedPublisher extends Publisher<OrderPlaced>`, whose base is not here: the class tells what it publishes. */
export function ofPublisher(
  file: FilePath,
  { call: { callee } }: CallAction,
  linking: Linking,
): readonly Message[] {
  const node = callee.kind === 'member' ? linking.calls.typing.typeOf(file, callee.object) : undefined;
  if (!node || !/[a-z](?:Publisher|Producer)$/.test(node.fact.name)) return [];
  for (const base of node.fact.bases) {
    const typed = base.kind === 'ref' ? base.args.flatMap((it) => messagesTyped(linking, node.file, it)) : [];
    if (typed.length > 0) return typed;
  }
  return [];
}
