// A step may take effect and still fail: what takes it back has to be known before it runs.
import { z } from 'zod';
import { lateCompensations, type LateCompensation } from '../model/compensation/lateCompensations.ts';
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

const said: Readonly<
  Record<
    LateCompensation['of'],
    (kept: string, deed: string) => { readonly message: string; readonly help: string }
  >
> = {
  step: (kept, deed) => ({
    message: `\`${kept}\` becomes known only after \`${deed}\` returned: when that times out but took effect, nothing takes it back.`,
    help: 'Register it before the step, under a key of the saga instead of what the step returns, and let it accept that there is nothing to undo.',
  }),
  mark: (kept, deed) => ({
    message: `\`${kept}\` is set only after \`${deed}\` returned: when that times out but took effect, nothing takes it back.`,
    help: 'Set it before the step, know the step by a key of the saga instead of what it returns, and let the compensation accept that there is nothing to undo.',
  }),
  entry: (kept, deed) => ({
    message: `\`${kept}\` takes in \`${deed}\` only after it returned: when that times out but took effect, nothing takes it back.`,
    help: 'Enter the step before it runs, know it by a key of the saga instead of what it returns, and let the compensation accept that there is nothing to undo.',
  }),
  runner: (kept, deed) => ({
    message: `A step enters \`${kept}\` only after \`${deed}\` returned: one that timed out but took effect is never taken back.`,
    help: 'Enter the step before it runs, and let the compensations accept that there is nothing to undo.',
  }),
};

function findingOf({ of, file, at, symbol, kept, deed }: LateCompensation): RuleFinding {
  return {
    file,
    at,
    symbol,
    ...said[of](kept, deed.name),
    related: [{ file, at: deed.at, message: `\`${deed.name}\` may take effect without returning.` }],
  };
}
