// Consumers of Kafka that nobody takes a failed message from: kafkajs tries, restarts the consumer, and tries again.
import type { FilePath, Span } from '../../text.ts';
import { runnerOf } from '../consumers/runners.ts';
import { mayFail } from '../failures/failing.ts';
import { swallowIn } from '../failures/swallowing.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { isLastResort } from '../names/names.ts';
import { isDetour } from '../names/spelling.ts';
import { isParkedByHand, parksSomewhere } from './parking.ts';
import type { Declared } from './queues.ts';

interface Stuck {
  readonly file: FilePath;
  readonly at: Span;
  readonly name: string;
  readonly library: string;
  readonly consumer: ConsumerNode;
}

/** One for each registration. Of a wrapper or a base class that runs the handler it is the place that is mended. */
export function* ofKafka(model: EventModel, declared: readonly Declared[]): Iterable<Stuck> {
  const seen = new Set<string>();
  for (const consumer of model.consumers) {
    const { fact, name } = consumer;
    if (fact.library !== 'kafkajs') continue;
    const runner = runnerOf(model, consumer);
    if (!runner && fact.name !== name) continue;
    const { file, at } = runner ? { file: runner.file, at: fact.at } : consumer;
    const place = `${file}:${at.start}`;
    if (seen.has(place) || isOfFailed(model, consumer)) continue;
    if (!isStuck(model, consumer, declared, runner)) continue;
    seen.add(place);
    yield { file, at, name: topicOf(model, consumer), library: 'kafkajs', consumer };
  }
}

function isStuck(
  model: EventModel,
  consumer: ConsumerNode,
  declared: readonly Declared[],
  runner: FunctionNode | undefined,
): boolean {
  const { handler, file } = consumer;
  if (!handler) return false;
  const isWork = model
    .bodyOf(handler)
    .effects.some(({ role, inCatch }) => !inCatch && !(role.kind === 'remote' && role.isRead));
  if (!isWork || isStopped(model, consumer, declared) || swallowIn(model, consumer)) return false;
  const handlers = [handler, ...(runner ? [runner] : [])];
  return (
    handlers.every((it) => mayFail(it.fact.body) && !isParkedByHand(model, { handler: it })) &&
    !parksSomewhere(model, file)
  );
}

/** The consumer is not restarted for ever; what the service says of another counts where it is not known how this one was made. */
function isStopped(model: EventModel, { fact, file }: ConsumerNode, declared: readonly Declared[]): boolean {
  if (fact.policy) return fact.policy.limit !== 'none';
  const service = model.serviceOf(file);
  return declared.some(
    ({ role, fn }) =>
      role.library === 'kafkajs' && role.limit !== 'none' && model.serviceOf(fn.file) === service,
  );
}

/** What has failed before comes from a topic of its own, which needs no further one. */
function isOfFailed(model: EventModel, consumer: ConsumerNode): boolean {
  const topics = topicsOf(model, consumer);
  return topics.length > 0 && topics.every((it) => isLastResort(it) || isDetour(it));
}

function topicsOf({ program }: EventModel, { file, fact }: ConsumerNode): readonly string[] {
  return fact.events.map((it) => program.stringOf(file, it) ?? '');
}

function topicOf(model: EventModel, consumer: ConsumerNode): string {
  const [event] = consumer.events;
  return (
    event?.wireNames[0] ?? event?.name ?? topicsOf(model, consumer).find((it) => it !== '') ?? consumer.name
  );
}
