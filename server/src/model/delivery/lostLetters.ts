// Queues whose messages have nowhere to go when they fail for good.
import type { Expr } from '../../facts/expressions.ts';
import type { FailurePolicy, Role } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { counts } from '../failures/failureHandling.ts';
import { swallowIn } from '../failures/swallowing.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { ofKafka } from './kafkaLetters.ts';
import { isParkedByHand, parksSomewhere } from './parking.ts';
import { givenPolicy, moduleDefault, ownPolicy } from './queuePolicies.ts';
import { declaredQueues, keysOf, keysRead, together, type Declared } from './queues.ts';
import { reachedFrom } from './redelivered.ts';

/** A queue, or for Kafka the consumer, that keeps no failed message. */
export interface LostLetters {
  readonly file: FilePath;
  readonly at: Span;
  readonly name: string;
  readonly library: string;
  readonly consumer?: ConsumerNode;
  /** The name is written in the code: whoever says it means the same queue. */
  readonly isLiteral?: boolean;
  /** It is the function that gives the options of several queues. */
  readonly isGiver?: boolean;
}

/** Queues that hold what failed, wait for a retry, or carry answers. */
const besides =
  /dlq|dlx|dead|parking|parked|poison|quarantine|retry|retries|delay|wait|reply|repl(?:y|ies)|rpc|response|callback|tmp|temp/i;
const failures = /fail|error/i;

/** One for each queue. Only for a workspace that was read to the end: the target may be declared anywhere. */
export function* lostLetters(model: EventModel): Iterable<LostLetters> {
  if (!model.isComplete) return;
  const declared = declaredQueues(model);
  const seen = new Set<string>();
  const all: readonly LostLetters[] = [
    ...ofRabbit(model, declared),
    ...ofJobs(model, declared),
    ...ofKafka(model, declared),
  ];
  for (const lost of all.toSorted((a, b) => Number(isOfReader(model, b)) - Number(isOfReader(model, a)))) {
    // Two services may read queues that their environments name.
    const service = lost.isLiteral ? '' : model.serviceOf(lost.file);
    const place = `${service} ${lost.library} ${lost.name}`;
    if (seen.has(place)) continue;
    seen.add(place);
    yield lost;
  }
}

/** A queue that producers and consumers both declare is mended where it is read. */
function isOfReader(model: EventModel, { file, consumer }: LostLetters): boolean {
  return consumer !== undefined && model.serviceOf(consumer.file) === model.serviceOf(file);
}

/** Libraries whose consumers read a queue that another call declares. */
const asserting: ReadonlySet<string> = new Set(['amqplib', '@google-cloud/pubsub', 'nats']);

function* ofRabbit(model: EventModel, declared: readonly Declared[]): Iterable<LostLetters> {
  const consumers = model.consumers.filter(
    (it) => it.transport === 'broker' && it.fact.acknowledges !== 'before' && !isGivenUp(model, it),
  );
  const readers = byKey(consumers, keysRead(model));
  const declarations = byKey(declared, (it) => it.keys);
  for (const it of declared) {
    if (asserting.has(it.role.library) && !it.role.isForgotten)
      yield* ofAsserted(model, it, declarations(it.keys), readers(it.keys));
    if (it.role.library === '@nestjs/microservices') yield* ofMicroservice(model, it, consumers);
    if (it.role.library === 'aws') yield* lost(model, it.fn.file, it.role.queue, it.role, undefined);
  }
  for (const consumer of consumers) {
    const { queue } = consumer.fact;
    const policy = ownPolicy(model, consumer);
    if (!policy || !queue || isParkedByHand(model, consumer)) continue;
    const byModule = moduleDefault(model, consumer, declared);
    if (byModule && byModule.role.limit !== 'none') continue;
    const keys = keysOf(model, consumer.file, queue);
    const others = declarations(keys).map((it) => it.role);
    yield* lost(model, consumer.file, queue, merged(model, consumer.file, [policy, ...others]), consumer);
  }
}

/**
 * JetStream has no other way to end the tries by hand than `term()`, Redis none but to count them; what is caught and only logged is
 * told of by another rule.
 */
function isGivenUp(model: EventModel, consumer: ConsumerNode): boolean {
  const { fact, handler, file } = consumer;
  if (!handler || (fact.library !== 'nats' && fact.library !== 'redis')) return false;
  if (swallowIn(model, consumer)) return true;
  const ends = (it: Role): boolean => it.kind === 'ack' && it.what === 'reject';
  const reached = reachedFrom(model, handler);
  if (fact.library === 'nats')
    return reached.some((fn) => [...callsIn(fn.fact.body)].some(({ roles }) => roles.some(ends)));
  return parksSomewhere(model, file) || reached.some((fn) => counts(model, fn));
}

