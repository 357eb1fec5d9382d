// A consumer of an event that nobody publishes: it never runs.
import { z } from 'zod';
import { placeOfName } from '../model/events/listings.ts';
import { unproduced } from '../model/events/looseEnds.ts';
import { aboutEvents } from '../model/incremental/about.ts';
import type { EventNode } from '../model/model.ts';
import { isExternal } from './external.ts';
import type { Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  external: z.array(z.string()).default([]).describe('Events that another system produces.'),
});

export const rule: Rule<z.infer<typeof options>> = {
  id: 'unproduced-event',
  severity: 'info',
  summary: 'An event is consumed and nothing produces it',
  hasFix: false,
  options,
  *check({ model, options: { external }, settingsOf }) {
    const told = aboutEvents(model, 'unproduced-event', (it) => ({ ...placeOfName(model, it), ...tell(it) }));
    for (const event of unproduced(model)) {
      if (isExternal({ settingsOf }, event, external)) continue;
      yield told(event);
    }
  },
};

function tell(event: EventNode): Omit<RuleFinding, 'file' | 'at'> {
  return {
    symbol: event.name,
    message: `No producer publishes \`${event.name}\`: its consumers never run.`,
    help: 'Publish it, remove the consumer, or list it under `external` in the configuration.',
    related: event.consumers
      .slice(0, 3)
      .map(({ file, at }) => ({ file, at, message: 'It is consumed here.' })),
  };
}
