// Code that hears of a failure and does nothing about it: logs, metrics, acknowledgements.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { isPure, isReport, isTelling } from '../calls/pureCalls.ts';
import { acknowledges } from '../delivery/acknowledging.ts';
import { pathOf } from '../effects/effects.ts';
import { journalsIn } from '../effects/journalLines.ts';
import { blocksOf, calleeName } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { rootOf } from '../resolution/values.ts';
import { isHousekeeping } from './housekeeping.ts';

/** Where the code stands. */
export interface QuietScope {
  readonly model: EventModel;
  readonly fn: FunctionNode;
  readonly facts: FileFacts;
  /** Whatever the code answers, nobody reads it. */
  readonly isAnswerLost?: true;
  /** Journals that hold a line of what went well too: one more line says no more than a log does. */
  readonly journals?: ReadonlySet<string>;
}

const maxDepth = 3;
const logs = /(?:^|\.)(?:console|\w*log(?:ger)?)\.(?:log|debug|info|warn|error|trace)$/i;

/** Only logs, metrics and acknowledgements: nothing is done about the failure. */
export function isQuiet(scope: QuietScope, actions: readonly Action[], depth = 0): boolean {
  return actions.every((action) => {
    switch (action.kind) {
      case 'call':
        return isQuietCall(scope, action, depth);
      case 'return':
        return isNothing(action.value) || (scope.isAnswerLost === true && isAnswer(action.value));
      case 'assign':
        return isAnnotation(scope.facts, action.target);
      case 'throw':
        return false;
      default:
        return blocksOf(action).every((it) => isQuiet(scope, it, depth));
    }
  });
}

/** `error.context = 'checkout'`: the line in the log says more, and nothing is done. */
function isAnnotation(facts: FileFacts, target: Expr): boolean {
  return target.kind === 'member' && rootOf(facts, target)?.kind === 'catch';
}

function isQuietCall(scope: QuietScope, action: CallAction, depth: number): boolean {
  const { roles, call, isNew } = action;
  if (acknowledges(scope.model, scope.fn, action) || isHousekeeping(action)) return true;
  if (scope.journals && journalsIn(scope.model, scope.fn, action).some((it) => scope.journals?.has(it)))
    return true;
  if (roles.length > 0)
    return (
      isReport(action) || roles.every((it) => it.kind === 'log' || (it.kind === 'ack' && it.what === 'ack'))
    );
  if (
    isTelling(scope.model, scope.fn.file, action) ||
    isPure(call.callee) ||
    isTimer(scope.facts, call.callee)
  )
    return true;
  if (isSettling(scope.facts, action)) return true;
  if (isNew) return action.settled === 'collected';
  const callees = scope.model.program.calleesOf(scope.fn.file, scope.fn, call);
  if (action.settled === 'collected' && callees.length > 0 && callees.every((it) => isTextual(scope, it)))
    return true;
  return (
    depth < maxDepth &&
    callees.length > 0 &&
    callees.every((it) => it.fact.body.length > 0 && isQuietFunction(scope, it, depth + 1))
  );
}

/** `const stop = histogram.startTimer(); … stop()`. */
function isTimer({ bindings }: FileFacts, callee: Expr): boolean {
  const made =
    callee.kind === 'name' && callee.binding !== undefined ? bindings[callee.binding]?.init : undefined;
  return made?.kind === 'call' && /(?:^|\.)startTimer$/.test(pathOf(made.callee));
}

/** `resolve()` of `new Promise(async (resolve) => …)`: whoever waits hears of no failure. */
export function isSettling(
  { bindings, functions }: FileFacts,
  { call: { callee, args } }: CallAction,
): boolean {
  const binding =
    callee.kind === 'name' && callee.binding !== undefined ? bindings[callee.binding] : undefined;
  if (binding?.kind !== 'parameter' || binding.index !== 0 || args.length > 0) return false;
  const executor = binding.function === undefined ? undefined : functions[binding.function];
  return executor?.kind === 'arrow' && /^_?resolve/.test(binding.name);
}

