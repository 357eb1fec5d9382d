// Names by which messages are found in objects, calls and lists, and how deep is looked.
import type { NewExpr } from '../../facts/expressions.ts';

/** Keys that say which event an object is. */
export const tagKeys = [
  'type', 'eventType', 'event_type', 'eventName', 'event_name', 'name', 'event', 'kind', 'subject', 'pattern',
  'detailType', 'DetailType', 'messageType', '_type', '__type', 'topic', 'routingKey',
]; // prettier-ignore
export const encoders =
  /^(?:stringify|from|encode|serialize|toBuffer|toJson|toJSON|of|parse|deserialize|instanceToPlain|clone|freeze)$/;
export const relays =
  /(?:uncommitted|pending|domain|unpublished|outbox|recorded|pulled?|dequeue|unsent)\w*|events$/i;
/** Where an aggregate keeps what it collected. */
export const collected = /(?:uncommitted|pending|domain|unpublished|recorded|raised|integration)_?events$/i;
/** How deep expressions are followed. */
export const maxDepth = 8;

/** `new RegExp('^order')` takes what nobody can tell here. */
export function isPattern({ callee }: NewExpr): boolean {
  return callee.kind === 'name' && callee.name === 'RegExp';
}
