// When two values are one for whoever looks at them.
import type { Place } from './text.ts';

/** Whether two lists are the same, item by item. */
export function areSame<Item>(
  one: readonly Item[],
  other: readonly Item[],
  isSame: (one: Item, other: Item) => boolean,
): boolean {
  return (
    one.length === other.length &&
    one.every((it, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && isSame(it, counterpart);
    })
  );
}

/** Whether two places are one. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.file === other.file && one.at.start === other.at.start && one.at.end === other.at.end;
}
