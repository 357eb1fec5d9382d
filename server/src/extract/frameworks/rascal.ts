// rascal, a wrapper around amqplib with queues and retries by configuration: https://github.com/onebeyond/rascal
import type { ConsumerFact } from '../../facts/facts.ts';
import type { AckRole, PublishRole } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { callbackConsumer, mayHandle, unwrapped } from './messages.ts';

const modules = ['rascal'];
const library = 'rascal';

/** Messages of RabbitMQ by rascal. */
export const rascal: Framework = {
  name: library,
  triggers: ['rascal', 'Rascal'],
  hasTriggersAlways: true,
  makes: {
    'BrokerAsPromised.create': 'BrokerAsPromised',
    'Broker.create': 'Broker',
    'BrokerAsPromised.subscribe': 'SubscriberSessionAsPromised',
    'Broker.subscribe': 'SubscriberSession',
  },
  roles: (site) => [...published(site), ...acknowledged(site)],
  consumers: received,
};

/** `broker.publish('orders', message)`; a broker that another file gives has no type here, but is called after the package. */
function published(site: CallSite): readonly PublishRole[] {
  const { name, origin, receiverName, view } = site;
  const [publication, message] = site.call.args;
  if (!/^(?:publish|forward)$/.test(name) || !publication) return [];
  const isBroker = /^Broker/.test(origin?.name ?? '') && isFrom(origin, modules);
  if (!isBroker && !(origin?.from === undefined && /rascal/i.test(receiverName))) return [];
  const payload = unwrapped(view, message);
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: publication,
      channel: publication,
      ...(payload ? { payload } : {}),
      gives: origin?.name === 'Broker' ? 'nothing' : 'promise',
      confidence: isBroker ? 'type' : 'name',
    },
  ];
}

/** `ackOrNack()`, and `ackOrNack(error, { strategy: 'nack' })`. */
function acknowledged({ name, receiver, call, view }: CallSite): readonly AckRole[] {
  if (name !== 'ackOrNack' || receiver || !doesImport(view, modules)) return [];
  return [{ kind: 'ack', library, what: call.args.length === 0 ? 'ack' : 'nack' }];
}

/** `const subscription = await broker.subscribe('orders'); subscription.on('message', (message, content, ackOrNack) => …)`. */
function received(site: CallSite): readonly ConsumerFact[] {
  const { view, receiver, call } = site;
  const [event, callback] = call.args;
  const isMessage = site.name === 'on' && event?.kind === 'string' && event.value === 'message';
  if (!isMessage || !isFrom(site.origin, modules) || !mayHandle(view, callback)) return [];
  const made = receiver && view.makingOf(receiver);
  const subscription = made?.kind === 'call' && made.args[0] ? view.valueOf(made.args[0]) : undefined;
  return [
    callbackConsumer(site, callback, {
      library,
      transport: 'broker',
      events: subscription ? [subscription] : [],
      // The message comes first, its content second.
      eventParameter: 1,
      acknowledges: 'never',
    }),
  ];
}
