// @google-cloud/pubsub: https://cloud.google.com/pubsub/docs
import type { ConsumerFact } from '../../facts/facts.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { PublishRole, QueueRole } from '../../facts/roles.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle, unwrapped } from './messages.ts';
import { fromPatterns } from './patterns.ts';
import { argumentAt } from './places.ts';

const modules = ['@google-cloud/pubsub'];

const described = fromPatterns({
  name: '@google-cloud/pubsub',
  triggers: ['pubsub', 'PubSub'],
  hasTriggersAlways: true,
  modules,
  makes: {
    'PubSub.topic': 'Topic',
    'PubSub.subscription': 'Subscription',
    'Topic.subscription': 'Subscription',
  },
  acks: {
    'Message.ack': 'ack',
    'Message.nack': 'requeue',
    'Message.ackWithResponse': 'ack',
    'Message.nackWithResponse': 'requeue',
  },
});

/** Google Pub/Sub. */
export const googlePubsub: Framework = {
  ...described,
  roles: (site) => [...(described.roles?.(site) ?? []), ...published(site), ...declared(site)],
  consumers: received,
};

/** `pubsub.topic('order-placed').publishMessage({ json })`. */
function published(site: CallSite): readonly PublishRole[] {
  if (!/^publish(Message|JSON)?$/.test(site.name) || !isFrom(site.origin, modules)) return [];
  const { args } = site.call;
  const json = argumentAt(site.view, args, '0.json') ?? argumentAt(site.view, args, '0.data') ?? args[0];
  const payload = unwrapped(site.view, json);
  if (!payload) return [];
  const topic = nameBehind(site) ?? { kind: 'unknown' as const, at: site.call.at };
  return [
    {
      kind: 'publish',
      library: '@google-cloud/pubsub',
      transport: 'broker',
      event: topic,
      channel: topic,
      payload,
      // `topic.publishMessage(message, (error) => …)`: the callback hears of the failure.
      gives: args.length > 1 && isFunction(site, args.at(-1)) ? 'nothing' : 'promise',
      confidence: 'type',
    },
  ];
}

function isFunction({ view }: CallSite, expr: Expr | undefined): boolean {
  return expr !== undefined && view.valueOf(expr).kind === 'function';
}

/**
 * `topic.createSubscription('billing', { deadLetterPolicy, retryPolicy })`, `subscription.create({ … })`: without a policy a message
 * comes back until it expires. A later call may set one.
 */
function declared(site: CallSite): readonly QueueRole[] {
  const { view, name, origin, call } = site;
  const isOwn = name === 'create' && origin?.name === 'Subscription';
  if ((name !== 'createSubscription' && !isOwn) || !isFrom(origin, modules)) return [];
  const place = isOwn ? -1 : origin?.name === 'PubSub' ? 1 : 0;
  const queue = isOwn ? nameBehind(site) : call.args[place];
  const options = call.args[place + 1];
  const isSetLater = view
    .callsNamed('setMetadata')
    .some((it) => view.entryOf(it.action.call.args[0], 'deadLetterPolicy') !== undefined);
  const isOpen = (options && view.isOpen(options)) || isSetLater;
  const isGiven = view.entryOf(options, 'deadLetterPolicy') !== undefined;
  const written = isGiven ? 'given' : isOpen ? 'unknown' : 'none';
  const isDelayed = view.entryOf(options, 'retryPolicy') !== undefined;
  const policy = { deadLetter: written, limit: written, ...(isDelayed ? { isDelayed } : {}) } as const;
  return queue ? [{ kind: 'queue', library: '@google-cloud/pubsub', queue, ...policy }] : [];
}

/** `subscription.on('message', handler)`. */
function received(site: CallSite): readonly ConsumerFact[] {
  const [event, callback] = site.call.args;
  const isMessage = site.name === 'on' && event?.kind === 'string' && event.value === 'message';
  if (!isMessage || !isFrom(site.origin, modules) || !mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  const subscription = nameBehind(site);
  return [
    {
      ...labelOf(site.view, handler, { name: 'on', at: site.call.at }),
      library: '@google-cloud/pubsub',
      transport: 'broker',
      events: subscription ? [subscription] : [],
      handler,
      eventParameter: 0,
      ...(subscription && { queue: subscription }),
    },
  ];
}

/** The name that the topic or subscription was made with. */
function nameBehind({ view, receiver }: CallSite): Expr | undefined {
  const made = receiver && view.makingOf(receiver);
  return made?.kind === 'call' && made.args[0] ? view.valueOf(made.args[0]) : undefined;
}
