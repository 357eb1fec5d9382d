// What is kept from one link to the next.
import type { FileFacts } from '../facts/facts.ts';
import type { Keeper } from '../model/incremental/kept.ts';
import type { EventModel } from '../model/model.ts';
import type { FilePath } from '../text.ts';

/** A model, and what it was made of. */
export interface Linked {
  readonly facts: ReadonlyMap<FilePath, FileFacts>;
  readonly model: EventModel;
  readonly keeper: Keeper;
}

/** What was worked out before, but for what the changed files have a part in. */
export function handedOn(
  { facts, keeper }: Linked,
  now: ReadonlyMap<FilePath, FileFacts>,
  changed: readonly FilePath[],
): Keeper {
  return keeper.handOn(
    changed.flatMap((file) => {
      const [before, after] = [facts.get(file), now.get(file)];
      return before && after ? [{ before, now: after }] : [];
    }),
  );
}
