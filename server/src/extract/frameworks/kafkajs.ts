// kafkajs and the clients with its API: https://kafka.js.org/docs/consuming
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { pathOf } from '../paths.ts';
import type { FileView, Site } from '../view.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, unwrapped } from './messages.ts';
import { produced, streamed } from './rdkafka.ts';

const modules = ['kafkajs', '@confluentinc/kafka-javascript', '@nestjs/microservices/'];

export const kafkajs: Framework = {
  name: 'kafkajs',
  triggers: ['kafka', 'Kafka', 'eachMessage', 'eachBatch'],
  makes: {
    'Kafka.producer': 'Producer',
    'Kafka.consumer': 'Consumer',
    'Producer.transaction': 'Transaction',
    'KafkaConsumer.on': 'KafkaConsumer',
  },
  roles(site) {
    if (isCommit(site)) return [{ kind: 'ack', library: 'kafkajs', what: 'ack' }];
    if (site.name === 'send') return sent(site, site.arg(0));
    if (site.name === 'produce') return produced(site);
    if (site.name !== 'sendBatch') return [];
    const batches = site.view.entryOf(site.arg(0), 'topicMessages');
    return batches?.kind === 'array' ? batches.items.flatMap((it) => sent(site, site.view.valueOf(it))) : [];
  },
  consumers(site) {
    if (site.name === 'on') return streamed(site);
    if (site.name !== 'run') return [];
    return ['eachMessage', 'eachBatch'].flatMap((key) => runs(site, key));
  },
};

/** `consumer.commitOffsets([…])`; `resolveOffset(offset)` and `commitOffsetsIfNecessary()` out of a batch's payload. */
function isCommit({ name, origin, view }: CallSite): boolean {
  if (name === 'commitOffsets') return isFrom(origin, modules);
  return /^(?:resolveOffset|commitOffsetsIfNecessary)$/.test(name) && doesImport(view, modules);
}

/** `producer.send({ topic, messages: [{ key, value }] })`: the shape is telling enough whatever the producer's type. */
function sent(site: CallSite, record: Expr | undefined): readonly PublishRole[] {
  const topic = site.view.entryOf(record, 'topic');
  const messages = site.view.entryOf(record, 'messages');
  if (!topic || !messages) return [];
  const message = firstOf(site.view, messages);
  const payload = unwrapped(site.view, message && (rawEntry(site.view, message, 'value') ?? message));
  return [
    {
      kind: 'publish',
      library: 'kafkajs',
      transport: 'broker',
      event: topic,
      channel: topic,
      ...(payload ? { payload } : {}),
      gives: 'promise',
      confidence: isFrom(site.origin, modules) ? 'type' : 'shape',
    },
  ];
}

function firstOf(view: FileView, messages: Expr): Expr | undefined {
  if (messages.kind === 'array') return messages.items[0];
  if (messages.kind !== 'call' || messages.callee.kind !== 'member' || messages.callee.name !== 'map')
    return undefined;
  const map = messages.args[0];
  const body = map?.kind === 'function' ? view.facts.functions[map.function]?.body : undefined;
  const last = body?.at(-1);
  return last?.kind === 'return' ? last.value : undefined;
}

function rawEntry(view: FileView, expr: Expr, key: string): Expr | undefined {
  const object = view.valueOf(expr);
  return object.kind === 'object' ? object.entries.find((it) => it.key === key)?.value : undefined;
}

/** `consumer.run({ eachMessage })` with the topics of `consumer.subscribe` on the same object. */
function runs(site: CallSite, key: string): readonly ConsumerFact[] {
  const config = site.arg(0);
  if (config?.kind !== 'object') return [];
  const entry = config.entries.find((it) => it.key === key);
  if (!entry) return [];
  const handler = handlerOf(site.view, entry.value);
  const owner = site.view.ownerOf(site.fn.id);
  const label =
    typeof handler === 'number'
      ? { name: key, at: entry.at }
      : labelOf(site.view, handler, { name: key, at: entry.at });
  return [
    {
      ...label,
      library: 'kafkajs',
      transport: 'broker',
      events: topicsOf(site),
      handler,
      eventParameter: 0,
      // Also where offsets are committed by hand: the next commit passes over a message that was left out.
      acknowledges: 'auto',
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

/** Those that the same object subscribes to; where none does, those of others with its name: they may have been handed on. */
function topicsOf(site: CallSite): readonly Expr[] {
  const object = site.path.slice(0, -1).join('.');
  const alike = site.view
    .callsNamed('subscribe')
    .filter(({ action }) => pathOf(action.call.callee).slice(0, -1).join('.') === object);
  const own = alike.filter((it) => isOnSameObject(site, it));
  return (own.length > 0 ? own : alike).flatMap(({ action }) => {
    const { args } = action.call;
    const topic = site.view.entryOf(args[0], 'topic');
    const topics = site.view.entryOf(args[0], 'topics');
    return [...(topic ? [topic] : []), ...(topics?.kind === 'array' ? topics.items : topics ? [topics] : [])];
  });
}

/** Two functions, or two classes, may each call an object of their own `consumer`. */
function isOnSameObject(site: CallSite, { action, fn }: Site): boolean {
  const [mine, other] = [rootOf(site.call.callee), rootOf(action.call.callee)];
  if (mine.kind === 'name' && other.kind === 'name') return mine.binding === other.binding;
  return site.view.ownerOf(site.fn.id) === site.view.ownerOf(fn.id);
}

function rootOf(expr: Expr): Expr {
  return expr.kind === 'member' ? rootOf(expr.object) : expr;
}
