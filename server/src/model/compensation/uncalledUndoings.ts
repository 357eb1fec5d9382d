// Compensations that hang on a message which nobody sends: `order.cancelled` gives back what `order.placed` reserved, and no service of the
// workspace ever publishes it. What services do is known by the names of what they call.
import type { FunctionFact } from '../../facts/facts.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { saysFailure } from '../failures/fallible.ts';
import type { ConsumerNode, EventModel, EventNode } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { failureWords } from '../sagas/replies.ts';
import { endsByItself, gives, namesIn, takesBack, taking, takings } from './spokenHolds.ts';

/** Who would take back, what nobody sends, and who takes hold when what comes. */
export interface UncalledUndoing {
  readonly undoing: ConsumerNode;
  readonly unsent: EventNode;
  readonly holding: ConsumerNode;
  readonly sent: EventNode;
}

const given = /^(?:release|restock|unreserve|deallocate|refund|restore)/i;

/** All of them, once the whole workspace was read. */
export function uncalledUndoings(model: EventModel): readonly UncalledUndoing[] {
  if (!model.isComplete) return [];
  const heard = model.consumers.filter((it) => it.events.length > 0 && it.handler);
  return heard.flatMap((undoing) => {
    // The topic, and what its payload is called.
    const unsent = undoing.events.find((it) => endsFlow(it.name));
    if (!unsent || undoing.events.some((it) => it.isProduced !== 'no')) return [];
    const service = model.serviceOf(undoing.file);
    const besides = heard.filter((it) => it !== undoing && model.serviceOf(it.file) === service);
    return undoneBy(model, undoing, unsent, besides);
  });
}

/** A failure, a cancellation, or the order to take back. */
function endsFlow(name: string): boolean {
  return saysFailure(name, failureWords) || wordsOf(name).some((it) => given.test(it));
}

function undoneBy(
  model: EventModel,
  undoing: ConsumerNode,
  unsent: EventNode,
  besides: readonly ConsumerNode[],
): readonly UncalledUndoing[] {
  const backs = namesIn(model, undoing).filter(takesBack);
  if (backs.length === 0) return [];
  const [subject] = wordsOf(unsent.name);
  const started = besides.flatMap((holding) => {
    const sent = holding.events.find((it) => isOfSame(it, subject) && isSentElsewhere(model, it, holding));
    const held = sent && !endsByItself(model, holding) ? heldIn(model, holding, backs) : [];
    return sent && held.length > 0 ? [{ holding, sent, held }] : [];
  });
  const [first] = started;
  if (!first || isTakenBackElsewhere(model, undoing, besides, first.held)) return [];
  return [{ undoing, unsent, holding: first.holding, sent: first.sent }];
}

/** Another service of the workspace tells of it. */
function isSentElsewhere(
  model: EventModel,
  { isProduced, producers }: EventNode,
  { file }: ConsumerNode,
): boolean {
  const service = model.serviceOf(file);
  return isProduced === 'yes' && producers.some((it) => model.serviceOf(it.file) !== service);
}

/** What a consumer takes hold of and one of those names gives back. */
function heldIn(model: EventModel, consumer: ConsumerNode, backs: readonly string[]): readonly string[] {
  return namesIn(model, consumer).filter((it) => taking.test(it) && backs.some((back) => gives(back, it)));
}

/** `order.placed` and `order.cancelled` are told by the same service: it would stand here as well. */
function isOfSame({ name }: EventNode, subject: string | undefined): boolean {
  return wordsOf(name)[0] === subject;
}

/** By a route, a clock, or who hears of another failure; what a success lets go of is used up. */
function isTakenBackElsewhere(
  model: EventModel,
  undoing: ConsumerNode,
  besides: readonly ConsumerNode[],
  held: readonly string[],
): boolean {
  const service = model.serviceOf(undoing.file);
  const settled = besides.filter((it) => it.events.every((one) => !endsFlow(one.name)));
  const known = new Set<FunctionFact>();
  for (const { handler } of [undoing, ...settled])
    for (const { fact } of handler ? reachedFrom(model, handler) : []) known.add(fact);
  return takings(model).some(
    ({ file, fact, what }) =>
      model.serviceOf(file) === service &&
      !known.has(fact) &&
      (what === '' || held.some((it) => gives(what, it))),
  );
}
