// A step that runs again after a crash or a lost answer, and does its work a second time because nothing tells the receiver.
import { z } from 'zod';
import { unkeyedCalls, type Repeat, type RepeatedCall } from '../model/sagas/repeatedSteps.ts';
import type { Rule, RuleFinding } from './rule.ts';

const reasons: Readonly<Record<Repeat, string>> = {
  engine: 'The engine runs a step again whose answer it did not get',
  resume: 'A saga that is resumed runs the step again in which it was interrupted',
  retry: 'A retry runs the step again',
};

export const rule: Rule = {
  id: 'non-idempotent-step',
  severity: 'info',
  summary: 'A step that is resumed or retried repeats its remote call without an idempotency key',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    const seen = new Set<string>();
    for (const call of unkeyedCalls(model)) {
      const finding = findingOf(call);
      const key = `${finding.file} ${finding.at.start}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield finding;
    }
  },
};

function findingOf({ step, effect, why, saga }: RepeatedCall): RuleFinding {
  const harm = effect.role.kind === 'remote' && effect.role.what === 'payment' ? 'pays' : 'does its work';
  return {
    file: step.file,
    at: step.at,
    symbol: step.name,
    message: `${reasons[why]}, and \`${step.name}\` calls \`${effect.name}\` without an idempotency key: the second call ${harm} twice.`,
    help: `Hand over a key made of the id of \`${saga.name}\` and the name of the step, which is the same on every attempt.`,
    related: [{ file: effect.file, at: effect.at, message: `\`${effect.name}\` is repeated.` }],
  };
}
