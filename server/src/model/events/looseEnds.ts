// Events with one end only: published and never handled, or handled and never published. Silent where the other end may stand
// elsewhere: it counts only beside events of the same file and library whose both ends are here.
import { isAnnouncedByMedusa } from '../../facts/medusaEvents.ts';
import type { FilePath } from '../../text.ts';
import { isMessageItself } from '../effects/effects.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { EventModel, EventNode } from '../model.ts';
import { eventKey, isLastResort } from '../names/names.ts';
import { isDetour } from '../names/spelling.ts';
import { spokenKeys } from '../names/spokenNames.ts';
import { isOnlyListed } from '../names/topicLists.ts';

const applies = /^_?(?:on|apply|when)(?=[A-Z])/;

/** Events that are published here and handled by nobody, though the same producer's other events are handled here. */
export function unconsumed(model: EventModel): readonly EventNode[] {
  if (!model.isComplete) return [];
  const heard = model.producers.filter((it) => it.event?.isConsumed === 'yes');
  const ends = new Set(heard.map((it) => `${it.file} ${it.role.library}`));
  return model.events.filter((event) => {
    if (event.isProduced !== 'yes' || event.isConsumed !== 'no' || isContract(model, event)) return false;
    const isBeside = event.producers.some((it) => ends.has(`${it.file} ${it.role.library}`));
    // The bytes that came go back to a queue of their own, to be tried once more.
    const isRetry = event.producers.every(({ role }) => role.payload && isMessageItself(role.payload));
    return isBeside && !isRetry && !isSpokenElsewhere(model, event) && !isApplied(model, event);
  });
}

/** An aggregate that is restored from its events handles them itself: `onOrderPlacedEvent(event)` beside `apply(event)`. */
function isApplied({ files }: EventModel, { key, producers }: EventNode): boolean {
  return producers.some(({ file, fn }) =>
    files
      .get(file)
      ?.functions.some(
        (it) =>
          it.owner !== undefined &&
          it.owner === fn.fact.owner &&
          applies.test(it.name) &&
          eventKey(it.name.replace(applies, '')) === key,
      ),
  );
}

/** Events that are handled here and published by nobody, though the other events of the same consumers are published here. */
export function unproduced(model: EventModel): readonly EventNode[] {
  if (!model.isComplete) return [];
  const fed = model.consumers.filter((it) => it.events.some(isFed));
  const ends = new Set(fed.map((it) => `${it.file} ${it.fact.library}`));
  return model.events.filter((event) => {
    if (event.isProduced !== 'no' || event.consumers.length === 0 || isContract(model, event)) return false;
    if (isOfEngine(event) || isOfPackage(model, event)) return false;
    const isBeside = event.consumers.some((it) => ends.has(`${it.file} ${it.fact.library}`));
    return isBeside && !isSpokenElsewhere(model, event);
  });
}

/** `order.placed` at a subscriber of Medusa: the engine that calls the subscriber announces it. */
function isOfEngine({ name, wireNames, consumers }: EventNode): boolean {
  const names = [name, ...wireNames];
  return consumers.every((it) => it.fact.library === 'medusa') && names.some(isAnnouncedByMedusa);
}

/** `@EventsHandler(OrderStateChanged)` with a class of a package: whoever makes it announces it too, or somebody else who has the package. */
function isOfPackage({ program }: EventModel, { key, consumers }: EventNode): boolean {
  return consumers.some(({ file, fact }) =>
    fact.events.some(
      (it) =>
        it.kind === 'name' && eventKey(it.name) === key && program.packageOf(file, it.name) !== undefined,
    ),
  );
}

/** What a consumer hands to its own topic for retries shows nothing of where its events come from. */
function isFed({ isProduced, name, wireNames }: EventNode): boolean {
  return isProduced === 'yes' && ![name, ...wireNames].some((it) => isDetour(it) || isLastResort(it));
}

function isContract(
  { isPublic, isOfLibrary }: EventModel,
  { declarations, producers, consumers }: EventNode,
): boolean {
  // Who uses a library hears what it emits.
  const ends = [...producers, ...consumers.map((it) => ({ file: it.file, role: it }))];
  const isEmitted = ends.some((it) => it.role.transport !== 'broker' && isOfLibrary(it.file));
  return isEmitted || declarations.some(isPublic);
}

/** A file names it that neither declares it nor is one of the ends known: it may be the other end, not understood. */
function isSpokenElsewhere(model: EventModel, event: EventNode): boolean {
  const own = new Set([...event.producers, ...event.consumers, ...event.declarations].map((it) => it.file));
  return model.keeper
    .index(
      model.files,
      speakers,
    )(event.key)
    .some((file) => !own.has(file) && !isOnlyListed(model, file, { key: event.key, ends: own }));
}

/** The files that speak of an event, by its key. */
const speakers: Indexed<string, FilePath> = {
  question: 'speakers',
  of: (facts) => new Map([...spokenKeys(facts)].map((it) => [it, facts.file])),
  isSame: (one, other) => one === other,
};
