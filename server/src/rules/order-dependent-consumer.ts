// Brokers keep no order between topics: what a message needs may come after it.
import { z } from 'zod';
import { absences, type Absence } from '../model/choreography/absences.ts';
import type { Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'order-dependent-consumer',
  severity: 'warning',
  summary: 'A consumer gives up on a message that arrives before the state it needs',
  hasFix: false,
  options: z.object({}),
  *check({ model }) {
    for (const absence of absences(model)) yield findingOf(absence);
  },
};

function findingOf({ consumer, file, variable, loaded, check, isPassedOver }: Absence): RuleFinding {
  const outcome = isPassedOver ? 'the work goes on without it' : 'the message is dropped';
  return {
    file,
    at: variable.at,
    symbol: variable.name,
    message: `When ${eventOf(consumer)} arrives before what \`${loaded}\` ${loaded === variable.name ? 'holds' : 'loads'}, ${outcome}.`,
    help: 'Throw so that the broker delivers it again later, keep the message until the state is there, or let either message create it.',
    related: [
      ...(isPassedOver ? [] : [{ file, at: check, message: 'Here the work ends when nothing was found.' }]),
      { file: consumer.file, at: consumer.at, message: `\`${consumer.name}\` handles the message.` },
    ],
  };
}

function eventOf({ events }: Absence['consumer']): string {
  const [only] = events;
  return only && events.length === 1 ? `\`${only.name}\`` : 'a message';
}
