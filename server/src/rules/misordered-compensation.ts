// Compensations in the order of the steps: the first is taken back while what was built on it still stands.
import { z } from 'zod';
import { misorderedRuns, type ForwardPair, type ForwardRun } from '../model/compensation/misordered.ts';
import { calleeName } from '../model/fileIndex.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'misordered-compensation',
  severity: 'warning',
  summary: 'Compensations run in the order of the steps, not in reverse',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model }) {
    for (const found of misorderedRuns(model)) yield found.kind === 'list' ? ofList(found) : ofCalls(found);
  },
};

function ofList(found: ForwardRun): RuleFinding {
  const { run, at, name } = found;
  const back = calleeName(run.action.call.callee) ?? 'it';
  return {
    file: run.fn.file,
    at,
    symbol: name,
    message: `\`${name}\` is taken back from its start: what was done first is undone while what was built on it still stands.`,
    help: 'Go through it in reverse, the last step first.',
    related: [{ file: run.fn.file, at: run.action.call.at, message: `\`${back}\` takes a step back.` }],
    fixes: fixesOf(found),
  };
}

function fixesOf({ run, at }: ForwardRun): readonly Fix[] {
  const { file } = run.fn;
  if (run.way === 'reduce' && run.site) {
    const plan = { kind: 'insert-text', file, at: run.site.call.at, text: 'reduceRight' } as const;
    return [{ title: 'Start with the last step', plan, isPreferred: true, isSafe: true }];
  }
  if (run.way !== 'loop' && run.way !== 'forEach') return [];
  const plan = { kind: 'reverse-list', target: { file, at } } as const;
  return [{ title: 'Start with the last step', plan, isPreferred: true, isSafe: true }];
}

function ofCalls({ file, first, second, all }: ForwardPair): RuleFinding {
  const [one, other] = [first.undoing.name, second.undoing.name];
  return {
    file,
    at: first.undoing.at,
    symbol: lastOf(one),
    message: `\`${one}\` runs before \`${other}\`, as their steps did: \`${first.step.name}\` is undone while \`${second.step.name}\`, which came after it, still stands.`,
    help: `Take back \`${second.step.name}\` first.`,
    related: [
      { file: second.undoing.file, at: second.undoing.at, message: `\`${other}\` comes second.` },
      { file: second.step.file, at: second.step.at, message: `\`${second.step.name}\` ran second too.` },
    ],
    fixes: [
      {
        title: 'Take back the last step first',
        plan: { kind: 'reverse-statements', file, calls: all },
        isPreferred: true,
      },
    ],
  };
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
