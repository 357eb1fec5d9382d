// @event-driven-io/emmett: events are appended to a stream, and processors hand them on (https://event-driven-io.github.io/emmett).
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';
import { fromPatterns } from './patterns.ts';

const modules = ['@event-driven-io/'];
const processors =
  /^(reactor|projector|processor|workflowProcessor|inMemoryReactor|inMemoryProjector|\w+Reactor|\w+Projector)$/;

/** The bus in memory; stores and processors are below. */
const bus = fromPatterns({
  name: 'emmett',
  triggers: ['emmett'],
  modules,
  transport: 'in-process',
  makes: {
    '@event-driven-io/emmett.getInMemoryMessageBus': 'MessageBus',
    '@event-driven-io/emmett.getInMemoryEventStore': 'EventStore',
    '@event-driven-io/emmett-postgresql.getPostgreSQLEventStore': 'EventStore',
    '@event-driven-io/emmett-mongodb.getMongoDBEventStore': 'EventStore',
    '@event-driven-io/emmett-esdb.getEventStoreDBEventStore': 'EventStore',
    '@event-driven-io/emmett-sqlite.getSQLiteEventStore': 'EventStore',
  },
  publish: [
    { call: 'MessageBus.publish', event: 0 },
    { call: 'EventBus.publish', event: 0 },
    { call: 'EventsPublisher.publish', event: 0 },
    { call: 'MessageBus.send', event: 0, isRequest: true },
    { call: 'CommandSender.send', event: 0, isRequest: true },
  ],
});

export const emmett: Framework = {
  ...bus,
  roles: (site) => [...(bus.roles?.(site) ?? []), ...appended(site), ...decided(site)],
  consumers: (site) => [...subscribed(site), ...processed(site)],
};

/** `bus.subscribe(onPlaced, 'OrderPlaced', 'OrderPriced')`, `bus.handle(place, 'PlaceOrder')`. */
function subscribed(site: CallSite): readonly ConsumerFact[] {
  const [callback, ...events] = site.call.args;
  if (site.name !== 'subscribe' && site.name !== 'handle') return [];
  if (!isFrom(site.origin, modules) || events.length === 0 || !mayHandle(site.view, callback)) return [];
  const handler = handlerOf(site.view, callback);
  return [
    {
      ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
      library: 'emmett',
      transport: 'in-process',
      events: events.map((it) => site.view.valueOf(it)),
      handler,
      eventParameter: 0,
      ...(site.name === 'handle' ? { isRequest: true } : {}),
    },
  ];
}

/** `eventStore.appendToStream(streamName, events)`: subscriptions read the stream, so that it is its own outbox. */
function appended(site: CallSite): readonly PublishRole[] {
  if (site.name !== 'appendToStream') return [];
  const isStore = isFrom(site.origin, modules) || /eventStore$/i.test(site.receiverName);
  const events = site.arg(1);
  if (!isStore || !events) return [];
  const each = events.kind === 'array' ? events.items : [events];
  return each.map((event) => ({
    kind: 'publish',
    library: 'emmett',
    transport: 'outbox',
    event: site.view.valueOf(event),
    gives: 'promise',
    confidence: isFrom(site.origin, modules) ? 'type' : 'name',
  }));
}

/** `const handle = CommandHandler({ … }); handle(store, id, (state) => decide(command, state))` appends what is decided. */
function decided(site: CallSite): readonly PublishRole[] {
  const { view, call } = site;
  const made = site.receiver ? undefined : view.valueOf(call.callee);
  const maker = made?.kind === 'call' && made.callee.kind === 'name' ? made.callee.name : '';
  if (made?.kind !== 'call' || !isFrom(view.originOf(made.callee), modules)) return [];
  const inOptions = maker === 'DeciderCommandHandler' ? view.entryOf(made.args[0], 'decide') : undefined;
  const decide = maker === 'CommandHandler' ? call.args[2] : inOptions;
  if (!decide) return [];
  const event: Expr = { kind: 'call', callee: decide, typeArgs: [], args: [], at: call.at, span: call.span };
  return [
    { kind: 'publish', library: 'emmett', transport: 'outbox', event, gives: 'promise', confidence: 'type' },
  ];
}

/** `consumer.reactor({ processorId, canHandle: ['OrderPlaced'], eachMessage })`. */
function processed(site: CallSite): readonly ConsumerFact[] {
  const config = site.arg(0);
  if (!processors.test(site.name) || config?.kind !== 'object') return [];
  if (!doesImport(site.view, modules)) return [];
  const entry = config.entries.find((it) => it.key === 'eachMessage' || it.key === 'eachBatch');
  if (!entry || !mayHandle(site.view, entry.value)) return [];
  const events = site.view.entryOf(config, 'canHandle');
  return [
    {
      at: entry.at,
      name: entry.key,
      library: 'emmett',
      // A processor in memory keeps no place to go on from.
      transport: /^inMemory/.test(site.name) ? 'in-process' : 'broker',
      events: events?.kind === 'array' ? events.items : [],
      handler: handlerOf(site.view, entry.value),
      eventParameter: 0,
      acknowledges: 'after',
    },
  ];
}
