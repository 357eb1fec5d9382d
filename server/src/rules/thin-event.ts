// A consumer that has to ask the producer first is as available as the producer, and reads what is true now, not what was then.
import { z } from 'zod';
import { answerOf, type Answer } from '../model/calls/answers.ts';
import { callsBack, type CallBack } from '../model/choreography/callsBack.ts';
import type { EventModel, EventNode } from '../model/model.ts';
import type { Rule, RuleFinding } from './rule.ts';
import { thinFixes } from './thinFixes.ts';

export const rule: Rule = {
  id: 'thin-event',
  severity: 'info',
  summary: 'A consumer has to call the producer back before it can do its work',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model }) {
    for (const [event, all] of callsBack(model)) {
      const asked = all.map((back) => ({ back, answer: answerOf(model, back.fn, back.action) }));
      const missing = asked.filter(({ answer }) => !isSaid(model, event, answer));
      const [first] = missing;
      if (first) yield findingOf(model, event, missing);
    }
  },
};

interface Asked {
  readonly back: CallBack;
  readonly answer: Answer;
}

/** The event has all that is read of the answer: it is the consumer that asks too much. */
function isSaid(
  { program }: EventModel,
  { declarations }: EventNode,
  { fields, isPassedOn }: Answer,
): boolean {
  const [declaration] = declarations;
  if (!declaration || isPassedOn || fields.length === 0) return false;
  const own = program.fieldsOf(declaration.file, declaration).fields;
  return fields.every((it) => own.has(it));
}

function findingOf(model: EventModel, event: EventNode, asked: readonly Asked[]): RuleFinding {
  const [first] = asked;
  const fields = [...new Set(asked.flatMap((it) => it.answer.fields))];
  const wanted = fields.length === 0 ? '' : ` for ${fields.map((it) => `\`${it}\``).join(', ')}`;
  const who = first ? `\`${first.back.consumer.name}\` calls \`${first.back.name}\`` : '';
  const more = asked.length > 1 ? `, and so do ${asked.length - 1} other consumers` : '';
  return {
    ...event.place,
    symbol: event.name,
    message: `\`${event.name}\` says too little: ${who} of the producer${wanted} before it does its work${more}.`,
    help: 'Let the event carry what its consumers need of that moment, so that they work while the producer is down.',
    related: asked.map(({ back: { file, action, consumer } }) => ({
      file,
      at: action.call.at,
      message: `\`${consumer.name}\` calls back here.`,
    })),
    fixes: thinFixes(model, event, asked),
  };
}
