// Messages that a consumer fetches and goes through by itself: which call gave them, and failures that `Promise.allSettled` gathers
// for nobody.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { partsOf } from '../../facts/walk.ts';
import { callbacksOf, everyAction } from '../calls/nested.ts';
import { pathOf } from '../effects/effects.ts';
import { isAck, type Scope } from './acknowledgedAnyway.ts';

/** What is gone through around an attempt, the messages that it handles among it. */
export function listsAround(facts: FileFacts, { at }: TryAction, all: readonly Action[]): readonly Expr[] {
  return all.flatMap((it) => listAround(facts, it, at.start) ?? []);
}

/** `const { Messages } = await sqs.send(…)` before the loop that an attempt stands in: it brings the messages, and does nothing with them. */
export function givesMessages(facts: FileFacts, { call }: CallAction, lists: readonly Expr[]): boolean {
  return lists.some((it) => isMadeBy(facts, it, call.at.start, 8));
}

/** The same of a call that goes through them: `Promise.allSettled(messages.map(handle))`. */
export function bringsWhat(facts: FileFacts, action: Action, { call }: CallAction): boolean {
  return action.kind === 'call' && call.args.some((it) => isMadeBy(facts, it, action.call.at.start, 8));
}

/** What is gone through around a place: by a loop, or by a callback of `map` or `forEach`. */
function listAround(facts: FileFacts, action: Action, start: number): Expr | undefined {
  if (action.kind === 'loop') {
    const isAround = action.at.start <= start && start < action.at.end;
    return isAround ? action.over : undefined;
  }
  if (action.kind !== 'call' || action.call.callee.kind !== 'member') return undefined;
  const isAround = callbacksOf(facts, action).some(({ span }) => span.start <= start && start < span.end);
  return isAround ? action.call.callee.object : undefined;
}

function isMadeBy(facts: FileFacts, expr: Expr, start: number, steps: number): boolean {
  if (expr.kind === 'call' && expr.at.start === start) return true;
  if (steps === 0) return false;
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined;
  const parts = binding?.init ? [binding.init] : partsOf(expr);
  return parts.some((it) => isMadeBy(facts, it, start, steps - 1));
}

/** `await Promise.allSettled(records.map(ship))` whose result nobody takes: what fails in it is gone. */
export function isGatheredForNobody(scope: Scope, action: CallAction): boolean {
  const { call, settled, result } = action;
  if (pathOf(call.callee) !== 'Promise.allSettled' || settled !== 'awaited' || result !== undefined)
    return false;
  // What has a catch of its own looks at its failure there.
  return runIn(scope, call.args).some(
    ({ effects, isHeld }) => !isHeld && effects.some((it) => !it.inTry && !it.inCatch),
  );
}

/** What the functions do that make the promises of a list, and whether they acknowledge by themselves. */
function runIn(
  { model, fn, facts, ...scope }: Scope,
  args: readonly Expr[],
): readonly { readonly effects: ReturnType<typeof model.bodyOf>['effects']; readonly isHeld: boolean }[] {
  const handed = args.flatMap((it) => (it.kind === 'call' ? it.args : it.kind === 'array' ? [] : [it]));
  return handed.flatMap((it) =>
    model.program.functionsOf(fn.file, it).map((one) => {
      const own = model.files.get(one.file) ?? facts;
      const actions = [...everyAction(own, one.fact.body)];
      const isHeld = actions.some(
        (step) => step.kind === 'call' && isAck({ ...scope, model, fn: one, facts: own }, step),
      );
      return { effects: model.bodyOf(one).effects, isHeld };
    }),
  );
}
