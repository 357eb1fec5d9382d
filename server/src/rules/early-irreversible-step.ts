// What can't be undone has to wait until nothing can fail any more: a mail that was sent stays sent.
import { z } from 'zod';
import { earlyIrreversibleSteps, type EarlyStep } from '../model/compensation/irreversible.ts';
import type { Rule, RuleFinding } from './rule.ts';

const said: Readonly<Record<EarlyStep['what'], string>> = {
  mail: 'the message has been read',
  money: 'the money is gone',
  goods: 'the goods are on their way',
};

export const rule: Rule = {
  id: 'early-irreversible-step',
  severity: 'warning',
  summary: 'A step that nobody can undo comes before a step that can still fail',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    for (const early of earlyIrreversibleSteps(model)) {
      // Where the step lacks a compensation too, that is said by another rule, at the same place.
      if (early.step.deed && early.step.compensation === 'no') continue;
      yield findingOf(early);
    }
  },
};

function findingOf({ step, what, next }: EarlyStep): RuleFinding {
  return {
    file: step.file,
    at: step.at,
    symbol: step.name,
    message: `\`${step.name}\` can't be undone and runs before \`${next.name}\`: when that fails, ${said[what]} all the same.`,
    help: `Move \`${step.name}\` behind the last step that can fail, or let it react to the event that ends the saga.`,
    related: [{ file: next.file, at: next.at, message: `\`${next.name}\` can still fail.` }],
  };
}
