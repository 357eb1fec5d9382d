// The events that announce the failure of what another event announces as done: `PaymentFailed` beside `CardCharged`.
import { aboutEvents, madeOfNames } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, EventNode } from '../model.ts';
import { canFail, failureFinder, isOutcome, saysFailure, stepOf, type FailureWords } from './fallible.ts';

/** All of them that the workspace knows by name; none for an event that announces no outcome of a step. */
export function failureEventsOf(
  model: EventModel,
  event: EventNode,
  words: FailureWords,
): readonly EventNode[] {
  const step = saysFailure(event.name, words) ? undefined : stepOf(event.name);
  if (!step || !(isOutcome(step) || canFail(step, words) === 'yes')) return [];
  const { byName, find } = failuresIn(model)(words);
  return [...new Set([...find(step)].flatMap((it) => byName.get(it) ?? []))].filter((it) => it !== event);
}

/** For each choice of words the events whose names say a failure. */
const failuresIn = perModel((model) => {
  const known = new Map<string, Known>();
  return (words: FailureWords): Known => {
    const key = JSON.stringify(words);
    const found = known.get(key) ?? knownFailures(model, key, words);
    known.set(key, found);
    return found;
  };
});

interface Known {
  readonly byName: ReadonlyMap<string, EventNode>;
  readonly find: ReturnType<typeof failureFinder>;
}

/** Names are read and looked through anew only where they changed. */
function knownFailures(model: EventModel, key: string, words: FailureWords): Known {
  const isFailing = aboutEvents(model, `says a failure ${key}`, (it) => saysFailure(it.name, words));
  const byName = new Map(model.events.filter(isFailing).map((it) => [it.name, it]));
  const names = [...byName.keys()];
  const find = madeOfNames(model, `finder of failure events ${key}`, names, (it) => failureFinder(it, words));
  return { byName, find };
}
