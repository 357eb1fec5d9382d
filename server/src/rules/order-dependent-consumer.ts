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

function findingOf(absence: Absence): RuleFinding {
  const { consumer, file, variable, check, isPassedOver, isStoredBefore, isThrown, isList } = absence;
  return {
    file,
    at: variable.at,
    symbol: variable.name,
    message: messageOf(absence),
    help: helpOf(absence),
    related: [
      ...(isPassedOver ? [] : [{ ...check, message: 'Here the work ends when nothing was found.' }]),
      { file: consumer.file, at: consumer.at, message: `\`${consumer.name}\` handles the message.` },
    ],
    // Who put a job into a queue is seldom known, and it may have stored the row before.
    ...((isStoredBefore || isThrown || isList || consumer.fact.isRequest) && { severity: 'info' }),
  };
}

function helpOf({ consumer, isThrown }: Absence): string {
  const others = 'keep the message until the state is there, or let either message create it.';
  if (consumer.transport === 'in-process') return `Nobody delivers it again: ${others}`;
  return isThrown
    ? `Let the error come to the broker so that it delivers the message again later, ${others}`
    : `Throw so that the broker delivers it again later, ${others}`;
}

function messageOf(absence: Absence): string {
  const { consumer, loaded, isStoredBefore } = absence;
  if (isStoredBefore)
    return `When \`${loaded}\` finds nothing for ${eventOf(consumer)}, ${outcomeOf(absence)}, although the flow began with it.`;
  return `When ${eventOf(consumer)} arrives before what \`${loaded}\` ${verbOf(absence)}, ${outcomeOf(absence)}.`;
}

function outcomeOf({ isPassedOver, isThrown }: Absence): string {
  if (isPassedOver) return 'the work goes on without it';
  return isThrown ? 'the message fails and is not tried again' : 'the message is dropped';
}

function verbOf({ loaded, variable, isChange }: Absence): string {
  if (isChange) return 'changes';
  return loaded === variable.name ? 'holds' : 'loads';
}

function eventOf({ events }: Absence['consumer']): string {
  const [only] = events;
  return only && events.length === 1 ? `\`${only.name}\`` : 'a message';
}
