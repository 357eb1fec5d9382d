// @golevelup/nestjs-rabbitmq: https://golevelup.github.io/nestjs/modules/rabbitmq.html. A handler that throws has its message put
// back unless an error handler or behaviour says otherwise; `AmqpConnection.publish` is in amqp.ts.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { QueueRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { isFrom, type CallSite, type Framework, type MethodSite } from './framework.ts';
import { handlerOf, labelOf, mayHandle, methodConsumer } from './messages.ts';
import { decidedBy, isImported, moduleQueues, subscriptionPolicy } from './rabbitQueues.ts';

const library = '@golevelup/nestjs-rabbitmq';
const registers = /^create(?:Batch)?(?:Subscriber|Rpc)$/;

export const golevelupRabbitmq: Framework = {
  name: library,
  triggers: ['RabbitSubscribe', 'RabbitRPC', 'nestjs-rabbitmq'],
  hasTriggersAlways: true,
  roles(site) {
    if (!isFrom(site.origin, [library])) return [];
    if (site.action.isNew && site.name === 'Nack')
      return [{ kind: 'ack', library, what: whatOf(site.arg(0)) }];
    if (/^(?:forRoot|register)(?:Async)?$/.test(site.name)) return moduleQueues(site);
    if (site.name === 'request') return asked(site);
    return registers.test(site.name) && site.name !== 'createRpc' ? subscribedQueue(site) : [];
  },
  consumers: (site) => (registers.test(site.name) && isFrom(site.origin, [library]) ? registered(site) : []),
  methods: decorated,
};

function decorated({ view, fn, decorator }: MethodSite): readonly ConsumerFact[] {
  if (decorator.name !== 'RabbitSubscribe' && decorator.name !== 'RabbitRPC') return [];
  const [options] = decorator.args;
  return [
    methodConsumer(fn, {
      library,
      transport: 'broker',
      events: keysOf(view, options),
      // Who asks gets the error as the answer.
      ...(decorator.name === 'RabbitRPC' ? { isRequest: true } : failing(view, options)),
      ...forgotten(view, options),
    }),
  ];
}

/** `routingKey`, one or several, and those of `bindings`. */
function keysOf(view: FileView, options: Expr | undefined): readonly Expr[] {
  if (options && isImported(view, options)) return [below(options, 'routingKey')];
  const key = view.entryOf(options, 'routingKey');
  const bindings = view.entryOf(options, 'bindings');
  const bound = bindings?.kind === 'array' ? bindings.items : [];
  const keys = [
    ...(key?.kind === 'array' ? key.items : key ? [key] : []),
    ...bound.flatMap((it) => view.entryOf(it, 'routingKey') ?? []),
  ];
  // A queue that is bound elsewhere, or by nobody: the default exchange routes by its name.
  const queue = view.entryOf(options, 'queue');
  return keys.length === 0 && queue ? [queue] : keys;
}

/** What stands under a key of options that another file holds. */
function below(options: Expr, name: string): Expr {
  return { kind: 'member', object: options, name, at: options.at };
}

/** `queueOptions: { consumerOptions: { noAck: true } }`. */
function forgotten(view: FileView, options: Expr | undefined): Pick<ConsumerFact, 'acknowledges'> {
  const consumer = view.entryOf(view.entryOf(options, 'queueOptions'), 'consumerOptions');
  const noAck = view.entryOf(consumer, 'noAck');
  return noAck?.kind === 'literal' && noAck.text === 'true' ? { acknowledges: 'before' } : {};
}

function failing(
  view: FileView,
  options: Expr | undefined,
): Pick<ConsumerFact, 'queue' | 'policy' | 'failing'> {
  const isElsewhere = options !== undefined && isImported(view, options);
  const queue = isElsewhere ? below(options, 'queue') : view.entryOf(options, 'queue');
  const decided = decidedBy(view, options);
  return queue
    ? { queue, policy: subscriptionPolicy(view, options), ...(decided && { failing: decided }) }
    : {};
}

/** `amqp.createSubscriber(handler, { exchange, routingKey, queue }, 'name')`. */
function registered(site: CallSite): readonly ConsumerFact[] {
  const [callback, options] = site.call.args;
  if (!mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  return [
    {
      ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
      library,
      transport: 'broker',
      events: keysOf(site.view, options),
      handler,
      eventParameter: 0,
      ...(site.name === 'createRpc' ? { isRequest: true } : failing(site.view, options)),
      ...forgotten(site.view, options),
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

function subscribedQueue({ view, call }: CallSite): readonly QueueRole[] {
  const { queue, policy } = failing(view, call.args[1]);
  return queue && policy ? [{ kind: 'queue', library, queue, ...policy }] : [];
}

/** `amqp.request({ exchange, routingKey, payload, timeout })` waits for an answer. */
function asked({ view, arg, call }: CallSite): readonly Role[] {
  const key = view.entryOf(arg(0), 'routingKey') ?? { kind: 'unknown', at: call.at };
  const payload = view.entryOf(arg(0), 'payload');
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: key,
      channel: key,
      ...(payload ? { payload } : {}),
      gives: 'promise',
      isRequest: true,
      confidence: 'type',
    },
  ];
}

/** `return new Nack(true)` puts the message back. */
function whatOf(requeue: Expr | undefined): 'nack' | 'requeue' {
  return requeue?.kind === 'literal' && requeue.text === 'true' ? 'requeue' : 'nack';
}
