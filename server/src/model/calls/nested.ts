// The actions of a body together with those of the callbacks in it.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { eachAction } from '../fileIndex.ts';

/** Every action of a body, callbacks that it hands to calls included. */
export function* everyAction(facts: FileFacts, body: readonly Action[], depth = 0): Iterable<Action> {
  for (const action of eachAction(body)) {
    yield action;
    // What a timer runs later is no failure of the handler.
    if (action.kind !== 'call' || depth > 4 || action.roles.some((it) => it.kind === 'schedule')) continue;
    for (const fn of callbacksOf(facts, action)) yield* everyAction(facts, fn.body, depth + 1);
  }
}

/** The functions written as arguments of a call. */
export function callbacksOf(facts: FileFacts, { call }: CallAction): readonly FunctionFact[] {
  return call.args.flatMap((it) => {
    const fn = it.kind === 'function' ? facts.functions[it.function] : undefined;
    return fn ? [fn] : [];
  });
}

/** Where a reader sees an action begin. */
export function startOf(action: Action): number {
  if (action.kind === 'call') return action.call.at.start;
  return action.kind === 'if' ? action.condition.at.start : action.at.start;
}

/** `delivery.run(message, () => service.handle(message))`: the work is what is wrapped, where that is a call of its own. */
export function withoutWrappers(facts: FileFacts, work: readonly CallAction[]): readonly CallAction[] {
  const wrapped = (it: CallAction): boolean =>
    callbacksOf(facts, it).some((fn) =>
      [...everyAction(facts, fn.body)].some((one) => work.some((w) => w === one)),
    );
  return work.filter((it) => !wrapped(it));
}
