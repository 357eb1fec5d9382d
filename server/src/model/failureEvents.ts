// The events that announce the failure of what another event announces as done: `PaymentFailed` beside `CardCharged`.
import { canFail, failureFinder, isOutcome, saysFailure, stepOf, type FailureWords } from './fallible.ts';
import type { EventModel, EventNode } from './model.ts';
import { perModel } from './perModel.ts';

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
const failuresIn = perModel(({ events }) => {
  const known = new Map<string, Known>();
  return (words: FailureWords): Known => {
    const key = JSON.stringify(words);
    const found = known.get(key) ?? knownFailures(events, words);
    known.set(key, found);
    return found;
  };
});

interface Known {
  readonly byName: ReadonlyMap<string, EventNode>;
  readonly find: ReturnType<typeof failureFinder>;
}

function knownFailures(events: readonly EventNode[], words: FailureWords): Known {
  const byName = new Map(events.filter((it) => saysFailure(it.name, words)).map((it) => [it.name, it]));
  return { byName, find: failureFinder([...byName.keys()], words) };
}
