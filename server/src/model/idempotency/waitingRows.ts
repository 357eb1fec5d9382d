// Rows that wait to be dealt with: who takes those that are not marked, and marks them, finds none of them the second time.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ReadRole } from '../../facts/roles.ts';
import type { Walk } from '../effects/frames.ts';
import { tokensOf } from '../effects/states.ts';
import { calleeName } from '../fileIndex.ts';

/** What gives a single row is compared by an `if`, or not at all. */
const single = /one|first|unique|by_?id|by_?pk/i;
/** The values of a mark that is not set. */
const unmarked = new Set(['null', 'undefined', 'false', '0']);
const waiting =
  /^(?:pending|new|created|open|queued|waiting|unsent|unprocessed|unpublished|scheduled|ready|todo|draft)$/;

/** Every row that is still there is asked for by these, whatever is done about it. */
const ofLife = /delet|remov|archiv|disab|revok|hidden/i;

/** `orderId`, `order_id`: the rows are those of one order. */
const ofOwner = /[a-z](?:Id|_id)$/;

/**
 * `find({ where: { sentAt: IsNull() } })` in a function that, with all it calls, sets `sentAt`. Two that look for whatever waits may
 * take the same row; the rows of one order that wait are gone when its message comes again, as with a look at the order's state.
 */
export function takesWaiting(
  walk: Walk,
  { call }: CallAction,
  { where }: ReadRole,
): 'yes' | 'weak' | undefined {
  if (where?.kind !== 'object' || single.test(calleeName(call.callee) ?? '')) return undefined;
  const states = walk.states();
  const mark = where.entries.find(({ key, value }) => {
    const set = states.get(key);
    return (
      set !== undefined &&
      !ofLife.test(key) &&
      asksForUnmarked(walk, value) &&
      [...set].some((it) => isMark(it))
    );
  });
  if (!mark) return undefined;
  const isOfOne = where.entries.some(({ key, value }) => ofOwner.test(key) && isBrought(value));
  return isOfOne ? 'yes' : 'weak';
}

/** `event.orderId`, or `orderId` as a function is handed it. */
function isBrought(value: Expr): boolean {
  return value.kind === 'member' || (value.kind === 'name' && value.binding !== undefined);
}

function asksForUnmarked({ fn, walking }: Walk, value: Expr): boolean {
  if (value.kind === 'call') return calleeName(value.callee) === 'IsNull';
  const tokens = tokensOf(fn.file, value, walking.linking);
  return tokens.length > 0 && tokens.every((it) => !isMark(it));
}

/** Whether a state is one in which a row waits to be dealt with. */
export function isWaiting(token: string): boolean {
  return waiting.test(token);
}

/** Whether a state is one that a row comes to when it was dealt with. */
export function isReached(token: string): boolean {
  return token !== '?' && isMark(token);
}

function isMark(token: string): boolean {
  return !unmarked.has(token) && !waiting.test(token);
}
