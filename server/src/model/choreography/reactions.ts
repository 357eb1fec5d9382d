// Events that a consumer publishes after it called another system: nobody stands in front of a screen and sees that call fail.
import type { ConsumerNode, EventModel } from '../model.ts';

/** The keys of the events that consumers publish: `risky` where a remote call which changes something comes before, else `plain`. */
export function reactionsOf(model: EventModel): ReadonlyMap<string, 'plain' | 'risky'> {
  const published = model.saidOfConsumers('what it publishes after which risk', (it) =>
    publishedIn(model, it),
  );
  const found = new Map<string, 'plain' | 'risky'>();
  for (const {
    said: [key, risk],
  } of published)
    if (found.get(key) !== 'risky') found.set(key, risk);
  return found;
}

function publishedIn(
  model: EventModel,
  consumer: ConsumerNode,
): readonly (readonly [string, 'plain' | 'risky'])[] {
  if (consumer.fact.isRequest) return [];
  let isRisky = false;
  return model.bodyOfConsumer(consumer).effects.flatMap((effect) => {
    const { role } = effect;
    if (role.kind === 'remote') isRisky ||= !role.isRead && /^(?:payment|http|rpc)$/.test(role.what);
    if (role.kind !== 'publish') return [];
    const risk = isRisky ? 'risky' : 'plain';
    return model.producersAt(effect).flatMap(({ event }) => (event ? [[event.key, risk] as const] : []));
  });
}
