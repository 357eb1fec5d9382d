// The API of librdkafka, which node-rdkafka and @confluentinc/kafka-javascript have beside that of kafkajs.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { isFrom, type CallSite } from './framework.ts';
import { callbackConsumer, mayHandle, unwrapped } from './messages.ts';

const modules = ['node-rdkafka', '@confluentinc/kafka-javascript'];
const library = 'rdkafka';

/** `producer.produce('orders', null, Buffer.from(…), key)` only queues; a delivery report tells later. */
export function produced(site: CallSite): readonly PublishRole[] {
  const [topic, , message] = site.call.args;
  if (!topic || !isFrom(site.origin, modules)) return [];
  const payload = unwrapped(site.view, message);
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: topic,
      channel: topic,
      ...(payload ? { payload } : {}),
      gives: 'nothing',
      confidence: 'type',
    },
  ];
}

/** `consumer.on('data', (message) => …)`, with the topics of `consumer.subscribe(['orders'])`. */
export function streamed(site: CallSite): readonly ConsumerFact[] {
  const { view, call } = site;
  const [event, callback] = call.args;
  const isData = event?.kind === 'string' && event.value === 'data';
  if (!isData || site.origin?.name !== 'KafkaConsumer' || !isFrom(site.origin, modules)) return [];
  if (!mayHandle(view, callback)) return [];
  return [
    callbackConsumer(site, callback, {
      library,
      transport: 'broker',
      events: topicsOf(site),
      acknowledges: 'auto',
    }),
  ];
}

function topicsOf({ view }: CallSite): readonly Expr[] {
  return view.callsNamed('subscribe').flatMap(({ action: { call } }) => {
    const topics = call.args[0] && view.valueOf(call.args[0]);
    return topics?.kind === 'array' ? topics.items : [];
  });
}
