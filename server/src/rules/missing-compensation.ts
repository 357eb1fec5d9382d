// A saga's step that nothing takes back when a later step fails: half of the business transaction stays done.
import { z } from 'zod';
import type { Effect, SagaNode, StepNode } from '../model/model.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'missing-compensation',
  severity: 'error',
  summary: 'A step of a saga changes something, a later step can fail, and nothing takes the change back',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model }) {
    for (const saga of model.sagas) {
      const { steps } = saga;
      const pivot = steps.findIndex((it) => it.isPivot);
      const revocable = pivot < 0 ? steps : steps.slice(0, pivot);
      for (const [index, step] of revocable.entries()) {
        const next = steps.slice(index + 1).find((it) => it.canFail && !it.isRetriable);
        const deed = lastingDeed(saga, step);
        if (next && deed && step.compensation === 'no' && !step.isRetriable)
          yield findingOf(saga, step, deed, next);
      }
    }
  },
};

/** What the step leaves behind: not a read, not a mail that can't be unsent, not an announcement. */
function lastingDeed({ fact }: SagaNode, { effects }: StepNode): Effect | undefined {
  // One function's own writes are usually one local transaction; in a declared step they are a service's state.
  const isDeclared = fact.form !== 'imperative';
  return effects.find(({ role, isIdempotent, inTransaction }) => {
    if (role.kind === 'remote') return !role.isRead && role.what !== 'email' && role.what !== 'sms';
    return role.kind === 'write' && isDeclared && !(isIdempotent && inTransaction);
  });
}

function findingOf(saga: SagaNode, step: StepNode, deed: Effect, next: StepNode): RuleFinding {
  return {
    file: step.file,
    at: step.at,
    symbol: step.name,
    message: `When \`${next.name}\` fails, nothing takes back what \`${step.name}\` did with \`${deed.name}\`: \`${saga.name}\` stays half done.`,
    help: `Add a compensation to \`${step.name}\` that undoes it and may run twice, or mark the step as the pivot if the saga only goes forward from there.`,
    related: [
      { file: deed.file, at: deed.at, message: `\`${deed.name}\` changes something.` },
      { file: next.file, at: next.at, message: `\`${next.name}\` can fail.` },
    ],
    fixes: fixesOf(saga, step),
  };
}

function fixesOf({ fact }: SagaNode, { file, at, name }: StepNode): readonly Fix[] {
  if (fact.form !== 'steps') return [];
  const plan = { kind: 'add-compensation', target: { file, at }, stepName: name } as const;
  return [{ title: `Add a compensation to ${name}`, plan }];
}
