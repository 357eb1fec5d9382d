// Events that a consumer publishes after it called another system: nobody stands in front of a screen and sees that call fail.
import type { EventModel, EventNode } from './model.ts';

/** The events that consumers publish: `risky` where a remote call which changes something comes before, else `plain`. */
export function reactionsOf(model: EventModel): ReadonlyMap<EventNode, 'plain' | 'risky'> {
  const published = new Map(
    model.producers.flatMap(({ file, at, event }) =>
      event ? [[`${file}:${at.start}`, event] as const] : [],
    ),
  );
  const found = new Map<EventNode, 'plain' | 'risky'>();
  for (const consumer of model.consumers) {
    if (consumer.fact.isRequest) continue;
    let isRisky = false;
    for (const { role, file, at } of model.bodyOfConsumer(consumer).effects) {
      if (role.kind === 'remote') isRisky ||= !role.isRead && /^(?:payment|http|rpc)$/.test(role.what);
      const event = role.kind === 'publish' ? published.get(`${file}:${at.start}`) : undefined;
      if (event && found.get(event) !== 'risky') found.set(event, isRisky ? 'risky' : 'plain');
    }
  }
  return found;
}
