// What is kept from one link to the next.
import type { FileFacts } from '../facts/facts.ts';
import type { Keeper } from '../model/kept.ts';
import type { EventModel } from '../model/model.ts';

/** A model, and what it was made of. */
export interface Linked {
  readonly facts: readonly FileFacts[];
  readonly model: EventModel;
  readonly keeper: Keeper;
}

/** What was worked out before, but for what the changed files have a part in; nothing where files came or went. */
export function handedOn({ facts, keeper }: Linked, now: readonly FileFacts[]): Keeper | undefined {
  if (!isOfSameFiles(facts, now)) return undefined;
  const changed = now.flatMap((it, index) => {
    const before = facts[index];
    return before && it !== before ? [{ before, now: it }] : [];
  });
  return keeper.handOn(changed);
}

function isOfSameFiles(before: readonly FileFacts[], now: readonly FileFacts[]): boolean {
  return before.length === now.length && before.every((it, index) => it.file === now[index]?.file);
}
