// Failure events that are published and that nothing in the workspace reacts to. Silent where the consumers may stand elsewhere.
import { saidOfEvents } from '../incremental/about.ts';
import type { EventModel, EventNode } from '../model.ts';
import { spokenKeys } from '../names/spokenNames.ts';
import { saysFailure, stepOf, type FailureWords } from './fallible.ts';

export interface UnheardFailure {
  readonly event: EventNode;
  /** An event of the same producer whose success is heard: the failure of what somebody waits for. */
  readonly heard: EventNode;
}

/** That a failure was written down is no failure of its own. */
const noted = / (?:recorded|noted|logged|acknowledged|handled|resolved)$/;

/** All of them, once the whole workspace was read. */
export function unheardFailures(model: EventModel, words: FailureWords): readonly UnheardFailure[] {
  if (!model.isComplete || model.consumers.length === 0) return [];
  const unheard = saidOfEvents(model, `is not heard ${JSON.stringify(words)}`, (it) =>
    isUnheard(it, words) ? [true] : [],
  );
  return unheard.flatMap(({ of: event }) => {
    const heard = heardBeside(model, event, words);
    return heard && !isSpokenElsewhere(model, event) ? [{ event, heard }] : [];
  });
}

function isUnheard({ name, key, isProduced, isConsumed }: EventNode, words: FailureWords): boolean {
  return isProduced === 'yes' && isConsumed === 'no' && saysFailure(name, words) && !noted.test(key);
}

/** Its producers speak to consumers of this workspace too: so a consumer of the failure would stand here as well. */
function heardBeside(model: EventModel, event: EventNode, words: FailureWords): EventNode | undefined {
  const files = new Set(event.producers.map((it) => it.file));
  const libraries = new Set(event.producers.map((it) => it.role.library));
  const beside = model.producers.flatMap((it) =>
    it.event && files.has(it.file) && libraries.has(it.role.library) ? [it.event] : [],
  );
  return beside.find(
    (it) =>
      it.isConsumed === 'yes' &&
      !saysFailure(it.name, words) &&
      (stepOf(it.name) !== undefined || it.consumers.length > 0),
  );
}

/** A file that consumes or runs a saga names it: it may react in a way that was not understood. */
function isSpokenElsewhere(model: EventModel, event: EventNode): boolean {
  const own = new Set([...event.producers.map((it) => it.file), ...event.declarations.map((it) => it.file)]);
  for (const [file, facts] of model.files) {
    if (own.has(file)) continue;
    if (facts.consumers.length === 0 && facts.sagas.length === 0) continue;
    if (spokenKeys(facts).has(event.key)) return true;
  }
  return false;
}
