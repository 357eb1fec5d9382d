// Chance that a seed decides: the same seed gives the same workspace and the same edits on every machine.

export interface Random {
  /** A number from 0 up to, and without, `below`. */
  readonly next: (below: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return {
    next,
    pick: (items) => {
      const found = items[next(items.length)];
      if (found === undefined) throw new Error('There is nothing to pick from.');
      return found;
    },
  };
}
