// A step that can fail announces its success only: whoever waits for the outcome waits for ever.
import { z } from 'zod';
import { reactionsOf } from '../model/choreography/reactions.ts';
import { listingsOf, placeOfName } from '../model/events/listings.ts';
import { failuresOf } from '../model/failures/failures.ts';
import {
  canFail,
  failureNameOf,
  isOutcome,
  saysFailure,
  stepOf,
  type FailureWords,
  type Step,
} from '../model/failures/fallible.ts';
import { aboutEvents, saidOfEvents } from '../model/incremental/about.ts';
import type { EventModel, EventNode } from '../model/model.ts';
import { nearestFirst } from '../model/resolution/nearness.ts';
import type { Fix, Related, Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  steps: z
    .array(z.string())
    .default([
      'payment',
      'pay',
      'charge',
      'refund',
      'payout',
      'transfer',
      'withdrawal',
      'deposit',
      'reservation',
      'inventory',
      'stock',
      'allocation',
      'booking',
      'hotel',
      'flight',
      'car',
      'shipment',
      'shipping',
      'delivery',
      'fulfillment',
      'provisioning',
    ])
    .describe('Nouns of steps that can fail: `PaymentProcessed` is the success of one.'),
  actions: z
    .array(z.string())
    .default([
      'paid',
      'charged',
      'refunded',
      'reserved',
      'allocated',
      'booked',
      'shipped',
      'delivered',
      'provisioned',
    ])
    .describe('Participles that a step which can fail ends with, whatever its subject: `OrderShipped`.'),
  failures: z
    .array(z.string())
    .default([
      'failed',
      'failure',
      'fail',
      'rejected',
      'declined',
      'denied',
      'refused',
      'cancelled',
      'canceled',
      'expired',
      'timed out',
      'timeout',
      'timedout',
      'returned',
      'insufficient',
      'unavailable',
      'out of stock',
      'aborted',
      'error',
      'errored',
      'unsuccessful',
      'undeliverable',
      'undelivered',
      'lost',
      'bounced',
      'exhausted',
      'depleted',
      'shortage',
      'exceeded',
      'blocked',
    ])
    .describe('Words by which a name announces a failure.'),
});

export const rule: Rule<FailureWords> = {
  id: 'missing-failure-event',
  severity: 'warning',
  summary: 'A step that can fail announces its success, and nothing announces its failure',
  hasFix: true,
  options,
  *check({ model, options: words }) {
    if (!model.isComplete) return;
    const failures = failuresOf(model, words);
    const reactions = reactionsOf(model);
    const steps = saidOfEvents(model, `steps ${JSON.stringify(words)}`, (it) => stepsOf(it, words));
    const told = aboutEvents(model, `missing-failure-event ${JSON.stringify(words)}`, (it) =>
      findingOf(model, it, words),
    );
    for (const { of: event, said } of steps)
      if (isStep(event, said, reactions) && !failures.mayFollow(event, said.step)) yield told(event);
  },
};

interface Announced {
  readonly step: Step;
  readonly canFail: ReturnType<typeof canFail>;
}

/** The step that an event announces as done, where it may be one that can fail. */
function stepsOf(event: EventNode, words: FailureWords): readonly Announced[] {
  const step = saysFailure(event.name, words) ? undefined : stepOf(event.name);
  if (!step || !isAnnounced(event)) return [];
  const answer = canFail(step, words);
  return answer === 'no' && !isOutcome(step) ? [] : [{ step, canFail: answer }];
}

/** By its name, or because a consumer publishes it in the middle of a flow. */
function isStep(
  { key }: EventNode,
  { step, canFail: answer }: Announced,
  reactions: ReadonlyMap<string, 'plain' | 'risky'>,
): boolean {
  if (answer === 'stated') return reactions.has(key);
  return answer === 'yes' || (reactions.get(key) === 'risky' && isOutcome(step));
}

/** What is only taken from a broker here comes from elsewhere, and so may its failure: a type tells then how to read it. */
function isAnnounced({ declarations, producers, consumers, isProduced }: EventNode): boolean {
  if (producers.length > 0) return true;
  const isFromElsewhere = isProduced === 'no' && consumers.some((it) => it.transport === 'broker');
  return declarations.length > 0 && !isFromElsewhere;
}

function findingOf(model: EventModel, event: EventNode, words: FailureWords): RuleFinding {
  const isAwaited = event.consumers.length > 0;
  const loss = isAwaited ? 'its consumers never run and nobody learns why' : 'nobody learns of it';
  const name = failureNameOf(event.name, words);
  return {
    ...placeOfName(model, event),
    symbol: event.name,
    message: `\`${event.name}\` announces a success, and nothing announces the failure: when the step fails, ${loss}.`,
    help: `Declare a failure event such as \`${name}\` and publish it where the step gives up.`,
    related: relatedOf(event),
    fixes: fixesOf(model, event, name),
  };
}

function relatedOf({ place, producers, consumers }: EventNode): readonly Related[] {
  const published = nearestFirst(place.file, producers)
    .slice(0, 1)
    .map(({ file, at }) => ({ file, at, message: 'It is published here.' }));
  const awaited = nearestFirst(place.file, consumers)
    .slice(0, 3)
    .map(({ file, at, name }) => ({ file, at, message: `\`${name}\` waits for it.` }));
  return [...published, ...awaited];
}

/** A topic without any declaration has no place where its failure could be declared. */
function fixesOf(model: EventModel, event: EventNode, name: string): readonly Fix[] {
  const listedAt = listingsOf(model, event);
  const target = event.declarations.length > 0 ? event.place : listedAt[0];
  if (!target) return [];
  return [
    {
      title: `Declare ${name}`,
      plan: { kind: 'add-failure-event', target, name, listedAt },
      isPreferred: true,
    },
  ];
}
