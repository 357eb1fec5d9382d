// How RabbitMQ is told what becomes of messages that fail: https://www.rabbitmq.com/docs/dlx and /docs/quorum-queues.
import type { Expr } from '../../facts/expressions.ts';
import { isAbsent, isUnread, policyIn } from '../../facts/queuePolicy.ts';
import type { FailurePolicy, QueueRole, Written } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { pathOf } from '../paths.ts';
import { spreadOut } from '../spreads.ts';
import { configsOf } from './factories.ts';
import type { CallSite } from './framework.ts';

/** `channel.assertQueue('orders', { deadLetterExchange: … })`. A queue that goes with its consumer needs no target. */
export function queueDeclared({ view, call }: CallSite): readonly QueueRole[] {
  const [queue, options] = call.args;
  return isPassing(view, queue, options)
    ? []
    : [{ kind: 'queue', library: 'amqplib', ...(queue && { queue }), ...policyOf(view, options) }];
}

/** `app.connectMicroservice({ transport: Transport.RMQ, options: { queue, noAck: false, queueOptions } })`, or what its `useFactory` returns. */
export function microserviceQueue({ view, call }: CallSite): readonly QueueRole[] {
  for (const config of call.args.flatMap((it) => configsOf(view, it))) {
    const elsewhere = givenElsewhere(view, config);
    if (elsewhere) return [elsewhere];
    const transport = view.entryOf(config, 'transport');
    const options = view.entryOf(config, 'options');
    if (transport?.kind === 'member' && transport.name === 'RMQ' && options)
      return ofMicroservice(view, options);
  }
  return [];
}

function ofMicroservice(view: FileView, options: Expr): readonly QueueRole[] {
  const whole = wholeOf(view, options);
  const queue = view.entryOf(whole, 'queue');
  const noAck = view.entryOf(whole, 'noAck');
  const isOpen = whole.kind !== 'object' || isUnread(whole);
  // Without acknowledgements the broker never hears of a failure.
  const waits = noAck ? noAck.kind === 'literal' && noAck.text === 'false' : isOpen;
  const declared = view.entryOf(whole, 'queueOptions');
  if (!queue || !waits || isPassing(view, queue, declared)) return [];
  const policy = policyOf(view, declared);
  const isSure = !isOpen || declared !== undefined;
  const known = isSure ? policy : ({ deadLetter: 'unknown', limit: 'unknown' } as const);
  return [{ kind: 'queue', library: '@nestjs/microservices', queue, ...known }];
}

/** `createMicroservice(AppModule, rmqOptions)`, `connectMicroservice(rmq.optionsOf('orders'))`: for the model to read. */
function givenElsewhere(view: FileView, arg: Expr): QueueRole | undefined {
  const value = view.valueOf(arg);
  const isElsewhere = value.kind === 'call' || view.bindingOf(arg)?.kind === 'import';
  const name = pathOf(value.kind === 'call' ? value.callee : arg).join('.');
  if (!isElsewhere || !/options|config|rmq|rabbit|transport/i.test(name)) return undefined;
  return {
    kind: 'queue',
    library: '@nestjs/microservices',
    deadLetter: 'unknown',
    limit: 'unknown',
    from: value,
  };
}

/** `RabbitMQModule.forRoot({ queues: [{ name, options }], defaultSubscribeErrorBehavior })`, or what its `useFactory` returns. */
export function moduleQueues({ view, call }: CallSite): readonly QueueRole[] {
  return call.args
    .flatMap((it) => configsOf(view, it))
    .flatMap((config) => {
      const queues = view.entryOf(config, 'queues');
      const listed = queues?.kind === 'array' ? queues.items.flatMap((it) => listedQueue(view, it)) : [];
      return [...listed, ...defaultBehavior(view, config)];
    });
}

/** What holds for every subscription of the module that says nothing of its own. */
function defaultBehavior(view: FileView, config: Expr): readonly QueueRole[] {
  const behavior = view.entryOf(config, 'defaultSubscribeErrorBehavior');
  if (!behavior) return [];
  const isPutBackByIt = isPutBack(behavior);
  const limit = isPutBackByIt ? 'none' : doesGiveUp(behavior) ? 'given' : 'unknown';
  return [
    {
      kind: 'queue',
      library: '@golevelup/nestjs-rabbitmq',
      deadLetter: 'unknown',
      limit,
      ...(isPutBackByIt && { putsBack: behavior }),
    },
  ];
}

