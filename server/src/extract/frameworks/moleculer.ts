// Moleculer: events between services, at most once and without acknowledgement (https://moleculer.services/docs/0.14/events).
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FileView } from '../view.ts';
import { doesImport, type Framework } from './framework.ts';
import { handlerOf, mayHandle } from './messages.ts';
import { fromPatterns } from './patterns.ts';

const emitters = ['ServiceBroker', 'Context'];

const described = fromPatterns({
  name: 'moleculer',
  triggers: ['moleculer'],
  modules: ['moleculer'],
  transport: 'in-process',
  publish: emitters.flatMap((type) =>
    ['emit', 'broadcast'].map((it) => ({ call: `${type}.${it}`, event: 0, payload: 1 })),
  ),
});

/** Broker, context and service schemas. */
export const moleculer: Framework = { ...described, modules: schemas };

/** `events: { 'order.placed'(ctx) { … }, 'order.paid': { handler(ctx) { … } } }` of a service. */
function schemas(view: FileView): readonly ConsumerFact[] {
  if (!doesImport(view, ['moleculer'])) return [];
  const roots = view.facts.bindings.flatMap((it) => (it.init?.kind === 'object' ? [it.init] : []));
  const members = view.facts.types.flatMap((it) => it.members.flatMap((member) => member.init ?? []));
  return [...roots, ...members].flatMap((object) => {
    const events = view.entryOf(object, 'events');
    if (events?.kind !== 'object') return [];
    return events.entries.flatMap(({ key, at, value }) => {
      const body = view.entryOf(value, 'handler') ?? view.valueOf(value);
      if (!mayHandle(view, body)) return [];
      const consumer: ConsumerFact = {
        at,
        name: key,
        library: 'moleculer',
        transport: 'in-process',
        events: [{ kind: 'string', value: key, at }],
        handler: handlerOf(view, body),
        eventParameter: 0,
      };
      return [consumer];
    });
  });
}
