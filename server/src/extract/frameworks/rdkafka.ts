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

/** `consumer.commitMessage(message)`, `consumer.commit()`, `consumer.offsetsStore([…])`. */
export function isCommitted({ name, origin }: CallSite): boolean {
  return (
    /^(?:commit(?:Message)?(?:Sync|Cb)?|offsetsStore)$/.test(name) &&
    origin?.name === 'KafkaConsumer' &&
    isFrom(origin, modules)
  );
}

/** `consumer.on('data', (message) => …)`, with the topics of `consumer.subscribe(['orders'])`; or a stream that is made with them. */
export function streamed(site: CallSite): readonly ConsumerFact[] {
  const { view, call, origin, receiver } = site;
  const [event, callback] = call.args;
  const isData = event?.kind === 'string' && event.value === 'data';
  const isStream = origin?.name === 'ConsumerStream';
  if (!isData || (!isStream && origin?.name !== 'KafkaConsumer') || !isFrom(origin, modules)) return [];
  if (!mayHandle(view, callback)) return [];
  const made = isStream && receiver ? view.makingOf(receiver) : undefined;
  const events = made?.kind === 'call' ? listed(site, view.entryOf(made.args[2], 'topics')) : topicsOf(site);
  return [taken(site, callback, events)];
}

/** `consumer.consume(10, (error, messages) => …)`, `consumer.consume((error, message) => …)`. */
export function fetched(site: CallSite): readonly ConsumerFact[] {
  const { view, call, origin } = site;
  const callback = call.args.at(-1);
  if (origin?.name !== 'KafkaConsumer' || !isFrom(origin, modules) || !mayHandle(view, callback)) return [];
  return [{ ...taken(site, callback, topicsOf(site)), eventParameter: 1 }];
}

function taken(site: CallSite, callback: Expr, events: readonly Expr[]): ConsumerFact {
  return callbackConsumer(site, callback, { library, transport: 'broker', events, acknowledges: 'auto' });
}

/** Those that the same object subscribes to; where none does, those of all: it may have been handed on. */
function topicsOf(site: CallSite): readonly Expr[] {
  const { view, call } = site;
  const all = view.callsNamed('subscribe').map(({ action }) => action.call);
  const object = view.bindingOf(rootOf(call.callee));
  const own = all.filter((it) => object !== undefined && view.bindingOf(rootOf(it.callee)) === object);
  return (own.length > 0 ? own : all).flatMap((it) => listed(site, it.args[0]));
}

function listed({ view }: CallSite, topics: Expr | undefined): readonly Expr[] {
  const list = topics && view.valueOf(topics);
  return list?.kind === 'array' ? list.items : [];
}

/** `consumer` of `consumer.on('ready', …).on('data', …)`. */
function rootOf(expr: Expr): Expr {
  if (expr.kind === 'member') return rootOf(expr.object);
  return expr.kind === 'call' ? rootOf(expr.callee) : expr;
}