function listedQueue(view: FileView, item: Expr): readonly QueueRole[] {
  const queue = view.entryOf(item, 'name');
  const policy = policyOf(view, view.entryOf(item, 'options'));
  return queue ? [{ kind: 'queue', library: '@golevelup/nestjs-rabbitmq', queue, ...policy }] : [];
}

/** The function of the workspace that decides about a message that failed, and what the queue says by itself. */
export function decidedBy(
  view: FileView,
  options: Expr | undefined,
): { readonly errorHandler: Expr; readonly declared: FailurePolicy } | undefined {
  const handler = view.entryOf(options, 'errorHandler');
  if (!handler || !isUnknown(handler) || view.entryOf(options, 'createQueueIfNotExists')) return undefined;
  return { errorHandler: handler, declared: policyOf(view, view.entryOf(options, 'queueOptions')) };
}

/** What `@RabbitSubscribe({ queue, queueOptions, errorHandler })` says. */
export function subscriptionPolicy(view: FileView, options: Expr | undefined): FailurePolicy {
  const object = options && wholeOf(view, options);
  if (object?.kind !== 'object') return { deadLetter: 'unknown', limit: 'unknown' };
  const entry = (key: string): Expr | undefined => object.entries.find((it) => it.key === key)?.value;
  const written = policyOf(view, entry('queueOptions'));
  const isOpen =
    object.spreads.length > 0 || isUnknown(entry('errorHandler')) || entry('createQueueIfNotExists');
  if (doesGiveUp(entry('errorBehavior')) || doesGiveUp(entry('errorHandler')))
    return { deadLetter: isOpen ? known(written.deadLetter) : written.deadLetter, limit: 'given' };
  if (isOpen) return { deadLetter: known(written.deadLetter), limit: known(written.limit) };
  const putsBack = [entry('errorBehavior'), entry('errorHandler')].find(isPutBack);
  return putsBack ? { ...written, putsBack } : written;
}

/** `MessageHandlerErrorBehavior.REQUEUE`, `requeueErrorHandler`. */
function isPutBack(value: Expr | undefined): boolean {
  return (
    (value?.kind === 'member' || value?.kind === 'name') &&
    /^(?:REQUEUE|requeueErrorHandler)$/.test(value.name)
  );
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

/** What the options of a queue say; those that a function or a list gives, or that stand in another file, are for the model to read. */
export function policyOf(view: FileView, options: Expr | undefined): FailurePolicy {
  if (!options) return { deadLetter: 'none', limit: 'none' };
  const object = wholeOf(view, options);
  const args = object.kind === 'object' ? view.entryOf(object, 'arguments') : undefined;
  const policy = policyIn(object, args && wholeOf(view, args));
  const isElsewhere = object.kind === 'call' || isImported(view, object) || isHanded(view, object);
  return isElsewhere ? { ...policy, from: object } : policy;
}

/** `ordersQueue`, `queues.orders` of another file. */
export function isImported(view: FileView, expr: Expr): boolean {
  return expr.kind === 'member'
    ? isImported(view, expr.object)
    : expr.kind === 'name' && view.bindingOf(expr)?.kind === 'import';
}

/** `queue.options`, which a callback or a loop is given with each item. */
function isHanded(view: FileView, expr: Expr): boolean {
  if (expr.kind === 'member') return isHanded(view, expr.object);
  const binding = view.bindingOf(expr);
  return binding !== undefined && (binding.kind === 'parameter' || binding.init === undefined);
}

/** The value behind a name, an object with what it spreads. */
function wholeOf(view: FileView, expr: Expr): Expr {
  const value = view.valueOf(expr);
  return value.kind === 'object' ? spreadOut(value, view.valueOf) : value;
}

function known(written: Written): Written {
  return written === 'none' ? 'unknown' : written;
}

function isPassing(view: FileView, queue: Expr | undefined, options: Expr | undefined): boolean {
  const name = queue && view.valueOf(queue);
  if (!name || (name.kind === 'string' && name.value === '') || isAbsent(name)) return true;
  return ['exclusive', 'autoDelete'].some((key) => {
    const value = view.entryOf(options, key);
    return value?.kind === 'literal' && value.text === 'true';
  });
}