/** Looks for what has one of some keys, in the order of the list. */
function byKey<Item>(
  items: readonly Item[],
  keysOfItem: (item: Item) => readonly string[],
): (keys: readonly string[]) => readonly Item[] {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOfItem(item)) found.set(key, [...(found.get(key) ?? []), item]);
  }
  return (keys) => {
    const meant = new Set(keys.flatMap((it) => found.get(it) ?? []));
    return keys.length < 2 ? [...meant] : items.filter((it) => meant.has(it));
  };
}

function* ofAsserted(
  model: EventModel,
  own: Declared,
  same: readonly Declared[],
  reading: readonly ConsumerNode[],
): Iterable<LostLetters> {
  const [consumer] = reading;
  if (!consumer || reading.some((it) => isParkedByHand(model, it))) return;
  const policy = merged(
    model,
    own.fn.file,
    same.map((it) => it.role),
  );
  yield* lost(model, own.fn.file, own.role.queue, policy, consumer);
}

function* ofMicroservice(
  model: EventModel,
  { fn, role, given }: Declared,
  consumers: readonly ConsumerNode[],
): Iterable<LostLetters> {
  const service = model.serviceOf(fn.file);
  const own = consumers.filter(
    (it) =>
      it.fact.library === '@nestjs/microservices' &&
      !it.fact.isRequest &&
      model.serviceOf(it.file) === service,
  );
  const [consumer] = own;
  if (!consumer || own.some((it) => isParkedByHand(model, it))) return;
  const policy = given?.giver ? { ...role, giver: given.giver } : role;
  yield* lost(model, given?.file ?? fn.file, role.queue, policy, consumer);
}

type Policy = Pick<FailurePolicy, 'deadLetter' | 'limit'> & { readonly giver?: FunctionNode };

function merged(model: EventModel, file: FilePath, policies: readonly FailurePolicy[]): Policy {
  const all = policies.map((it) => givenPolicy(model, file, it));
  const [giver] = all.flatMap((it) => it.giver ?? []);
  return {
    deadLetter: together(all, 'deadLetter'),
    limit: together(all, 'limit'),
    ...(giver && { giver }),
  };
}

function* lost(
  model: EventModel,
  file: FilePath,
  queue: Expr | undefined,
  { deadLetter, limit, giver }: Policy,
  consumer: ConsumerNode | undefined,
): Iterable<LostLetters> {
  if (deadLetter !== 'none' || limit !== 'none' || !queue) return;
  if (giver && consumer) {
    const { library } = consumer.fact;
    yield { file: giver.file, at: giver.fact.at, name: giver.fact.name, library, consumer, isGiver: true };
    return;
  }
  if (queue.kind === 'template') return;
  const literal = model.program.stringOf(file, queue);
  const name = literal ?? pathOf(queue);
  if (name === '' || isBesides(name, consumer)) return;
  const library = consumer?.fact.library ?? 'aws';
  const isLiteral = literal !== undefined;
  yield { file, at: queue.at, name, library, isLiteral, ...(consumer && { consumer }) };
}

/** A queue that is named after the failure which its event tells of is like any other. */
function isBesides(name: string, consumer: ConsumerNode | undefined): boolean {
  const tellsFailure = consumer?.events.some((it) => failures.test(it.name)) ?? false;
  return besides.test(name) || (failures.test(name) && !tellsFailure);
}

/** BullMQ keeps failed jobs, unless it is told to remove them. */
function* ofJobs(model: EventModel, declared: readonly Declared[]): Iterable<LostLetters> {
  const jobs = declared.filter((it) => it.role.library === 'bullmq');
  if (jobs.length === 0 || isWatched(model)) return;
  for (const { fn, action, role } of jobs) {
    const service = model.serviceOf(fn.file);
    const isTried = jobs.some((it) => it.role.limit === 'given' && model.serviceOf(it.fn.file) === service);
    if (role.deadLetter !== 'none' || isTried || !role.queue) continue;
    const name = model.program.stringOf(fn.file, role.queue) ?? pathOf(role.queue);
    if (name !== '') yield { file: fn.file, at: action.call.at, name, library: 'bullmq' };
  }
}

/** `worker.on('failed', …)`, `@OnWorkerEvent('failed')`: somebody takes what failed. */
function isWatched(model: EventModel): boolean {
  const watching = saidOfFiles(model, 'watches failed jobs', ({ functions }) =>
    functions.filter(
      ({ decorators, body }) =>
        decorators.some((it) => /^On(?:Worker|Queue|QueueEvents)(?:Event|Failed)$/.test(it.name)) ||
        listens(body),
    ),
  );
  return watching.length > 0;
}

function listens(body: Parameters<typeof callsIn>[0]): boolean {
  for (const { call } of callsIn(body)) {
    const [event] = call.args;
    if (pathOf(call.callee).endsWith('.on') && event?.kind === 'string' && event.value === 'failed')
      return true;
  }
  return false;
}
