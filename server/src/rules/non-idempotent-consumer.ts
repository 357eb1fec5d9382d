// Brokers deliver at least once: what a handler does must be harmless when it is done again.
import { z } from 'zod';
import { effectsOfLists } from '../model/delivery/leftInMemory.ts';
import { isPutBack } from '../model/delivery/putBack.ts';
import type { ConsumerNode, Effect, EventModel, FunctionNode } from '../model/model.ts';
import { guardFixes } from './guardFixes.ts';
import type { Related, Rule, RuleFinding } from './rule.ts';
import { startingEvents } from './startingEvents.ts';

export const rule: Rule = {
  id: 'non-idempotent-consumer',
  severity: 'warning',
  summary: 'A consumer repeats its effect when the broker delivers a message again',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    const seen = new Set<FunctionNode['fact']>();
    const judged = model.saidOfConsumers('non-idempotent-consumer', (it) =>
      it.handler && mayRepeat(it) ? [{ handler: it.handler.fact, finding: findingIn(it, model) }] : [],
    );
    for (const { said } of judged) {
      if (seen.has(said.handler)) continue;
      seen.add(said.handler);
      if (said.finding) yield said.finding;
    }
  },
};

function findingIn(consumer: ConsumerNode, model: EventModel): RuleFinding | undefined {
  const own = model.bodyOfConsumer(consumer).effects;
  const all = consumer.handler ? [...own, ...effectsOfLists(model, consumer.handler)] : own;
  if (isRelay(consumer, all)) return undefined;
  const effects = all.filter((it) => isHarmful(it, consumer) && !isPutBack(model, consumer, it));
  const worst = worstOf(effects.filter((it) => it.guarded === 'no'));
  if (worst) return unguarded(consumer, worst, model);
  const weakest = worstOf(effects.filter((it) => it.guarded === 'weak'));
  return weakest && weaklyGuarded(consumer, weakest, model);
}

/** In-process buses deliver at most once, as does a broker that forgets a message as it sends it; a request is repeated only by a broker. */
function mayRepeat({ transport, fact }: ConsumerNode): boolean {
  if (transport === 'in-process' || fact.acknowledges === 'before') return false;
  return transport === 'broker' || !fact.isRequest;
}

function isHarmful(effect: Effect, consumer: ConsumerNode): boolean {
  if (effect.isIdempotent || effect.inCatch || effect.guarded === 'yes') return false;
  if (effect.role.kind !== 'publish') return true;
  return effect.role.transport !== 'in-process' && !readsOutbox(consumer);
}

/** A relay sends what it finds at least once: the consumers behind it have to bear that. */
function readsOutbox({ events }: ConsumerNode): boolean {
  return events.length > 0 && events.every((it) => /outbox/i.test(it.name));
}

/** Change data capture: it only says on what the stream of a table says, at least once as that does. */
function isRelay({ fact }: ConsumerNode, effects: readonly Effect[]): boolean {
  return fact.isChangeFeed === true && effects.every(({ role }) => role.kind === 'publish');
}

/** The effect that hurts most when it is repeated. */
function worstOf(effects: readonly Effect[]): Effect | undefined {
  return effects.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
}

function rankOf({ role }: Effect): number {
  if (role.kind === 'remote') return role.what === 'payment' ? 0 : 2;
  if (role.kind === 'write') return role.operation === 'insert' ? 3 : 1;
  return 4;
}

function unguarded(consumer: ConsumerNode, effect: Effect, model: EventModel): RuleFinding {
  return {
    file: consumer.file,
    at: consumer.at,
    symbol: consumer.name,
    message: `\`${consumer.name}\` calls \`${effect.name}\` on every delivery of ${eventOf(consumer, model)}: a redelivery ${harmOf(effect)}.`,
    help: helpFor(effect),
    related: relatedTo(effect),
    fixes: guardFixes(consumer, model),
  };
}

function weaklyGuarded(consumer: ConsumerNode, effect: Effect, model: EventModel): RuleFinding {
  return {
    file: consumer.file,
    at: consumer.at,
    symbol: consumer.name,
    severity: 'info',
    message: `\`${consumer.name}\` looks before it calls \`${effect.name}\`, but two deliveries of ${eventOf(consumer, model)} at the same time both pass: the second one ${harmOf(effect)}.`,
    help: 'Let a unique key decide: insert the message id in the same transaction and skip on its violation.',
    related: relatedTo(effect),
    fixes: guardFixes(consumer, model),
  };
}

function eventOf(consumer: ConsumerNode, model: EventModel): string {
  const events = startingEvents(consumer, model);
  const [first, second] = events;
  if (!first) return 'its message';
  if (!second) return `\`${first.name}\``;
  return events.length === 2
    ? `\`${first.name}\` or \`${second.name}\``
    : `\`${first.name}\` and ${events.length - 1} other events`;
}

/** What is made at a payment provider without moving money. */
const ofCatalogue =
  /(?:^|\.)(?:customers?|products?|prices?|accounts?|coupons?|setupIntents?|webhookEndpoints?)\./i;

function harmOf({ role, isShift, name }: Effect): string {
  if (role.kind === 'publish') return 'sends that message again';
  if (role.kind === 'remote') {
    if (role.what === 'payment' && ofCatalogue.test(name)) return 'makes a second one';
    const harms = {
      payment: 'charges twice',
      email: 'sends a second mail',
      sms: 'sends a second text message',
    };
    return role.what === 'payment' || role.what === 'email' || role.what === 'sms'
      ? harms[role.what]
      : 'does it twice';
  }
  return role.operation === 'insert' && !isShift ? 'stores a second record' : 'applies the change twice';
}

function helpFor({ role }: Effect): string {
  const inbox =
    'record the message id under a unique key before the effect, and skip a message that is already there';
  if (role.kind !== 'remote' || role.what === 'email' || role.what === 'sms')
    return `${inbox.charAt(0).toUpperCase()}${inbox.slice(1)}.`;
  return `Hand the message id to the call as its idempotency key, or ${inbox}.`;
}

function relatedTo(effect: Effect): readonly Related[] {
  const steps = effect.via.map((it): Related => ({
    file: it.file,
    at: it.at,
    message: `\`${it.name}\` leads there.`,
  }));
  const here: Related = { file: effect.file, at: effect.at, message: `\`${effect.name}\` is repeated.` };
  const guard = effect.guard;
  const look: readonly Related[] = guard
    ? [{ file: guard.file, at: guard.at, message: 'This check alone does not stop two deliveries at once.' }]
    : [];
  return [...steps, here, ...look];
}
