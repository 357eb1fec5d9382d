// A failure is announced into the void: what went before it is never taken back.
import { z } from 'zod';
import type { FailureWords } from '../model/fallible.ts';
import { placeOfName } from '../model/listings.ts';
import type { EventModel } from '../model/model.ts';
import { unheardFailures, type UnheardFailure } from '../model/unheardFailures.ts';
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
  summary: 'A failure event is published and nothing reacts to it',
  hasFix: false,
  options,
  *check({ model, options: { failures, external }, settingsOf }) {
    const words: FailureWords = { steps: [], actions: [], failures };
    for (const unheard of unheardFailures(model, words)) {
      if (
        isExternal({ settingsOf }, unheard.event, external) ||
        unheard.event.declarations.some(model.isPublic)
      )
        continue;
      yield findingOf(model, unheard);
    }
  },
};

function findingOf(model: EventModel, { event, heard }: UnheardFailure): RuleFinding {
  const published = event.producers.slice(0, 2);
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
