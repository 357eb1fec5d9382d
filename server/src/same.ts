// When two values are one for whoever looks at them.
import type { Place } from './text.ts';

/** Whether two lists are the same, item by item. */
export function areSame<Item>(
  one: readonly Item[],
  other: readonly Item[],
  isSame: (one: Item, other: Item) => boolean,
): boolean {
  if (one.length !== other.length) return false;
  // A loop, for this is asked of thousands of short lists at every edit.
  for (let index = 0; index < one.length; index += 1) {
    const mine = one[index];
    const theirs = other[index];
    if (mine === undefined || theirs === undefined || !isSame(mine, theirs)) return false;
  }
  return true;
}

/** Whether two values of plain data, as they are read from JSON, say the same. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((it, index) => isSameData(it, other[index]))
    );
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((it) => isSameData(Reflect.get(one, it), Reflect.get(other, it)))
  );
}

/** Whether two places are one. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.file === other.file && one.at.start === other.at.start && one.at.end === other.at.end;
}
