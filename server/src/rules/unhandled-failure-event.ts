// A failure is announced into the void: what went before it is never taken back.
import { z } from 'zod';
import { once } from '../facts/once.ts';
import { placeOfName } from '../model/events/listings.ts';
import type { FailureWords } from '../model/failures/fallible.ts';
import { ignoredFailures, type IgnoredFailure } from '../model/failures/ignoredFailures.ts';
import { unheardFailures, type UnheardFailure } from '../model/failures/unheardFailures.ts';
import type { EventModel } from '../model/model.ts';
import { nearestFirst } from '../model/resolution/nearness.ts';
import type { ProcessManager } from '../model/sagas/processManagers.ts';
import { isExternal } from './external.ts';
import type { Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  failures: z
    .array(z.string())
    .default([
      'failed',
      'failure',
      'rejected',
      'declined',
      'denied',
      'refused',
      'timed out',
      'insufficient',
      'out of stock',
      'aborted',
    ])
    .describe('Words by which a name announces a failure.'),
  external: z
    .array(z.string())
    .default([])
    .describe('Failure events that another system handles: `PaymentFailed`.'),
});

export const rule: Rule<z.infer<typeof options>> = {
  id: 'unhandled-failure-event',
  severity: 'warning',
  summary: 'A failure event is published and nothing, or not the saga that waits for the step, reacts to it',
  hasFix: false,
  options,
  *check({ model, options: { failures, external }, settingsOf }) {
    const words = wordsOf(failures);
    const unheard = unheardFailures(model, words);
    for (const it of unheard) {
      if (isExternal({ settingsOf }, it.event, external) || it.event.declarations.some(model.isPublic))
        continue;
      yield findingOf(model, it);
    }
    const managers = new Set<ProcessManager>();
    for (const it of ignoredFailures(model, words)) {
      // Where nobody hears of it at all the finding stands at the event.
      if (unheard.some(({ event }) => event === it.failure) || managers.has(it.manager)) continue;
      if (isExternal({ settingsOf }, it.failure, external)) continue;
      managers.add(it.manager);
      yield ignoredOf(it);
    }
  },
};

/** The same object for the same options: what is remembered of names hangs on it. */
const wordsOf = once((failures: readonly string[]): FailureWords => ({ steps: [], actions: [], failures }));

function ignoredOf({ manager, reaction, success, failure }: IgnoredFailure): RuleFinding {
  const { file, at, name } = reaction.consumer;
  return {
    file,
    at,
    symbol: name,
    message: `\`${manager.name}\` goes on when \`${success.name}\` comes and does not handle \`${failure.name}\`: when the step fails, the saga stays where it is.`,
    help: `Handle \`${failure.name}\` beside it: take back what was done, and end the saga.`,
    related: nearestFirst(file, failure.producers)
      .slice(0, 1)
      .map((it) => ({
        file: it.file,
        at: it.at,
        message: `\`${failure.name}\` is published here.`,
      })),
  };
}

function findingOf(model: EventModel, { event, heard }: UnheardFailure): RuleFinding {
  const published = nearestFirst(event.place.file, event.producers).slice(0, 2);
  const waiting = heard.consumers.slice(0, 1);
  return {
    ...placeOfName(model, event),
    symbol: event.name,
    message: `\`${event.name}\` is published, and no consumer or saga reacts to it: what was done before the failure stays as it is.`,
    help: 'Add a consumer that takes back or ends the flow, or list the event under `external` in the configuration where another system handles it.',
    related: [
      ...published.map(({ file, at }) => ({ file, at, message: 'It is published here.' })),
      ...waiting.map(({ file, at, name }) => ({
        file,
        at,
        message: `\`${name}\` handles \`${heard.name}\` of the same producer.`,
      })),
    ],
  };
}
