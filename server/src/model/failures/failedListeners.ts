// What happens outside a function after it failed: in catches of its callers, and in what hears of a failed job of its queue.
import type { CallAction } from '../../facts/actions.ts';
import type { DecoratorFact, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { rootOf } from '../resolution/values.ts';

const decorating = /^On(?:Worker|Queue|QueueEvents?)(?:Event|Failed)$/;

/** The calls that run then, in order. */
export function callsAfterFailure(fn: FunctionNode, linking: Linking): readonly CallAction[] {
  return [...callersCatches(fn, linking), ...ofFailedJobs(fn, linking)];
}

/** What catches around calls of the function do. */
function callersCatches(fn: FunctionNode, { calls }: Linking): readonly CallAction[] {
  return calls.callersOf(fn).flatMap(({ caller, action }) =>
    [...eachAction(caller.fact.body)].flatMap((it) => {
      if (it.kind !== 'try' || ![...eachAction(it.body)].includes(action)) return [];
      return [...eachAction(it.handler ?? [])].flatMap((one) => (one.kind === 'call' ? [one] : []));
    }),
  );
}

/** What hears of failed jobs where the function is the handler of a queue's jobs, or that calls it. */
function ofFailedJobs(fn: FunctionNode, { calls, files }: Linking): readonly CallAction[] {
  const handlers = [fn, ...calls.callersOf(fn).map((it) => it.caller)];
  return handlers.flatMap(({ file, fact }) => {
    const facts = files.get(file);
    const listeners = facts ? [...listenersOn(facts, fact), ...listenersBeside(facts, fact)] : [];
    return listeners.flatMap(({ body }) =>
      [...eachAction(body)].flatMap((it) => (it.kind === 'call' ? [it] : [])),
    );
  });
}

/** `const worker = new Worker('orders', handle); worker.on('failed', …)`. */
function listenersOn(facts: FileFacts, handler: FunctionFact): readonly FunctionFact[] {
  const sites = indexOf(facts).calls.get('on') ?? [];
  return sites.flatMap(({ action: { call } }) => {
    const [event, listener] = call.args;
    if (event?.kind !== 'string' || event.value !== 'failed' || call.callee.kind !== 'member') return [];
    const worker = rootOf(facts, call.callee.object)?.init;
    const runs = worker?.kind === 'new' && worker.args.some((it) => functionOf(facts, it) === handler);
    const found = runs && listener ? functionOf(facts, listener) : undefined;
    return found ? [found] : [];
  });
}

function functionOf(facts: FileFacts, expr: Expr): FunctionFact | undefined {
  if (expr.kind === 'function') return facts.functions[expr.function];
  if (expr.kind !== 'name') return undefined;
  const binding = rootOf(facts, expr);
  if (binding?.init?.kind === 'function') return facts.functions[binding.init.function];
  return binding?.kind === 'function'
    ? facts.functions.find((it) => it.at.start === binding.at.start)
    : undefined;
}

/** The method beside the handler in the class of its queue. */
function listenersBeside({ functions }: FileFacts, { owner }: FunctionFact): readonly FunctionFact[] {
  if (owner === undefined) return [];
  return functions.filter((it) => it.owner === owner && it.decorators.some(hearsOfFailures));
}

function hearsOfFailures({ name, args: [event] }: DecoratorFact): boolean {
  return (
    decorating.test(name) && (/Failed$/.test(name) || (event?.kind === 'string' && event.value === 'failed'))
  );
}
