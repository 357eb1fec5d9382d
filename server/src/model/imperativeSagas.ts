// The steps of a saga that is one function: its calls in order, and what its catch, or a stack of undoing calls, takes back.
import type { Action, CallAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { pathOf } from './effects.ts';
import { blocksOf, eachAction } from './fileIndex.ts';
import type { Answer, Body, Effect, FunctionNode, StepNode } from './model.ts';
import type { Linking } from './program.ts';
import { isUndoing, undoes } from './undoing.ts';

const stack = /^(?:push|unshift|add|addCompensation|register|registerCompensation|defer|onRollback)$/;

/** A call of the body and where it stands. */
interface Placed {
  readonly action: CallAction;
  readonly inCatch: boolean;
}

/** Derives steps from what a function does in order. */
export function stepsInBody(
  fn: FunctionNode,
  linking: Linking,
  bodyOf: (fn: FunctionNode) => Body,
): readonly StepNode[] {
  const facts = linking.files.get(fn.file);
  if (!facts) return [];
  const placed = [...placedCalls(fn.fact.body, false)];
  const effects = effectsByCall(bodyOf(fn).effects);
  const undoingCalls = undoingIn(fn, facts, placed, linking);
  const isGeneric = placed.some((it) => it.inCatch && isRunningStack(it.action));
  return placed.flatMap(({ action, inCatch }, index) => {
    const own = effects.get(action.call.at.start) ?? [];
    if (inCatch || stack.test(nameOf(action)) || own.length === 0) return [];
    if (isUndoing(pathOf(action.call.callee))) return [];
    const step: StepNode = {
      name: nameOf(action),
      file: fn.file,
      at: action.call.at,
      effects: own,
      canFail: own.some((it) => it.role.kind !== 'publish'),
      isPivot: false,
      isRetriable: false,
      hasTimeLimit: false,
      undoing: [],
      compensation: compensationOf(action, placed.slice(index + 1), undoingCalls, isGeneric),
    };
    return [step];
  });
}

function compensationOf(
  action: CallAction,
  after: readonly Placed[],
  undoingCalls: readonly Expr[],
  isGeneric: boolean,
): Answer {
  if (undoingCalls.some((it) => undoes(it, action.call.callee))) return 'yes';
  const next = after.find((it) => it.action.settled === 'awaited' || stack.test(nameOf(it.action)));
  if (next && stack.test(nameOf(next.action)) && next.action.call.args.some((it) => it.kind === 'function'))
    return 'yes';
  return isGeneric ? 'unknown' : 'no';
}

function* placedCalls(actions: readonly Action[], inCatch: boolean): Iterable<Placed> {
  for (const action of actions) {
    if (action.kind === 'call') yield { action, inCatch };
    else if (action.kind === 'try') {
      yield* placedCalls(action.body, inCatch);
      yield* placedCalls(action.handler ?? [], true);
      yield* placedCalls(action.finalizer, inCatch);
    } else for (const block of blocksOf(action)) yield* placedCalls(block, inCatch);
  }
}

function effectsByCall(effects: readonly Effect[]): ReadonlyMap<number, readonly Effect[]> {
  const byCall = new Map<number, Effect[]>();
  for (const effect of effects) {
    if (effect.role.kind === 'remote' && effect.role.isRead) continue;
    const start = (effect.via[0] ?? effect).at.start;
    const found = byCall.get(start);
    if (found) found.push(effect);
    else byCall.set(start, [effect]);
  }
  return byCall;
}

/** The callees that take something back: in a catch, in functions called there, in callbacks kept for later. */
function undoingIn(
  fn: FunctionNode,
  facts: FileFacts,
  placed: readonly Placed[],
  linking: Linking,
): readonly Expr[] {
  const found: Expr[] = [];
  for (const { action, inCatch } of placed) {
    if (inCatch) found.push(action.call.callee, ...calledBy(fn, action, linking));
    if (!stack.test(nameOf(action))) continue;
    for (const arg of action.call.args) found.push(...calledIn(facts, arg));
  }
  return found.filter((it) => isUndoing(pathOf(it)));
}

function calledBy(fn: FunctionNode, action: CallAction, linking: Linking): readonly Expr[] {
  return linking.calls.callees(fn.file, action.call).flatMap((callee) => {
    const called = [...eachAction(callee.fact.body)];
    return called.flatMap((it) => (it.kind === 'call' ? [it.call.callee] : []));
  });
}

function calledIn(facts: FileFacts, arg: Expr): readonly Expr[] {
  const fn = arg.kind === 'function' ? facts.functions[arg.function] : undefined;
  if (!fn) return [];
  return [...eachAction(fn.body)].flatMap((it) => (it.kind === 'call' ? [it.call.callee] : []));
}

/** `compensate()`, `rollback(saga)`, or a loop that runs what was pushed. */
function isRunningStack(action: CallAction): boolean {
  return /compensat|rollback|undo/i.test(pathOf(action.call.callee));
}

function nameOf({ call }: CallAction): string {
  return call.callee.kind === 'name' || call.callee.kind === 'member' ? call.callee.name : '';
}