/** `new Promise((resolve) => channel.consume(replies, (message) => resolve(message)))`: the message is the answer that somebody waits for. */
export function answersPromise(facts: FileFacts, handler: FunctionFact): boolean {
  const { bindings, functions } = facts;
  return callsIn(handler.body).some(({ call: { callee } }) => {
    const binding =
      callee.kind === 'name' && callee.binding !== undefined ? bindings[callee.binding] : undefined;
    if (binding?.kind !== 'parameter' || binding.index !== 0 || binding.function === handler.id) return false;
    return functions.some(({ body }) =>
      callsIn(body).some(({ isNew, call: made }) => {
        const [executor] = made.args;
        const isPromise = isNew && calleeName(made.callee) === 'Promise';
        return isPromise && executor?.kind === 'function' && executor.function === binding.function;
      }),
    );
  });
}

/** `console.error(describe(error))`: what it makes is for the line in the log. */
function isTextual({ model }: QuietScope, fn: FunctionNode): boolean {
  return !fn.fact.isAsync && !fn.fact.isAbstract && model.bodyOf(fn).effects.length === 0;
}

function isQuietFunction(scope: QuietScope, fn: FunctionNode, depth: number): boolean {
  const facts = scope.model.files.get(fn.file);
  return facts !== undefined && !fn.fact.isAbstract && isQuiet({ ...scope, fn, facts }, fn.fact.body, depth);
}

/** Whether a callback that is given the failure of a promise does no more than tell of it: `console.error`, `(error) => log(error)`. */
export function isQuietCallback(model: EventModel, fn: FunctionNode, callback: Expr): boolean {
  const facts = model.files.get(fn.file);
  if (!facts) return false;
  const known = model.program.functionsOf(fn.file, callback);
  if (known.length === 0) return logs.test(pathOf(callback));
  const scope: QuietScope = { model, fn, facts };
  return known.every((it) => {
    const { body } = it.fact;
    // What it gives is nothing to a promise that nobody waits for.
    const steps = body.filter((one) => one.kind !== 'return');
    return (
      it.fact.body.length === 0 ||
      isQuiet({ ...scope, fn: it, facts: model.files.get(it.file) ?? facts }, steps)
    );
  });
}

function isNothing(value: Expr | undefined): boolean {
  return (
    value === undefined ||
    (value.kind === 'literal' && /^(?:null|undefined)$/.test(value.text)) ||
    isErrorStatus(value)
  );
}

/** `return { success: false }`, `return failed(error)`: what else such a call does is looked at by itself. */
function isAnswer(value: Expr | undefined): boolean {
  if (value?.kind === 'call') return true;
  return (
    value?.kind === 'object' &&
    value.entries.every((it) => it.key !== 'batchItemFailures') &&
    value.entries.some((it) => /^(?:ok|success|is_?success(?:ful)?|status|error)$/i.test(it.key))
  );
}

/** `return { statusCode: 500 }` means nothing to a queue. */
function isErrorStatus(value: Expr): boolean {
  return value.kind === 'object' && value.entries.some((it) => it.key === 'statusCode');
}

/** Whether there is nothing but lines in a log, and calls of what only writes such lines: nothing in it fails, and nothing is lost. */
export function onlyTells({ model, fn }: QuietScope, inside: readonly Action[]): boolean {
  const isLine = ({ roles }: CallAction): boolean =>
    roles.length > 0 && roles.every((it) => it.kind === 'log');
  const calls = inside.filter((it) => it.kind === 'call');
  if (calls.length === 0 || inside.some((it) => it.kind === 'throw')) return false;
  return calls.every((it) => {
    if (isLine(it)) return true;
    const callees = model.program.calleesOf(fn.file, fn, it.call);
    return callees.length > 0 && callees.every(({ fact }) => callsIn(fact.body).every(isLine));
  });
}
