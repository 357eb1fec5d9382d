// @node-ts/bus: https://node-ts.gitbook.io/bus. A handler that throws has its message tried again with growing delay, at last in a
// dead-letter queue that every transport declares by itself.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { QueueRole, Role } from '../../facts/roles.ts';
import { isFrom, type CallSite, type ClassSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle, methodConsumer } from './messages.ts';
import { fromPatterns } from './patterns.ts';

const modules = ['@node-ts/'];
const library = '@node-ts/bus';

const configures = [
  'Transport',
  'RetryStrategy',
  'Handler',
  'CustomHandler',
  'Workflow',
  'Persistence',
  'Container',
  'Logger',
  'Serializer',
  'Concurrency',
  'MessageReadMiddleware',
  'Receiver',
];

const described = fromPatterns({
  name: library,
  triggers: ['@node-ts/'],
  hasTriggersAlways: true,
  modules,
  makes: {
    'Bus.configure': 'BusConfiguration',
    ...Object.fromEntries(configures.map((it) => [`BusConfiguration.with${it}`, 'BusConfiguration'])),
    'BusConfiguration.withInterruptSignals': 'BusConfiguration',
    'BusConfiguration.asSendOnly': 'BusConfiguration',
    'BusConfiguration.build': 'BusInstance',
    'BusConfiguration.initialize': 'BusInstance',
  },
  publish: [
    { call: 'BusInstance.publish', event: 0 },
    { call: 'BusInstance.send', event: 0, isRequest: true },
  ],
  acks: { 'BusInstance.failMessage': 'dead-letter', 'BusInstance.returnMessage': 'requeue' },
  eventBases: ['@node-ts/bus-messages#Event'],
});

export const nodeTsBus: Framework = {
  ...described,
  roles: (site) => [...(described.roles?.(site) ?? []), ...transported(site), ...retried(site)],
  consumers: (site) => [...handledBy(site), ...mapped(site)],
  classes: handler,
};

/** `new RabbitMqTransport({ queueName, maxRetries })`: a limit and a dead-letter queue hold by default. */
function transported({ view, action, name, origin, call }: CallSite): readonly QueueRole[] {
  if (!action.isNew || !/Transport$/.test(name) || !isFrom(origin, modules)) return [];
  const queue = view.entryOf(call.args[0], 'queueName');
  return queue
    ? [{ kind: 'queue', library, queue, deadLetter: 'given', limit: 'given', isDelayed: true }]
    : [];
}

function retried({ name, origin }: CallSite): readonly Role[] {
  return name === 'withRetryStrategy' && isFrom(origin, modules) ? [{ kind: 'retry', library }] : [];
}

/** `handlerFor(OrderPlaced, async (event) => …)`. */
function handledBy(site: CallSite): readonly ConsumerFact[] {
  const [event, callback] = site.call.args;
  if (site.name !== 'handlerFor' || !isFrom(site.origin, modules) || !event) return [];
  if (!mayHandle(site.view, callback)) return [];
  const fn = handlerOf(site.view, callback);
  const label = labelOf(site.view, fn, { name: site.name, at: site.call.at });
  return [{ ...label, ...consumed([event]), handler: fn, eventParameter: 0 }];
}

/** `mapper.startedBy(OrderPlaced, 'start').when(CardCharged, 'ship', { … })` of a workflow. */
function mapped(site: CallSite): readonly ConsumerFact[] {
  const { view, call, fn } = site;
  const [event, method] = call.args;
  if (site.name !== 'startedBy' && site.name !== 'when') return [];
  const owner = view.ownerOf(fn.id);
  const type = owner === undefined ? undefined : view.typeNamed(owner);
  const isWorkflow = (type?.bases ?? []).some((it) => isFrom(view.originOfType(it), modules));
  const name = method && view.valueOf(method);
  if (!isWorkflow || !event || name?.kind !== 'string') return [];
  const found = view.facts.functions.find((it) => it.owner === owner && it.name === name.value);
  return found ? [methodConsumer(found, consumed([event]))] : [];
}

/** `class StockHandler implements Handler<OrderPlaced> { messageType = OrderPlaced; handle(event) { … } }`. */
function handler({ view, type, methods }: ClassSite): readonly ConsumerFact[] {
  const isHandler = type.implements.some(
    (it) => it.kind === 'ref' && it.name === 'Handler' && isFrom(view.originOfType(it), modules),
  );
  const handle = methods.find((it) => it.name === 'handle' && !it.isAbstract);
  const event = type.members.find((it) => it.name === 'messageType')?.init;
  return isHandler && handle && event ? [methodConsumer(handle, consumed([event]))] : [];
}

function consumed(
  events: readonly Expr[],
): Pick<ConsumerFact, 'library' | 'transport' | 'events' | 'acknowledges'> {
  return { library, transport: 'broker', events, acknowledges: 'after' };
}
