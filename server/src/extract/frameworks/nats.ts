// NATS core and JetStream (https://docs.nats.io, nats.js), and NATS Streaming (node-nats-streaming).
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';
import { fromPatterns } from './patterns.ts';

const modules = ['nats', 'nats.ws', '@nats-io/', 'node-nats-streaming'];

const described = fromPatterns({
  name: 'nats',
  triggers: ['nats'],
  modules,
  makes: {
    'nats.connect': 'NatsConnection',
    '@nats-io/transport-node.connect': 'NatsConnection',
    'NatsConnection.jetstream': 'JetStreamClient',
    '@nats-io/jetstream.jetstream': 'JetStreamClient',
    'node-nats-streaming.connect': 'Stan',
    'Stan.subscribe': 'Subscription',
  },
  publish: [
    { call: 'JetStreamClient.publish', event: 0, payload: 1 },
    // Core NATS delivers at most once; a handler is not called twice for one message.
    { call: 'NatsConnection.publish', event: 0, payload: 1, gives: 'nothing', transport: 'in-process' },
    { call: 'NatsConnection.request', event: 0, payload: 1, isRequest: true },
    { call: 'Stan.publish', event: 0, payload: 1, gives: 'nothing' },
  ],
  consume: [{ call: 'NatsConnection.subscribe', event: 0, handler: '1.callback', transport: 'in-process' }],
  acks: { 'JsMsg.ack': 'ack', 'JsMsg.nak': 'requeue', 'JsMsg.term': 'reject', 'Message.ack': 'ack' },
});

/** NATS and its predecessor. */
export const nats: Framework = {
  ...described,
  consumers: (site) => [...(described.consumers?.(site) ?? []), ...listened(site)],
};

/** `const subscription = stan.subscribe('order:created', …); subscription.on('message', (msg) => …)`. */
function listened(site: CallSite): readonly ConsumerFact[] {
  const [event, callback] = site.call.args;
  const isMessage = site.name === 'on' && event?.kind === 'string' && event.value === 'message';
  if (!isMessage || !isFrom(site.origin, modules) || !mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  return [
    {
      ...labelOf(site.view, handler, { name: 'on', at: site.call.at }),
      library: 'nats',
      transport: 'broker',
      events: subjectOf(site),
      handler,
      eventParameter: 0,
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

function subjectOf({ view, receiver }: CallSite): readonly Expr[] {
  const made = receiver && view.valueOf(receiver);
  const subject = made?.kind === 'call' ? made.args[0] : undefined;
  return subject ? [subject] : [];
}
