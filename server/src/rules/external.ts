// What a configuration says of other systems: events that they produce or consume.
import type { EventNode } from '../model/model.ts';
import { eventKey } from '../model/names/names.ts';
import type { RuleContext } from './rule.ts';

/** Whether the configuration of the event's file, or the rule's own option, lists the event. `billing.*` lists all that begin so. */
export function isExternal(
  { settingsOf }: Pick<RuleContext<unknown>, 'settingsOf'>,
  event: EventNode,
  listed: readonly string[] = [],
): boolean {
  const names = [event.name, ...event.wireNames];
  return [...settingsOf(event.place.file).external, ...listed].some((it) =>
    it.endsWith('*')
      ? names.some((name) => name.startsWith(it.slice(0, -1)))
      : names.includes(it) || eventKey(it) === event.key,
  );
}
