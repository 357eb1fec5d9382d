// One flow runs over many services; only an id that every message hands on ties its log lines and messages together.
import { z } from 'zod';
import { begunAt } from '../model/choreography/handedOn.ts';
import { lostCorrelations, placeOf, type LostCorrelation } from '../model/choreography/lostCorrelations.ts';
import { handOnFixes } from './handOnFixes.ts';
import type { Related, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'lost-correlation',
  severity: 'warning',
  summary: 'A consumer publishes a follow-up event without the correlation id of the event it handles',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    yield* lostCorrelations(model, findingOf);
  },
};

function findingOf(lost: LostCorrelation): RuleFinding {
  const { consumer, producer } = lost;
  const { file, at, name } = placeOf(lost);
  const event = producer.event ? `\`${producer.event.name}\`` : 'A follow-up message';
  return {
    file,
    at,
    symbol: name,
    message: `${event} does not hand on the correlation id of ${handledBy(consumer)}: nobody can follow the flow over this hop.`,
    help: 'Copy the correlation id from the handled event, and set the causation id to its id.',
    related: [
      { file: consumer.file, at: consumer.at, message: `\`${consumer.name}\` handles the event.` },
      ...begunBy(lost),
    ],
    fixes: handOnFixes(lost),
  };
}

/** Where a function that makes the event begins a flow of its own. */
function begunBy({ here, sent: { file, action } }: LostCorrelation): readonly Related[] {
  return action.call.args.flatMap((arg) => {
    const place = arg.kind === 'call' ? begunAt(here, file, arg) : undefined;
    return place ? [{ ...place, message: 'Here a flow of its own begins.' }] : [];
  });
}

function handledBy({ events, name }: LostCorrelation['consumer']): string {
  const [only] = events;
  return only && events.length === 1 ? `\`${only.name}\`` : `the message that \`${name}\` handles`;
}
