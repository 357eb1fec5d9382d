// An event that nobody handles: dead code, or a consumer that was forgotten.
import { z } from 'zod';
import { placeOfName } from '../model/events/listings.ts';
import { unconsumed } from '../model/events/looseEnds.ts';
import { aboutEvents } from '../model/incremental/about.ts';
import type { EventNode } from '../model/model.ts';
import { isExternal } from './external.ts';
import type { Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  external: z.array(z.string()).default([]).describe('Events that another system consumes.'),
});

export const rule: Rule<z.infer<typeof options>> = {
  id: 'unconsumed-event',
  severity: 'info',
  summary: 'An event is published and nothing consumes it',
  hasFix: false,
  options,
  *check({ model, options: { external }, settingsOf }) {
    const told = aboutEvents(model, 'unconsumed-event', (it) => ({ ...placeOfName(model, it), ...tell(it) }));
    for (const event of unconsumed(model)) {
      if (isExternal({ settingsOf }, event, external) || /fail|reject|declin/i.test(event.name)) continue;
      yield told(event);
    }
  },
};

function tell(event: EventNode): Omit<RuleFinding, 'file' | 'at'> {
  return {
    symbol: event.name,
    message: `No consumer handles \`${event.name}\`.`,
    help: 'Add a consumer, stop producing it, or list it under `external` in the configuration.',
    related: event.producers
      .slice(0, 3)
      .map(({ file, at }) => ({ file, at, message: 'It is published here.' })),
  };
}
