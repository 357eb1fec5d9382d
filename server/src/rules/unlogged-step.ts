// A saga whose steps leave no trace: when it ends half way nobody can say which step ran, nor what was taken back.
import { z } from 'zod';
import { untraced } from '../model/sagas/traces.ts';
import type { Rule } from './rule.ts';

export const rule: Rule = {
  id: 'unlogged-step',
  severity: 'info',
  summary: 'Steps and compensations of a saga leave no trace',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    for (const { file, at, name } of untraced(model)) {
      yield {
        file,
        at,
        symbol: name,
        message: `\`${name}\` runs steps and takes them back without a trace: when a saga ends half way, nobody can say which of them ran.`,
        help: 'Log the start and the end of each step and each compensation with the id of the saga and its correlation id, or append them to a log of sagas.',
      };
    }
  },
};
