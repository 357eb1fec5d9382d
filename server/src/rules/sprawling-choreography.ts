// A flow that nobody leads is written down nowhere: each service knows one hop of it.
import { z } from 'zod';
import { unledFlows, type ServiceFlow } from '../model/choreography/flows.ts';
import type { EventModel } from '../model/model.ts';
import type { Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  maxServices: z
    .number()
    .int()
    .positive()
    .default(4)
    .describe('Through how many services a flow may run without an orchestrator.'),
  maxHops: z
    .number()
    .int()
    .positive()
    .default(6)
    .describe('How many events may trigger each other in one flow without an orchestrator.'),
});

export const rule: Rule<z.infer<typeof options>> = {
  id: 'sprawling-choreography',
  severity: 'info',
  summary: 'A flow runs through many services by events alone, and nobody can say where it is',
  hasFix: false,
  options,
  *check({ model, options: { maxServices, maxHops } }) {
    if (!model.isComplete) return;
    for (const flow of unledFlows(model)) {
      if (flow.services.length > maxServices || flow.hops.length > maxHops) yield findingOf(model, flow);
    }
  },
};

function findingOf({ serviceOf }: EventModel, { start, hops, services }: ServiceFlow): RuleFinding {
  const way = [start, ...hops.map((it) => it.to)].map((it) => `\`${it.name}\``).join(' → ');
  const many =
    services.length > 1 ? `${services.length} services in ${hopsOf(hops.length)}` : hopsOf(hops.length);
  return {
    ...start.place,
    symbol: start.name,
    message: `${way} runs through ${many}, and nothing leads it: nobody can say where one such flow is.`,
    help: 'Let an orchestrator hold the state of the flow, or keep it as it is and trace it: a small team that owns all of it may prefer either.',
    related: hops.map(({ consumer: { file, at, name }, from, to }) => ({
      file,
      at,
      message: `\`${name}\` in ${serviceOf(file)} answers \`${from.name}\` with \`${to.name}\`.`,
    })),
  };
}

function hopsOf(count: number): string {
  return count === 1 ? '1 hop' : `${count} hops`;
}
