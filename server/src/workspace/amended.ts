// Maps of which an edit changes a value or two. A copy with these is made without a look at the others, and tells what it changed.

/** After so many changes a map is made anew, so that each look-up stays short. */
const most = 64;

/** A map with other values under some of its keys; it leaves the one before as it is. */
export function amended<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  changes: ReadonlyMap<Key, Value>,
): ReadonlyMap<Key, Value> {
  if (changes.size === 0) return before;
  const isKnown = before instanceof Amended;
  const whole: ReadonlyMap<Key, Value> = isKnown ? before.whole : before;
  const others = new Map([...(isKnown ? before.others : []), ...changes]);
  const isOfSameKeys = [...changes.keys()].every((it) => whole.has(it));
  return isOfSameKeys && others.size <= most ? new Amended(whole, others) : new Map([...whole, ...others]);
}

/** The keys under which two maps hold different values; undefined where they have other keys, or an order of their own. */
export function differingIn<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  now: ReadonlyMap<Key, Value>,
): readonly Key[] | undefined {
  if (before === now) return [];
  const [one, other] = [partsOf(before), partsOf(now)];
  const isOther = (key: Key): boolean => before.get(key) !== now.get(key);
  if (one.whole === other.whole)
    return [...new Set([...one.others.keys(), ...other.others.keys()])].filter(isOther);
  if (before.size !== now.size) return undefined;
  const keys = [...now.keys()];
  let index = 0;
  for (const key of before.keys()) if (key !== keys[index++]) return undefined;
  return keys.filter(isOther);
}

interface Parts<Key, Value> {
  readonly whole: ReadonlyMap<Key, Value>;
  readonly others: ReadonlyMap<Key, Value>;
}

function partsOf<Key, Value>(map: ReadonlyMap<Key, Value>): Parts<Key, Value> {
  return map instanceof Amended ? map : { whole: map, others: new Map() };
}

class Amended<Key, Value> implements ReadonlyMap<Key, Value>, Parts<Key, Value> {
  readonly whole: ReadonlyMap<Key, Value>;
  readonly others: ReadonlyMap<Key, Value>;
  #written: ReadonlyMap<Key, Value> | undefined;

  constructor(whole: ReadonlyMap<Key, Value>, others: ReadonlyMap<Key, Value>) {
    this.whole = whole;
    this.others = others;
  }

  get size(): number {
    return this.whole.size;
  }

  get(key: Key): Value | undefined {
    return this.others.get(key) ?? this.whole.get(key);
  }

  has(key: Key): boolean {
    return this.whole.has(key);
  }

  keys(): MapIterator<Key> {
    return this.whole.keys();
  }

  values(): MapIterator<Value> {
    return this.#whole().values();
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#whole().entries();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  forEach(tell: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.#whole()) tell(value, key, this);
  }

  /** Written out for whoever goes over all. */
  #whole(): ReadonlyMap<Key, Value> {
    return (this.#written ??= new Map([...this.whole, ...this.others]));
  }
}
