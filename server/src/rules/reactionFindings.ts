// What is said where a consumer loses the failure of what it takes back.
import { callsIn } from '../facts/walk.ts';
import type { LostCompensation } from '../model/compensation/compensating.ts';
import { lostReactions, type LostReaction } from '../model/compensation/lostReactions.ts';
import { pathOf } from '../model/effects/effects.ts';
import type { EventModel } from '../model/model.ts';
import type { Span } from '../text.ts';
import { escalationFixes } from './escalationFixes.ts';
import type { Fix, RuleFinding } from './rule.ts';

const help = {
  delivered:
    'Throw the error on, so that the broker brings the message again and a dead-letter queue keeps it in the end; or record what stays done and alert somebody.',
  alone:
    'Retry it, and then record what stays done and alert somebody, or hand the message to a dead-letter queue.',
} as const;

/** All of them, but for those of which something was said already. */
export function* reactionFindings(
  model: EventModel,
  said: readonly LostCompensation[],
): Iterable<RuleFinding> {
  const known = new Set(said.map((it) => it.action));
  for (const it of lostReactions(model)) {
    const inside = it.tried ? callsIn(it.tried.body) : [it.action];
    if (!inside.some((action) => known.has(action))) yield findingOf(model, it);
  }
}

function findingOf(model: EventModel, lost: LostReaction): RuleFinding {
  const { fn, tried, end, by, isDelivered } = lost;
  const { name, at } = nameOf(lost);
  const what =
    by === 'told'
      ? 'calls off what was done, and its failure is only logged: whoever holds something for it never hears of it'
      : `takes a step back, and ${tried?.handler?.length === 0 ? 'its failure is ignored' : 'its failure is only logged'}: what it should take back stays done, and nobody is told`;
  return {
    file: fn.file,
    at,
    symbol: name,
    ...(by === 'told' && { severity: 'info' }),
    message: `\`${name}\` ${what}.`,
    help: isDelivered ? help.delivered : help.alone,
    related: [{ file: fn.file, at: end, message: 'This catch ends the failure.' }],
    fixes: fixesFor(model, lost, name),
  };
}

function fixesFor(model: EventModel, lost: LostReaction, name: string): readonly Fix[] {
  const { fn, tried, end, action, isDelivered } = lost;
  if (isDelivered && tried?.finalizer.length === 0) {
    const plan = { kind: 'rethrow', target: { file: fn.file, at: end } } as const;
    return [{ title: 'Throw the error on', plan, isPreferred: true }];
  }
  if (lost.by !== 'call') return [];
  const compensation: LostCompensation = {
    fn,
    action,
    loss: 'only-logged',
    isLostAnyhow: true,
    isActivity: false,
  };
  return escalationFixes(model, { lost: compensation, name, each: undefined });
}

/** The call by its name, with what it is called on where it is a mere `execute`; else the function around it. */
function nameOf({ fn, action, by }: LostReaction): { readonly name: string; readonly at: Span } {
  if (by !== 'call' && fn.fact.name !== '') return fn.fact;
  const { callee, at } = action.call;
  const parts = pathOf(callee).split('.');
  const last = parts.at(-1) ?? 'This';
  return { name: /^(?:execute|run|call|handle|invoke)$/.test(last) ? parts.slice(-2).join('.') : last, at };
}
