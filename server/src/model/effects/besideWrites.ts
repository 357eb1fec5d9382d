// Rows that a deed some calls down keeps for itself, and that no event tells of: renewed tokens, when somebody was last seen, what a
// limit has counted.
import type { Effect, EventModel } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { producersOf, storeOf } from '../producers/sent.ts';

const keys = /\b(?:tokens?|secrets?|credentials?|heartbeats?)\b/;
const lately = /\blast (?:seen|active|activity|login|used|accessed?|visited|visit|ping)\b/;
const limits = /\b(?:rate limit\w*|limit|limiter|quotas?|throttle|usage)\b/;

/** Whether a write is such a row, and not what the message is about. */
export function isBeside(model: EventModel, write: Effect, publish: Effect): boolean {
  const { role, via } = write;
  if (role.kind !== 'write' || via.length === 0) return false;
  if (setsOnlyLately(write)) return true;
  // The call in the function itself is its own business.
  const words = [storeOf(write), write.name, ...via.slice(1).map((it) => it.name)].map(spaced).join(' ');
  if (lately.test(words)) return true;
  const isIncrement = role.operation === 'increment';
  if (isIncrement ? !limits.test(words) : via.length < 2 || !keys.test(words)) return false;
  const kept = [storeOf(write), write.name.split('.').slice(0, -1).join('.')]
    .map(spaced)
    .join(' ')
    .split(' ');
  const told = producersOf(model, publish).map((it) => spaced(it.event?.name ?? ''));
  return !told.some((it) => (isIncrement ? limits : keys).test(it) || isAbout(it, kept));
}

/** Whether an event is called after the rows: `device.registered` after device tokens. */
function isAbout(event: string, rows: readonly string[]): boolean {
  const words = event.split(' ').slice(0, -1);
  return rows.some((it) => words.includes(it.replace(/s$/, '')) || words.includes(it));
}

/** `users.update({ id }, { lastSeenAt: new Date() })`. */
function setsOnlyLately({ role }: Effect): boolean {
  if (role.kind !== 'write' || role.operation !== 'update' || role.data?.kind !== 'object') return false;
  const { entries, spreads } = role.data;
  return entries.length > 0 && spreads.length === 0 && entries.every(({ key }) => lately.test(spaced(key)));
}

function spaced(name: string): string {
  return wordsOf(name).join(' ');
}
