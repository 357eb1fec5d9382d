// NATS core and JetStream (https://docs.nats.io, nats.js), and NATS Streaming (node-nats-streaming).
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { Role } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { consumerAdded, subscribedWith } from './jetStream.ts';
import { handlerOf, isReplyAddress, labelOf, mayHandle } from './messages.ts';
import { streamingAcks } from './natsAcks.ts';
import { fromPatterns } from './patterns.ts';
import { looping, polling } from './polling.ts';

const modules = ['nats', 'nats.ws', '@nats-io/', 'node-nats-streaming'];

const described = fromPatterns({
  name: 'nats',
  triggers: ['nats'],
  hasTriggersAlways: true,
  modules,
  makes: {
    'nats.connect': 'NatsConnection',
    '@nats-io/transport-node.connect': 'NatsConnection',
    'NatsConnection.jetstream': 'JetStreamClient',
    'JetStreamClient.consumers': 'Consumers',
    'Consumers.get': 'Consumer',
    '@nats-io/jetstream.jetstream': 'JetStreamClient',
    'node-nats-streaming.connect': 'Stan',
    'Stan.subscribe': 'Subscription',
    'Stan.subscriptionOptions': 'SubscriptionOptions',
  },
  publish: [
    { call: 'JetStreamClient.publish', event: 0, payload: 1 },
    // Core NATS delivers at most once; a handler is not called twice for one message.
    { call: 'NatsConnection.publish', event: 0, payload: 1, gives: 'nothing', transport: 'in-process' },
    { call: 'NatsConnection.request', event: 0, payload: 1, isRequest: true },
    { call: 'Stan.publish', event: 0, payload: 1, gives: 'nothing' },
  ],
  consume: [{ call: 'NatsConnection.subscribe', event: 0, handler: '1.callback', transport: 'in-process' }],
  acks: { 'JsMsg.ack': 'ack', 'JsMsg.term': 'reject', 'Message.ack': 'ack' },
});

/** NATS and its predecessor. */
export const nats: Framework = {
  ...described,
  roles(site) {
    const roles = described.roles?.(site) ?? [];
    return roles.length > 0
      ? roles.map((it) => asReply(withKey(site, it)))
      : [...acknowledged(site), ...consumerAdded(site)];
  },
  consumers: (site) => [...(described.consumers?.(site) ?? []), ...listened(site), ...iterated(site)],
};

/** `connection.publish(message.reply, …)` answers a request. */
function asReply(role: Role): Role {
  return role.kind === 'publish' && isReplyAddress(role.event) ? { ...role, isRequest: true } : role;
}

/** `stream.publish(subject, data, { msgID })`: the server drops a second message of the same id. */
function withKey({ view, call }: CallSite, role: Role): Role {
  const options = call.args[2] && view.valueOf(call.args[2]);
  const key =
    options?.kind === 'object' ? options.entries.find((it) => it.key === 'msgID')?.value : undefined;
  return role.kind === 'publish' && key ? { ...role, deduplicationKey: key } : role;
}

/** What an iterator gives has no declared type, but these words are JetStream's own. */
function acknowledged({ name, view, call }: CallSite): readonly Role[] {
  // `nak(5000)` asks for it later.
  const nak = call.args.length > 0 ? 'nack' : 'requeue';
  const what = { nak, term: 'reject', ackAck: 'ack', ack: 'ack' } as const;
  const isOwn = name === 'nak' || name === 'term' || name === 'ackAck' || name === 'ack';
  return isOwn && doesImport(view, modules) ? [{ kind: 'ack', library: 'nats', what: what[name] }] : [];
}

/**
 * `for await (const message of await consumer.consume())`, of core NATS `for await (const message of connection.subscribe(…))`;
 * or a callback among the options.
 */
function iterated(site: CallSite): readonly ConsumerFact[] {
  const isCore = site.name === 'subscribe' && site.origin?.name === 'NatsConnection';
  const isStream = /^(?:consume|fetch|next|subscribe|pullSubscribe)$/.test(site.name);
  if ((!isCore && !isStream) || !isFrom(site.origin, modules)) return [];
  if (/^Stan$/.test(site.origin?.name ?? '') || site.view.entryOf(site.call.args[1], 'callback')) return [];
  const isOlder = /ubscribe$/.test(site.name);
  const subject = isCore || isOlder ? site.arg(0) : consumedBy(site);
  const events = subject ? [subject] : [];
  if (isCore) return loopsOf(site, events).map((it) => ({ ...it, transport: 'in-process' }));
  const { callback, ...said } = isOlder
    ? subscribedWith(site.view, site.call.args[1])
    : { callback: site.view.entryOf(site.arg(0), 'callback'), ...(subject && { queue: subject }) };
  const found = callback ? called(site, callback, events, isOlder ? 1 : 0) : loopsOf(site, events);
  return found.map((it) => ({ ...it, ...said }));
}

function loopsOf(site: CallSite, events: readonly Expr[]): readonly ConsumerFact[] {
  const own = polling(site, 'nats', events);
  return own.length > 0 ? own : looping(site, 'nats', events);
}

/** `consumer.consume({ callback: (message) => … })`; the older `subscribe` hands over an error first. */
function called(
  site: CallSite,
  callback: Expr,
  events: readonly Expr[],
  eventParameter: number,
): readonly ConsumerFact[] {
  if (!mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  return [
    {
      ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
      library: 'nats',
      transport: 'broker',
      events,
      handler,
      eventParameter,
      acknowledges: 'never',
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

/** `const consumer = await stream.consumers.get('ORDERS', 'stock')`: the durable name stands for what it reads. */
function consumedBy({ view, receiver }: CallSite): Expr | undefined {
  const made = receiver && view.makingOf(receiver);
  return made?.kind === 'call' ? made.args[1] : undefined;
}

/** `const subscription = stan.subscribe('order:created', …); subscription.on('message', (msg) => …)`. */
function listened(site: CallSite): readonly ConsumerFact[] {
  const [event, callback] = site.call.args;
  const isMessage = site.name === 'on' && event?.kind === 'string' && event.value === 'message';
  if (!isMessage || !isFrom(site.origin, modules) || !mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  const acknowledges = site.receiver && streamingAcks(site.view, site.view.makingOf(site.receiver));
  return [
    {
      ...labelOf(site.view, handler, { name: 'on', at: site.call.at }),
      library: 'nats',
      transport: 'broker',
      events: subjectOf(site),
      handler,
      eventParameter: 0,
      ...(acknowledges && { acknowledges }),
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

function subjectOf({ view, receiver }: CallSite): readonly Expr[] {
  const made = receiver && view.makingOf(receiver);
  const subject = made?.kind === 'call' ? made.args[0] : undefined;
  return subject ? [subject] : [];
}
