// @event-driven-io/emmett: events are appended to a stream, and processors hand them on (https://event-driven-io.github.io/emmett).
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, mayHandle } from './messages.ts';

const modules = ['@event-driven-io/'];
const processors =
  /^(reactor|projector|processor|workflowProcessor|inMemoryReactor|inMemoryProjector|\w+Reactor|\w+Projector)$/;

export const emmett: Framework = {
  name: 'emmett',
  triggers: ['emmett'],
  roles: appended,
  consumers: processed,
};

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
      transport: 'broker',
      events: events?.kind === 'array' ? events.items : [],
      handler: handlerOf(site.view, entry.value),
      eventParameter: 0,
      acknowledges: 'after',
    },
  ];
}
