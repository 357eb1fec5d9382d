// Events that are announced before what they tell of is stored: a crash between the two, or a refused row, leaves news of nothing.
import type { PublishRole } from '../../facts/roles.ts';
import { mayFollow } from '../calls/order.ts';
import { isConditionalWrite } from '../effects/effects.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { isParticiple, stemOf, wordsOf } from '../names/names.ts';
import { producersOf, storeOf } from './sent.ts';

export interface EarlyPublish {
  readonly publish: Effect;
  readonly write: Effect;
}

/** Notes of what was done: whoever keeps them after the deed does well. */
const notes =
  /outbox|inbox|event|log|histor|audit|notif|activit|job|queue|saga|state|metric|projection|view|read|processed|idempot|dedup|sent|deliver|attempt|cache|session|snapshot/i;

const eventStore = /event_?store(?:repository|service|impl)?$/i;
const keeps = /^(?:save|append|store|persist|commit|add|write)/i;

/** The first event that a function announces before it stores the new thing of which the event tells. */
export function earlyPublishOf(model: EventModel, { fact, file }: FunctionNode): EarlyPublish | undefined {
  if (fact.kind === 'module') return undefined;
  const all = model.bodyOf({ file, fact }).effects.filter((it) => !it.inCatch && it.runs === undefined);
  const effects = all.filter((it) => !it.isAlternative);
  for (const publish of all) {
    const { role } = publish;
    if (publish.isAlternative && !isSentAnyway(publish, all)) continue;
    if (role.kind !== 'publish' || !travels(role) || role.isRequest || role.isJournaled) continue;
    const names = producersOf(model, publish).map((it) => it.event?.name ?? '');
    const told = new Set(names.flatMap(subjectOf));
    const things = new Set(names.flatMap(thingOf));
    const write = effects.find((it) => {
      if (!isAfter(fact.body, publish, it)) return false;
      if (isTruth(fact, it)) return true;
      return isNew(it) && (isToldIn(it, told) || (isToldIn(it, things) && isOfOneMake(model, publish, it)));
    });
    // What one transaction holds is told of as a publish before the commit.
    if (write && !(write.inTransaction && publish.inTransaction)) return { publish, write };
  }
  return undefined;
}

/** Whichever implementation runs, it sends. */
function isSentAnyway({ via: [head] }: Effect, effects: readonly Effect[]): boolean {
  const others = effects.filter((it) => it.isAlternative && it.via[0]?.at.start === head?.at.start);
  return others.every(({ role }) => role.kind === 'publish' && travels(role));
}

/** Whether a message leaves the process, so that no transaction here may take it back. */
export function travels({ transport, leavesProcess }: PublishRole): boolean {
  return transport === 'broker' || leavesProcess === true;
}

/** `order.placed` tells of an order; what is no fact tells of nothing. */
function subjectOf(name: string): readonly string[] {
  const words = wordsOf(name);
  const index = words.findIndex((it, at) => at > 0 && isParticiple(it));
  return index < 0 ? [] : words.slice(0, index).map(stemOf);
}

/** A topic that is called after a thing: `orders`. It may hold news of orders, or whatever is wanted for them. */
function thingOf(name: string): readonly string[] {
  const [only, ...others] = wordsOf(name);
  return only === undefined || others.length > 0 ? [] : [stemOf(only)];
}

/** What is sent is stored after that: each field of the message is one of the row. */
function isOfOneMake({ program }: EventModel, publish: Effect, write: Effect): boolean {
  const fieldsOf = ({ file, role }: Effect): readonly string[] => {
    const given = role.kind === 'publish' ? role.payload : role.kind === 'write' ? role.data : undefined;
    const object = given && program.objectOf(file, given)?.object;
    return object?.spreads.length === 0 ? object.entries.map((it) => it.key) : [];
  };
  const sent = fieldsOf(publish);
  const stored = new Set(fieldsOf(write));
  return sent.length > 0 && sent.every((it) => stored.has(it));
}

/** In a store of events its own rows are what happened. */
function isTruth({ owner, name }: FunctionNode['fact'], { role, via }: Effect): boolean {
  if (role.kind !== 'write' || role.operation === 'delete' || via.length > 0) return false;
  return eventStore.test(owner ?? '') && /event/i.test(role.store ?? '') && keeps.test(name);
}

/** A row that was not there before; what was loaded is stored again. */
function isNew(effect: Effect): boolean {
  const { role, isIdempotent } = effect;
  if (role.kind !== 'write' || role.operation !== 'insert' || isIdempotent || role.library === 'redis')
    return false;
  return !isConditionalWrite(role) && !notes.test(`${storeOf(effect)} ${effect.name}`);
}

function isAfter(body: FunctionNode['fact']['body'], publish: Effect, write: Effect): boolean {
  const [first, then] = [publish, write].map((it) => (it.via[0] ?? it).at.start);
  return first !== undefined && then !== undefined && first !== then && mayFollow(body, first, then);
}

function isToldIn(write: Effect, told: ReadonlySet<string>): boolean {
  return wordsOf(storeOf(write)).some((it) => told.has(stemOf(it)));
}
