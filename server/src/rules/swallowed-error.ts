// What a consumer catches and only logs, the broker takes for handled: the message is gone.
import { z } from 'zod';
import { givesNothing, swallowIn, type Swallow } from '../model/failures/swallowing.ts';
import type { ConsumerNode, EventModel } from '../model/model.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';
import { startingEvents } from './startingEvents.ts';

export const rule: Rule = {
  id: 'swallowed-error',
  severity: 'warning',
  summary: 'A consumer catches an error and only logs it, so the broker takes the message for handled',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    const found = model.saidOfConsumers('swallowed-error', (consumer) => {
      if (consumer.transport === 'in-process' && !isUnanswered(consumer)) return [];
      const swallow = swallowIn(model, consumer);
      if (!swallow || (consumer.transport === 'unknown' && !swallow.acknowledged)) return [];
      const place = `${swallow.fn.file}:${swallow.at.start}`;
      const isOwn = consumer.handler?.fact === swallow.fn.fact;
      return [{ place, isOwn, finding: findingOf(consumer, swallow, model) }];
    });
    const told = new Map<string, Told>();
    for (const { said } of found)
      if (!told.has(said.place) || (said.isOwn && !told.get(said.place)?.isOwn)) told.set(said.place, said);
    for (const { finding } of told.values()) yield finding;
  },
};

/** Of several consumers that lead to one catch the one speaks whose own it is. */
interface Told {
  readonly isOwn: boolean;
  readonly finding: RuleFinding;
}

/** Who asked over RabbitMQ for what gives nothing takes it for done. */
function isUnanswered({ fact, handler, isForgotten }: ConsumerNode): boolean {
  return fact.isRequest === true && isForgotten === true && handler !== undefined && givesNothing(handler);
}

function findingOf(consumer: ConsumerNode, swallow: Swallow, model: EventModel): RuleFinding {
  const isOfBase = swallow.isOfBase === true;
  const name = isOfBase ? consumer.fact.name : consumer.name;
  return {
    file: isOfBase ? swallow.fn.file : consumer.file,
    at: isOfBase ? consumer.fact.at : consumer.at,
    symbol: name,
    message: `\`${name}\` ${howEnded(swallow)}: ${howLost(consumer, model)}.`,
    help: isGone(consumer)
      ? 'Listen with `noAck: false` and acknowledge when the work is done, or publish what went wrong.'
      : 'Throw the error on, reject the message, or publish what went wrong.',
    related: [{ file: swallow.fn.file, at: swallow.at, message: endedBy(swallow) }],
    // What the broker has forgotten comes again by no error, and what was resolved no longer fails.
    fixes: isGone(consumer) || swallow.isSettled ? [] : fixesFor(swallow),
  };
}

function endedBy({ isGathered }: Swallow): string {
  return isGathered ? 'Nobody looks at what failed here.' : 'This catch ends the failure.';
}

function howEnded({ isSilent, isReported, acknowledged }: Swallow): string {
  const does = isSilent ? 'ignores' : isReported ? 'reports' : 'logs';
  if (acknowledged) return `${does} what fails and acknowledges the message`;
  return isSilent ? 'ignores what fails' : `only ${does} what fails`;
}

function howLost(consumer: ConsumerNode, model: EventModel): string {
  if (isUnanswered(consumer)) return 'whoever asked takes it for done';
  const event = eventOf(consumer, model);
  return isGone(consumer)
    ? `RabbitMQ forgot ${event} when it sent it, as \`noAck\` is not off, and it is lost`
    : `the broker takes ${event} for handled, and it is lost`;
}

/** Nobody has the message any more when its handler fails; who asked hears of an error all the same. */
function isGone(consumer: ConsumerNode): boolean {
  return consumer.isForgotten === true && !isUnanswered(consumer);
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
