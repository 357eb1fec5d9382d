// What a consumer catches and only logs, the broker takes for handled: the message is gone.
import { z } from 'zod';
import type { ConsumerNode, EventModel } from '../model/model.ts';
import { swallowIn, type Swallow } from '../model/swallowing.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';
import { startingEvents } from './startingEvents.ts';

export const rule: Rule = {
  id: 'swallowed-error',
  severity: 'warning',
  summary: 'A consumer catches an error and only logs it, so the broker takes the message for handled',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    const seen = new Set<string>();
    const found = model.saidOfConsumers('swallowed-error', (consumer) => {
      if (consumer.transport === 'in-process') return [];
      const swallow = swallowIn(model, consumer);
      if (!swallow || (consumer.transport === 'unknown' && !swallow.acknowledged)) return [];
      const place = `${swallow.fn.file}:${swallow.at.start}`;
      return [{ place, finding: findingOf(consumer, swallow, model) }];
    });
    for (const { said } of found) {
      if (seen.has(said.place)) continue;
      seen.add(said.place);
      yield said.finding;
    }
  },
};

function findingOf(consumer: ConsumerNode, swallow: Swallow, model: EventModel): RuleFinding {
  const does = swallow.isReported ? 'reports' : 'logs';
  const how = swallow.acknowledged
    ? `${does} what fails and acknowledges the message`
    : `only ${does} what fails`;
  const isOfBase = swallow.isOfBase === true;
  const name = isOfBase ? consumer.fact.name : consumer.name;
  return {
    file: isOfBase ? swallow.fn.file : consumer.file,
    at: isOfBase ? consumer.fact.at : consumer.at,
    symbol: name,
    message: `\`${name}\` ${how}: ${howLost(consumer, model)}, and it is lost.`,
    help: consumer.isForgotten
      ? 'Listen with `noAck: false` and acknowledge when the work is done, or publish what went wrong.'
      : 'Throw the error on, reject the message, or publish what went wrong.',
    related: [{ file: swallow.fn.file, at: swallow.at, message: 'This catch ends the failure.' }],
    // What the broker has forgotten comes again by no error, and what was resolved no longer fails.
    fixes: consumer.isForgotten || swallow.isSettled ? [] : fixesFor(swallow),
  };
}

function howLost(consumer: ConsumerNode, model: EventModel): string {
  const event = eventOf(consumer, model);
  return consumer.isForgotten
    ? `RabbitMQ forgot ${event} when it sent it, as \`noAck\` is not off`
    : `the broker takes ${event} for handled`;
}

function eventOf(consumer: ConsumerNode, model: EventModel): string {
  const events = startingEvents(consumer, model);
  const [first] = events;
  return first && events.length === 1 && !consumer.fact.isRequest ? `\`${first.name}\`` : 'the message';
}

/** Where `finally` acknowledges, a throw comes too late; and only RabbitMQ's way of rejecting is known. */
function fixesFor({ fn, at, acknowledged }: Swallow): readonly Fix[] {
  const isRejectable = acknowledged?.action.call.args.length === 1;
  if (acknowledged?.where === 'finally' || (acknowledged?.where === 'catch' && !isRejectable)) return [];
  const plan = { kind: 'rethrow', target: { file: fn.file, at } } as const;
  if (acknowledged?.where !== 'catch') return [{ title: 'Throw the error on', plan, isPreferred: true }];
  return [
    {
      title: 'Reject the message instead of acknowledging it',
      plan: { ...plan, acknowledged: acknowledged.action.call.at },
      isPreferred: true,
    },
  ];
}
