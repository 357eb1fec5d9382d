// Events that trigger each other in a circle: one message keeps the system busy until somebody switches it off.
import { z } from 'zod';
import { circlesOf } from '../model/choreography/circles.ts';
import type { Hop } from '../model/choreography/hops.ts';
import type { Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'event-cycle',
  severity: 'warning',
  summary: 'Events trigger each other in a circle that nothing ends',
  hasFix: false,
  options: z.object({}),
  *check({ model }) {
    for (const circle of circlesOf(model)) {
      const [first] = circle;
      if (first) yield findingOf(first, circle);
    }
  },
};

function findingOf({ from, consumer }: Hop, circle: readonly Hop[]): RuleFinding {
  const way = [...circle.map((it) => it.from), from].map((it) => `\`${it.name}\``).join(' → ');
  return {
    file: consumer.file,
    at: consumer.at,
    symbol: consumer.name,
    message: `${way} is a circle that nothing ends: each handler publishes the next event whatever happens, and one message runs for ever.`,
    help: 'Publish only where something changed, or take one hop out of the circle.',
    related: circle.map(({ producer, to }) => ({
      file: producer.file,
      at: producer.at,
      message: `\`${to.name}\` is published here.`,
    })),
  };
}
