// A saga that has no end: nobody can tell a finished one from one that is stuck, and its rows stay for ever.
import { z } from 'zod';
import { unendingSagas, type Unending } from '../model/sagas/sagaStates.ts';
import type { Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'unending-saga',
  severity: 'info',
  summary: 'A saga has a state that nothing leaves and that is not final, or no final state at all',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    for (const found of unendingSagas(model)) yield findingOf(found);
  },
};

function findingOf({ file, at, saga, states, stuck, isUnmarked }: Unending): RuleFinding {
  if (stuck === undefined) {
    return {
      file,
      at,
      symbol: saga,
      message: `\`${saga}\` sets ${states.map((it) => `\`${it}\``).join(', ')} and no final state: a finished saga looks like one that is stuck.`,
      help: 'Set a final state (`completed`, `failed`, `compensated`) when the last answer came.',
    };
  }
  return {
    file,
    at,
    symbol: stuck,
    message: `Nothing leaves the state \`${stuck}\` of \`${saga}\`, and it is not marked as final: a saga that gets there stays.`,
    help: isUnmarked
      ? "Add a way out, or mark it with `type: 'final'`."
      : 'Add the states that may follow, or give it a name that says how the saga ended.',
  };
}
