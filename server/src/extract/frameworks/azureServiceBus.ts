// @azure/service-bus and @azure/event-hubs: https://learn.microsoft.com/azure/service-bus-messaging
import type { Expr, NewExpr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { AckRole, PublishRole, QueueRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, mayHandle, unwrapped } from './messages.ts';
import { fromPatterns } from './patterns.ts';
import { argumentAt } from './places.ts';
import { fetching } from './polling.ts';

const hubs = ['@azure/event-hubs'];
const modules = ['@azure/service-bus', ...hubs];

const described = fromPatterns({
  name: '@azure/service-bus',
  triggers: ['@azure/service-bus', '@azure/event-hubs', 'ServiceBus'],
  hasTriggersAlways: true,
  modules,
  makes: {
    'ServiceBusClient.createSender': 'ServiceBusSender',
    'ServiceBusClient.createReceiver': 'ServiceBusReceiver',
    'ServiceBusClient.acceptSession': 'ServiceBusReceiver',
    'ServiceBusClient.acceptNextSession': 'ServiceBusReceiver',
  },
  acks: {
    'ServiceBusReceiver.completeMessage': 'ack',
    'ServiceBusReceiver.abandonMessage': 'requeue',
    'ServiceBusReceiver.deadLetterMessage': 'dead-letter',
    'ServiceBusReceiver.deferMessage': 'nack',
  },
});

/** Azure Service Bus and Event Hubs. */
export const azureServiceBus: Framework = {
  ...described,
  roles: (site) => [
    ...(described.roles?.(site) ?? []),
    ...published(site),
    ...declared(site),
    ...marked(site),
  ],
  consumers: (site) => [...received(site), ...fetched(site)],
};

/** `sender.sendMessages({ body, subject })`: the subject names the event, else the queue or topic does. */
function published(site: CallSite): readonly PublishRole[] {
  if (!/^(?:sendMessages|scheduleMessages|sendBatch|enqueueEvents?)$/.test(site.name)) return [];
  if (!isFrom(site.origin, modules)) return [];
  const { args } = site.call;
  const message = (args[0] && addedTo(site.view, args[0])) ?? (args[0] && site.view.valueOf(args[0]));
  const one = message?.kind === 'array' ? message.items[0] : message;
  if (!one) return [];
  const body = argumentAt(site.view, [one], '0.body');
  const payload = unwrapped(site.view, body ?? one) ?? one;
  const event = argumentAt(site.view, [one], '0.subject') ??
    queueBehind(site) ?? { kind: 'unknown', at: site.call.at };
  return [
    {
      kind: 'publish',
      library: '@azure/service-bus',
      transport: 'broker',
      event,
      channel: event,
      payload,
      gives: 'promise',
      confidence: 'type',
    },
  ];
}

/** `batch.tryAddMessage({ body, subject })` of a batch that is sent then. */
function addedTo(view: FileView, batch: Expr): Expr | undefined {
  if (batch.kind !== 'name' || batch.binding === undefined) return undefined;
  const added = ['tryAddMessage', 'tryAdd']
    .flatMap((it) => view.callsNamed(it))
    .find(({ action }) => {
      const { callee } = action.call;
      return (
        callee.kind === 'member' && callee.object.kind === 'name' && callee.object.binding === batch.binding
      );
    });
  const [message] = added?.action.call.args ?? [];
  return message && view.valueOf(message);
}

/** `context.updateCheckpoint(event)`: what came before it comes no second time. */
function marked({ name, view }: CallSite): readonly AckRole[] {
  const isMark = name === 'updateCheckpoint' && doesImport(view, hubs);
  return isMark ? [{ kind: 'ack', library: '@azure/service-bus', what: 'ack' }] : [];
}

/** `receiver.subscribe({ processMessage, processError })`; of a hub one partition may be named first. */
function received(site: CallSite): readonly ConsumerFact[] {
  if (site.name !== 'subscribe' || !isFrom(site.origin, modules)) return [];
  const [config] = site.call.args.map((it) => site.view.valueOf(it)).filter((it) => it.kind === 'object');
  if (config?.kind !== 'object') return [];
  const entry = config.entries.find((it) => it.key === 'processMessage' || it.key === 'processEvents');
  if (!entry || !mayHandle(site.view, entry.value)) return [];
  const queue = queueBehind(site);
  const owner = site.view.ownerOf(site.fn.id);
  const isByHand = isManual(site) || isFrom(site.origin, hubs);
  return [
    {
      at: entry.at,
      name: entry.key,
      library: '@azure/service-bus',
      transport: 'broker',
      events: queue ? [queue] : [],
      handler: handlerOf(site.view, entry.value),
      eventParameter: 0,
      acknowledges: isDropped(site) ? 'before' : isByHand ? 'never' : 'after',
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

/** `createReceiver('orders', { receiveMode: 'receiveAndDelete' })`. */
function isDropped({ view, receiver }: CallSite): boolean {
  const made = receiver && view.makingOf(receiver);
  const mode = made?.kind === 'call' ? view.entryOf(made.args.at(-1), 'receiveMode') : undefined;
  return mode?.kind === 'string' && mode.value === 'receiveAndDelete';
}

function isManual({ view, call }: CallSite): boolean {
  const flag = view.entryOf(call.args[1], 'autoCompleteMessages');
  return flag?.kind === 'literal' && flag.text === 'false';
}

/** `for (const message of await receiver.receiveMessages(10)) …`. */
function fetched(site: CallSite): readonly ConsumerFact[] {
  const isFetch = /^(?:receiveMessages|getMessageIterator)$/.test(site.name) && isFrom(site.origin, modules);
  const queue = queueBehind(site);
  return isFetch ? fetching(site, '@azure/service-bus', queue ? [queue] : []) : [];
}

/** `administration.createQueue('orders', { maxDeliveryCount: 5 })`: ten tries and a dead-letter queue hold by default. */
function declared({ name, origin, call }: CallSite): readonly QueueRole[] {
  const isDeclared = /^create(?:Queue|Subscription)$/.test(name) && isFrom(origin, modules);
  const queue = call.args[name === 'createSubscription' ? 1 : 0];
  if (!isDeclared || !queue) return [];
  return [{ kind: 'queue', library: '@azure/service-bus', queue, deadLetter: 'given', limit: 'given' }];
}

function queueBehind({ view, receiver }: CallSite): Expr | undefined {
  const made = receiver && view.makingOf(receiver);
  if (made?.kind === 'new') return hubOf(view, made);
  return made?.kind === 'call' && made.args[0] ? view.valueOf(made.args[0]) : undefined;
}

/** `new EventHubProducerClient(connection, 'orders')`, `new EventHubConsumerClient(group, connection, 'orders')`. */
function hubOf(view: FileView, { callee, args }: NewExpr): Expr | undefined {
  const name = callee.kind === 'name' ? callee.name : '';
  const given = args[/Consumer/.test(name) ? 2 : 1];
  const hub = given && view.valueOf(given);
  // Where the connection names the hub, its place is taken by a store of checkpoints or by options.
  const isName = hub?.kind === 'string' || hub?.kind === 'template' || hub?.kind === 'member';
  return isName ? hub : undefined;
}
