// When a fact happened, said in the fact's own word: `placedAt` of an `OrderPlaced` is the event's time as `createdAt` is that of an
// `OrderCreated`. What is only planned (`MeetingScheduled`, `scheduledAt`) lies ahead.
import type { Expr } from '../../facts/expressions.ts';
import type { EventModel, TypeNode } from '../model.ts';
import { eventKey, isParticiple, wordsOf } from '../names/names.ts';
import type { Metadata } from './metadataKinds.ts';

const moments = new Set(['at', 'on', 'date', 'time']);
const ahead = /^(?:(?:re)?scheduled|planned|expected|estimated|postponed|delayed|deferred|promised|due)$/;

/** The time that a declared event carries under its own word. */
export function ownTimeOf({ program }: EventModel, node: TypeNode): Metadata {
  return saidBy(node.fact.name, program.fieldsOf(node.file, node).fields.keys());
}

/** The time that a published literal carries under the word of its event. */
export function ownTimeIn(name: string, object: Expr): Metadata {
  return saidBy(name, object.kind === 'object' ? object.entries.map((it) => it.key) : []);
}

function saidBy(name: string, fields: Iterable<string>): Metadata {
  const happened = eventKey(name).split(' ').filter(isPast);
  const isTimed = happened.length > 0 && [...fields].some((it) => tellsWhen(it, happened));
  return { present: new Set(isTimed ? (['timestamp'] as const) : []), isOpen: false };
}

function isPast(word: string): boolean {
  return isParticiple(word) && !ahead.test(word);
}

/** `placedAt`, `order_placed_on`, `placedDate` */
function tellsWhen(field: string, happened: readonly string[]): boolean {
  const [moment = '', word = ''] = wordsOf(field).toReversed();
  return moments.has(moment) && happened.includes(word);
}
