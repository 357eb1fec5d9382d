// Failures that a process manager does not react to though it goes on when the same step succeeds.
import { saidOfEvents } from '../incremental/about.ts';
import type { EventModel, EventNode } from '../model.ts';
import { spokenKeys } from '../names/spokenNames.ts';
import type { Reaction } from '../producers/sent.ts';
import { processManagersOf, type ProcessManager } from '../sagas/processManagers.ts';
import { isFailureOf, isOutcome, saysFailure, stepOf, type FailureWords } from './fallible.ts';

export interface IgnoredFailure {
  readonly manager: ProcessManager;
  /** What goes on with the saga when the step succeeds. */
  readonly reaction: Reaction;
  readonly success: EventNode;
  readonly failure: EventNode;
}

/** All of them, once the whole workspace was read: each failure once for a process manager. */
export function ignoredFailures(model: EventModel, words: FailureWords): readonly IgnoredFailure[] {
  if (!model.isComplete) return [];
  const said = saidOfEvents(model, `is a failure ${JSON.stringify(words)}`, (it) =>
    it.isProduced === 'yes' && saysFailure(it.name, words) ? [true] : [],
  );
  const failures = said.map(({ of }) => of);
  return processManagersOf(model).flatMap((manager) => {
    // Who only looks on leaves nothing half done.
    if (manager.reactions.every((it) => it.effects.length === 0)) return [];
    const handled = manager.reactions.flatMap((it) => it.consumer.events);
    const names = namesIn(model, manager);
    const found = manager.reactions.flatMap((reaction) =>
      reaction.consumer.events.flatMap((success): readonly IgnoredFailure[] => {
        const step = stepOf(success.name);
        if (!step || !isOutcome(step) || step.isUndoing || saysFailure(success.name, words)) return [];
        // It hears of that failure under some name.
        if (handled.some((it) => isFailureOf(step, it.name, words))) return [];
        return failures
          .filter(
            (it) =>
              isFailureOf(step, it.name, words) && isOfSameParticipant(success, it) && !names.has(it.key),
          )
          .map((failure) => ({ manager, reaction, success, failure }));
      }),
    );
    return found.filter((it, index) => found.findIndex((one) => one.failure === it.failure) === index);
  });
}

/** Whether one file announces both ends of the step. */
function isOfSameParticipant(success: EventNode, failure: EventNode): boolean {
  const files = new Set(success.producers.map((it) => it.file));
  return failure.producers.some((it) => files.has(it.file));
}

/** What the saga's own files speak of: it may react in a way that was not understood. */
function namesIn(model: EventModel, { functions, file }: ProcessManager): ReadonlySet<string> {
  const files = new Set([file, ...functions.map((it) => it.file)]);
  const keys = new Set<string>();
  for (const it of files) {
    const facts = model.files.get(it);
    for (const key of facts ? spokenKeys(facts) : []) keys.add(key);
  }
  return keys;
}
