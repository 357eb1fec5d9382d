// kafkajs and the clients with its API: https://kafka.js.org/docs/consuming
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { Span } from '../../text.ts';
import { pathOf } from '../paths.ts';
import type { FileView, Site } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { firstOf, handlerOf, labelOf, unwrapped } from './messages.ts';
import { restartPolicy, restartsGiven } from './kafkaRetries.ts';
import { fetched, isCommitted, produced, streamed } from './rdkafka.ts';

const modules = ['kafkajs', '@confluentinc/kafka-javascript', '@nestjs/microservices/'];

export const kafkajs: Framework = {
  name: 'kafkajs',
  triggers: ['kafka', 'Kafka', 'eachMessage', 'eachBatch'],
  makes: {
    'Kafka.producer': 'Producer',
    'Kafka.consumer': 'Consumer',
    'Producer.transaction': 'Transaction',
    'KafkaConsumer.on': 'KafkaConsumer',
    'node-rdkafka.createReadStream': 'ConsumerStream',
    '@confluentinc/kafka-javascript.createReadStream': 'ConsumerStream',
  },
  roles(site) {
    if (isCommit(site) || isCommitted(site)) return [{ kind: 'ack', library: 'kafkajs', what: 'ack' }];
    if (site.name === 'send') return sent(site, site.arg(0));
    if (site.name === 'produce') return produced(site);
    if (site.name !== 'sendBatch') return restartsGiven(site);
    return batched(site, site.view.entryOf(site.arg(0), 'topicMessages'));
  },
  consumers(site) {
    if (site.name === 'on') return streamed(site);
    if (site.name === 'consume') return fetched(site);
    if (site.name !== 'run') return [];
    const handed = handedConfig(site);
    return handed
      ? [consumer(site, 'run', site.call.at, handed)]
      : ['eachMessage', 'eachBatch'].flatMap((key) => runs(site, key));
  },
};

/** `consumer.commitOffsets([…])`; `resolveOffset(offset)` and `commitOffsetsIfNecessary()` out of a batch's payload. */
function isCommit({ name, origin, view }: CallSite): boolean {
  if (name === 'commitOffsets') return isFrom(origin, modules);
  return /^(?:resolveOffset|commitOffsetsIfNecessary)$/.test(name) && doesImport(view, modules);
}

/** `sendBatch({ topicMessages: [{ topic, messages }] })`, or what a callback makes of each. */
function batched(site: CallSite, records: Expr | undefined): readonly PublishRole[] {
  const { view } = site;
  if (records?.kind === 'array') return records.items.flatMap((it) => sent(site, view.valueOf(it)));
  const each = records && firstOf(view, records);
  const found = each ? sent(site, view.valueOf(each)) : [];
  return found.length > 0 ? found : records && isFrom(site.origin, modules) ? [toKafka(site, records)] : [];
}

/** `producer.send({ topic, messages: [{ key, value }] })`: the shape is telling enough whatever the producer's type. */
function sent(site: CallSite, record: Expr | undefined): readonly PublishRole[] {
  const handed =
    record && isFrom(site.origin, modules) ? belowElsewhere(site.view, record, 'topic') : undefined;
  const topic = site.view.entryOf(record, 'topic') ?? handed;
  const messages = site.view.entryOf(record, 'messages');
  if (!topic || !(messages ?? handed)) return [];
  const message = messages && firstOf(site.view, messages);
  const payload = unwrapped(site.view, message && (rawEntry(site.view, message, 'value') ?? message));
  return [toKafka(site, topic, payload)];
}

function toKafka(site: CallSite, topic: Expr, payload?: Expr): PublishRole {
  return {
    kind: 'publish',
    library: 'kafkajs',
    transport: 'broker',
    event: topic,
    channel: topic,
    ...(payload ? { payload } : {}),
    gives: 'promise',
    ...(isWithOffsets(site) ? { isJournaled: true } : {}),
    confidence: isFrom(site.origin, modules) ? 'type' : 'shape',
  };
}

/**
 * `const tx = await producer.transaction(); await tx.send(…); await tx.sendOffsets(…);`: what is sent is there for others only together
 * with the offset of what it follows from.
 */
function isWithOffsets({ view, receiver }: CallSite): boolean {
  const transaction = receiver && view.bindingOf(receiver);
  return (
    transaction !== undefined &&
    view
      .callsNamed('sendOffsets')
      .some(
        ({ action: { call } }) =>
          call.callee.kind === 'member' && view.bindingOf(call.callee.object) === transaction,
      )
  );
}

/** What stands under a key of a record that a function makes, or that is handed in. */
function belowElsewhere(view: FileView, record: Expr, name: string): Expr | undefined {
  const isMade = record.kind === 'call';
  return isMade
    ? { kind: 'member', object: record, name, at: record.at }
    : belowParameter(view, record, name);
}

/** What stands under a key of a record that is handed in, or that the object was made with. */
function belowParameter(view: FileView, record: Expr | undefined, name: string): Expr | undefined {
  const root = record && rootOf(record);
  const isField = record?.kind === 'member' && root?.kind === 'this';
  const isHanded = isField || (root?.kind === 'name' && view.bindingOf(root)?.kind === 'parameter');
  return isHanded && record ? { kind: 'member', object: record, name, at: record.at } : undefined;
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
  return entry ? [consumer(site, key, entry.at, entry.value)] : [];
}

/** `consume(topics, config) { … consumer.run(config); }` of a wrapper: its callers hand in the handler among the options. */
function handedConfig({ view, origin, call }: CallSite): Expr | undefined {
  const [config] = call.args;
  const isHanded = config?.kind === 'name' && view.bindingOf(config)?.kind === 'parameter';
  return isHanded && isFrom(origin, modules) ? config : undefined;
}

function consumer(site: CallSite, key: string, at: Span, callback: Expr): ConsumerFact {
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  const policy = restartPolicy(site.view, site.receiver);
  const label =
    typeof handler === 'number' ? { name: key, at } : labelOf(site.view, handler, { name: key, at });
  return {
    ...label,
    library: 'kafkajs',
    transport: 'broker',
    events: topicsOf(site),
    handler,
    eventParameter: 0,
    // Also where offsets are committed by hand: the next commit passes over a message that was left out.
    acknowledges: 'auto',
    ...(policy && { policy }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** Those that the same object subscribes to; where none does, those of others with its name: they may have been handed on. */
function topicsOf(site: CallSite): readonly Expr[] {
  const object = site.path.slice(0, -1).join('.');
  const alike = site.view
    .callsNamed('subscribe')
    .filter(({ action }) => pathOf(action.call.callee).slice(0, -1).join('.') === object);
  const own = alike.filter((it) => isOnSameObject(site, it));
  return (own.length > 0 ? own : alike).flatMap(({ action }) => topicsIn(site.view, action.call.args[0]));
}

function topicsIn(view: FileView, subscription: Expr | undefined): readonly Expr[] {
  const topic = view.entryOf(subscription, 'topic');
  const topics = view.entryOf(subscription, 'topics');
  // `subscribe({ ...topic, fromBeginning: true })` has it in what is spread.
  const spreads = subscription?.kind === 'object' ? subscription.spreads : [];
  const handed = [subscription, ...((topic ?? topics) ? [] : spreads)].flatMap((one) =>
    ['topic', 'topics'].flatMap((it) => belowParameter(view, one, it) ?? []),
  );
  if (handed.length > 0) return handed;
  return [...(topic ? [topic] : []), ...(topics?.kind === 'array' ? topics.items : topics ? [topics] : [])];
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
