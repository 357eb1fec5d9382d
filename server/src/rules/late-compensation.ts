// A step may take effect and still fail: what takes it back has to be known before it runs.
import { z } from 'zod';
import { lateCompensations, type LateCompensation } from '../model/lateCompensations.ts';
import type { Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'late-compensation',
  severity: 'info',
  summary:
    'A compensation becomes known only after its step returned, so a step that timed out is never undone',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    for (const late of lateCompensations(model)) yield findingOf(late);
  },
};

function findingOf({ of, file, at, symbol, kept, deed }: LateCompensation): RuleFinding {
  const isStep = of === 'step';
  return {
    file,
    at,
    symbol,
    message: isStep
      ? `\`${kept}\` becomes known only after \`${deed.name}\` returned: when that times out but took effect, nothing takes it back.`
      : `A step enters \`${kept}\` only after \`${deed.name}\` returned: one that timed out but took effect is never taken back.`,
    help: isStep
      ? 'Register it before the step, under a key of the saga instead of what the step returns, and let it accept that there is nothing to undo.'
      : 'Enter the step before it runs, and let the compensations accept that there is nothing to undo.',
    related: [{ file, at: deed.at, message: `\`${deed.name}\` may take effect without returning.` }],
  };
}
