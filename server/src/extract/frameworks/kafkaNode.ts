// kafka-node, the older client: https://github.com/SOHU-Co/kafka-node
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { AckRole, PublishRole } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { callbackConsumer, mayHandle, unwrapped } from './messages.ts';

const modules = ['kafka-node'];
const library = 'kafka-node';

/** Kafka by kafka-node. */
export const kafkaNode: Framework = {
  name: library,
  triggers: ['kafka-node'],
  hasTriggersAlways: true,
  roles: (site) => [...published(site), ...committed(site)],
  consumers: received,
};

/** `producer.send([{ topic: 'orders', messages: JSON.stringify(order) }], callback)`. */
function published(site: CallSite): readonly PublishRole[] {
  if (site.name !== 'send' || !isOf(site, /producer/i)) return [];
  const list = site.call.args[0] && site.view.valueOf(site.call.args[0]);
  return list?.kind === 'array' ? list.items.flatMap((it) => sent(site, it)) : [];
}

function sent({ view, origin }: CallSite, item: Expr): readonly PublishRole[] {
  const topic = view.entryOf(item, 'topic');
  const messages = view.entryOf(item, 'messages');
  const first = messages?.kind === 'array' ? messages.items[0] : messages;
  const message = first && view.valueOf(first);
  // `new KeyedMessage('order-1', JSON.stringify(order))`.
  const isKeyed = message?.kind === 'new' && view.originOf(message)?.name === 'KeyedMessage';
  const payload = unwrapped(view, isKeyed ? message.args[1] : first);
  if (!topic) return [];
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: topic,
      channel: topic,
      ...(payload ? { payload } : {}),
      gives: 'nothing',
      confidence: isFrom(origin, modules) ? 'type' : 'name',
    },
  ];
}

/** `consumer.commit((error) => …)` under `autoCommit: false`: for all that has come so far. */
function committed(site: CallSite): readonly AckRole[] {
  return site.name === 'commit' && isOf(site, /consumer/i) ? [{ kind: 'ack', library, what: 'ack' }] : [];
}

/** `consumer.on('message', (message) => …)`: the client commits on a timer, whatever becomes of the message. */
function received(site: CallSite): readonly ConsumerFact[] {
  const { view, call, receiver } = site;
  const [event, callback] = call.args;
  const isMessage = site.name === 'on' && event?.kind === 'string' && event.value === 'message';
  if (!isMessage || !isOf(site, /consumer/i) || !mayHandle(view, callback)) return [];
  const events = receiver ? topicsOf(site, view.makingOf(receiver)) : [];
  return [callbackConsumer(site, callback, { library, transport: 'broker', events, acknowledges: 'auto' })];
}

/** By type, or by its name in a file that uses the package: what a promise gives has no type. */
function isOf({ origin, receiverName, view }: CallSite, name: RegExp): boolean {
  if (origin?.from !== undefined) return isFrom(origin, modules) && name.test(origin.name);
  return name.test(receiverName) && doesImport(view, modules);
}

/** `new Consumer(client, [{ topic: 'orders' }], options)`, `new ConsumerGroup(options, ['orders'])`. */
function topicsOf({ view }: CallSite, made: Expr): readonly Expr[] {
  const list = made.kind === 'new' && made.args[1] ? view.valueOf(made.args[1]) : undefined;
  if (list?.kind !== 'array') return list?.kind === 'string' ? [list] : [];
  return list.items.map((it) => view.entryOf(it, 'topic') ?? it);
}
