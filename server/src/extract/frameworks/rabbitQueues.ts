// How RabbitMQ is told what becomes of messages that fail: https://www.rabbitmq.com/docs/dlx and /docs/quorum-queues.
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FailurePolicy, QueueRole, Written } from '../../facts/roles.ts';
import type { FileView } from '../view.ts';
import type { CallSite } from './framework.ts';

const targets = /^(?:deadLetterExchange|x-dead-letter-exchange)$/;
const limits = /^(?:messageTtl|x-message-ttl|x-delivery-limit)$/;

/** `channel.assertQueue('orders', { deadLetterExchange: … })`. A queue that goes with its consumer needs no target. */
export function queueDeclared({ view, call }: CallSite): readonly QueueRole[] {
  const [queue, options] = call.args;
  return isPassing(view, queue, options)
    ? []
    : [{ kind: 'queue', library: 'amqplib', ...(queue && { queue }), ...policyOf(view, options) }];
}

/** `app.connectMicroservice({ transport: Transport.RMQ, options: { queue, noAck: false, queueOptions } })`. */
export function microserviceQueue({ view, call }: CallSite): readonly QueueRole[] {
  for (const arg of call.args) {
    const transport = view.entryOf(arg, 'transport');
    const options = view.entryOf(arg, 'options');
    const queue = view.entryOf(options, 'queue');
    if (transport?.kind !== 'member' || transport.name !== 'RMQ' || !options || !queue) continue;
    // Without acknowledgements the broker never hears of a failure.
    const noAck = view.entryOf(options, 'noAck');
    if (noAck?.kind !== 'literal' || noAck.text !== 'false') return [];
    const declared = view.entryOf(options, 'queueOptions');
    const isOpen = options.kind === 'object' && isUnread(options);
    const policy = policyOf(view, declared);
    return isOpen || isPassing(view, queue, declared)
      ? []
      : [{ kind: 'queue', library: '@nestjs/microservices', queue, ...policy }];
  }
  return [];
}

/** `RabbitMQModule.forRoot({ queues: [{ name, options }] })`, or what its `useFactory` returns. */
export function moduleQueues({ view, call }: CallSite): readonly QueueRole[] {
  return call.args.flatMap((arg) => {
    const factory = view.entryOf(arg, 'useFactory');
    const body = factory?.kind === 'function' ? (view.facts.functions[factory.function]?.body ?? []) : [];
    const returned = [...actionsIn(body)].flatMap((it) =>
      it.kind === 'return' && it.value ? [it.value] : [],
    );
    return [arg, ...returned].flatMap((config) => {
      const queues = view.entryOf(config, 'queues');
      return queues?.kind === 'array' ? queues.items.flatMap((it) => listedQueue(view, it)) : [];
    });
  });
}

function listedQueue(view: FileView, item: Expr): readonly QueueRole[] {
  const queue = view.entryOf(item, 'name');
  const policy = policyOf(view, view.entryOf(item, 'options'));
  return queue ? [{ kind: 'queue', library: '@golevelup/nestjs-rabbitmq', queue, ...policy }] : [];
}

/** What `@RabbitSubscribe({ queue, queueOptions, errorHandler })` says. */
export function subscriptionPolicy(view: FileView, options: Expr | undefined): FailurePolicy {
  const object = options && view.valueOf(options);
  if (object?.kind !== 'object') return { deadLetter: 'unknown', limit: 'unknown' };
  const entry = (key: string): Expr | undefined => object.entries.find((it) => it.key === key)?.value;
  const written = policyOf(view, entry('queueOptions'));
  const isOpen =
    object.spreads.length > 0 || isUnknown(entry('errorHandler')) || entry('createQueueIfNotExists');
  if (doesGiveUp(entry('errorBehavior')) || doesGiveUp(entry('errorHandler')))
    return { deadLetter: isOpen ? known(written.deadLetter) : written.deadLetter, limit: 'given' };
  return isOpen ? { deadLetter: known(written.deadLetter), limit: known(written.limit) } : written;
}

/** `MessageHandlerErrorBehavior.NACK`, `defaultNackErrorHandler`: a message that fails is not put back. */
function doesGiveUp(value: Expr | undefined): boolean {
  if (value?.kind === 'member') return value.name === 'NACK' || value.name === 'ACK';
  return value?.kind === 'name' && /^(?:defaultNackErrorHandler|ackErrorHandler)$/.test(value.name);
}

function isUnknown(handler: Expr | undefined): boolean {
  const isNamed = handler?.kind === 'name' && /^(?:defaultNack|ack|requeue)ErrorHandler$/.test(handler.name);
  return handler !== undefined && !isNamed;
}

/** What the options of a queue say, by the names of amqplib or by RabbitMQ's own. */
export function policyOf(view: FileView, options: Expr | undefined): FailurePolicy {
  if (!options) return { deadLetter: 'none', limit: 'none' };
  const objects = objectsIn(view, options);
  const isOpen = objects === undefined || objects.some(isUnread);
  const has = (names: RegExp): boolean =>
    (objects ?? []).some((object) => object.entries.some((it) => names.test(it.key) && !isAbsent(it.value)));
  const of = (isGiven: boolean): Written => (isGiven ? 'given' : isOpen ? 'unknown' : 'none');
  return { deadLetter: of(has(targets)), limit: of(has(limits) || isQuorum(view, objects ?? [])) };
}

function known(written: Written): Written {
  return written === 'none' ? 'unknown' : written;
}

/** The options and, below them, the arguments for the broker. */
function objectsIn(view: FileView, options: Expr): readonly ObjectExpr[] | undefined {
  const object = view.valueOf(options);
  if (object.kind !== 'object') return undefined;
  const args = object.entries.find((it) => it.key === 'arguments')?.value;
  const inner = args && view.valueOf(args);
  if (!inner) return [object];
  return inner.kind === 'object' ? [object, inner] : undefined;
}

function isUnread(object: ObjectExpr): boolean {
  return object.spreads.length > 0 || object.entries.some((it) => it.key === '[]');
}

/** Quorum queues count deliveries and give up by themselves since RabbitMQ 4.0. */
function isQuorum(view: FileView, objects: readonly ObjectExpr[]): boolean {
  return objects.some((object) => {
    const type = view.entryOf(object, 'x-queue-type');
    return type !== undefined && !(type.kind === 'string' && type.value === 'classic');
  });
}

function isPassing(view: FileView, queue: Expr | undefined, options: Expr | undefined): boolean {
  const name = queue && view.valueOf(queue);
  if (!name || (name.kind === 'string' && name.value === '') || isAbsent(name)) return true;
  return ['exclusive', 'autoDelete'].some((key) => {
    const value = view.entryOf(options, key);
    return value?.kind === 'literal' && value.text === 'true';
  });
}

function isAbsent(value: Expr): boolean {
  return (
    (value.kind === 'literal' && /^(?:null|undefined)$/.test(value.text)) ||
    (value.kind === 'name' && value.name === 'undefined')
  );
}
