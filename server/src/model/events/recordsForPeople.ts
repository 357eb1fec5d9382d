// Types called events that people look at: entries of a calendar, and what a page tells a tracker. Their members tell them.
import type { Member } from '../../facts/expressions.ts';
import type { TypeFact } from '../../facts/facts.ts';
import { statesFact } from '../names/names.ts';

const begins = /^(?:starts?(?:At|On|Date|Time|sAt)?|begin(?:s|sAt)?|from|dtstart)$/;
const ends = /^(?:ends?(?:At|On|Date|Time|sAt)?|to|until|dtend)$/;
/** What somebody reads who opens a calendar. */
const read =
  /^(?:title|summary|location|venue|attendees|participants|organi[sz]er|all_?[dD]ay|rrule|recurrence|colou?r)$/;

/** Whether a type's members are those of such a record. */
export function isForPeople({ name, kind, members, alias }: TypeFact): boolean {
  if (kind === 'class' || kind === 'enum') return false;
  const own = alias?.kind === 'object' ? alias.members : members;
  return isAppointment(name, own) || isTracked(own);
}

/** `AllDayEvent { title, start, end }`; that a `MeetingMoved` is a fact, its name states. */
function isAppointment(name: string, members: readonly Member[]): boolean {
  const has = (words: RegExp): boolean => members.some((it) => words.test(it.name));
  return !statesFact(name) && has(begins) && has(ends) && has(read);
}

/** `PageViewedEvent { event: 'page_viewed', properties }`, as trackers take it; `order.viewed` is a name on a wire. */
function isTracked(members: readonly Member[]): boolean {
  const named = members.find((it) => it.name === 'event');
  const isOnWire = named?.type?.kind === 'literal' && /[.:/]/.test(named.type.value);
  return named !== undefined && !isOnWire && members.some((it) => /^(?:properties|traits)$/.test(it.name));
}
