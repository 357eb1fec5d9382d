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
      gives: 'promise',
      confidence: 'type',
    },
  ];
}

/** `topic.createSubscription('billing', { deadLetterPolicy, retryPolicy })`: without a policy a message comes back until it expires. */
function declared({ view, name, origin, call }: CallSite): readonly QueueRole[] {
  if (name !== 'createSubscription' || !isFrom(origin, modules)) return [];
  const place = origin?.name === 'PubSub' ? 1 : 0;
  const queue = call.args[place];
  const options = call.args[place + 1];
  const object = options && view.valueOf(options);
  const isRead = !object || (object.kind === 'object' && object.spreads.length === 0);
  const isGiven = view.entryOf(options, 'deadLetterPolicy') !== undefined;
  const written = isGiven ? 'given' : isRead ? 'none' : 'unknown';
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
