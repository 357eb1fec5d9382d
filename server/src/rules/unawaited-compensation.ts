// A compensation that nobody waits for: it may fail unseen, and the process may end before it ran.
import { z } from 'zod';
import type { FloatingCompensation } from '../model/compensation/droppedCalls.ts';
import { floatingCompensations } from '../model/compensation/floatingCompensations.ts';
import { calleeName } from '../model/fileIndex.ts';
import { canAwait } from '../model/producers/lostPublishes.ts';
import { nameElsewhere, placeOf } from '../model/sagas/registrations.ts';
import { keptFindings } from './keptFindings.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'unawaited-compensation',
  severity: 'error',
  summary: 'A compensation is started and not awaited, so nobody knows whether it ran',
  hasFix: true,
  options: z.strictObject({}),
  *check({ model }) {
    const findings = keptFindings(model, {
      question: 'findings of floating compensations',
      keyOf,
      findingOf,
    });
    for (const it of floatingCompensations(model)) yield findings(it);
  },
};

function keyOf({ fn, action, undoing, way }: FloatingCompensation): string {
  const places = [fn.file, fn.fact.id, action.call.at.start, undoing.call.at.start, undoing.call.at.end];
  const names = [nameElsewhere(action), nameElsewhere(undoing), calleeName(undoing.call.callee)];
  return [...places, way, ...names].join(' ');
}

function findingOf(floating: FloatingCompensation): RuleFinding {
  const { fn, action, undoing, way } = floating;
  const undone = nameElsewhere(undoing) ?? calleeName(undoing.call.callee) ?? 'the compensation';
  const symbol = nameElsewhere(action) ?? calleeName(action.call.callee) ?? undone;
  const back = way === 'call' ? symbol : undone;
  return {
    file: fn.file,
    at: placeOf(action),
    symbol,
    message:
      way === 'call'
        ? `Nobody waits for \`${back}\`, which takes a step back: when it fails nobody knows, and the process may end before it ran.`
        : `\`${symbol}\` does not wait for \`${back}\`: the compensations run all at once, and nobody knows whether they did.`,
    help:
      way === 'call'
        ? `${fn.fact.isGenerator ? 'Yield' : 'Await'} it, and retry and record what fails.`
        : 'Write `for (… of …)`, await each inside, and retry and record what fails.',
    ...(way !== 'call' && {
      related: [{ file: fn.file, at: undoing.call.at, message: `\`${back}\` takes a step back.` }],
    }),
    fixes: fixesOf(floating, back),
  };
}

function fixesOf({ fn, action, way }: FloatingCompensation, back: string): readonly Fix[] {
  const target = { file: fn.file, at: action.call.at };
  if (way !== 'call')
    return canAwait(fn.fact, action)
      ? [{ title: 'Await each in a loop', plan: { kind: 'await-each', target }, isPreferred: true }]
      : [];
  // In a callback of `forEach` an `await` would only move the fault.
  return fn.fact.kind !== 'arrow' && canAwait(fn.fact, action)
    ? [{ title: `Await ${back}`, plan: { kind: 'await-call', target }, isPreferred: true, isSafe: true }]
    : [];
}
