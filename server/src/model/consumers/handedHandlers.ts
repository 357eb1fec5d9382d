// The handler that a registration is handed: as a parameter of the function around it, or among its options.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import { parameterOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';

/** The call by which one handler runs another. */
export interface Entry {
  readonly caller: FunctionNode;
  readonly action: CallAction;
}

/** A parameter that is a handler, or that holds one. */
export interface HandedHandler {
  readonly fn: FunctionNode;
  readonly index: number;
  readonly entry?: Entry;
  /** Where in the parameter it stands; only for what the object was made with. */
  readonly path?: readonly string[];
}

/** What a handler is called among options. */
export const handlerKeys = /^(?:handler|handle|callback|listener|onMessage|onEvent|eachMessage|eachBatch)$/;

/** The parameter that is the handler, or that the handler calls: of the given function, or of whichever is around. */
export function handedHandler(
  facts: FileFacts,
  { handler }: ConsumerFact,
  fn: FunctionFact | undefined,
): HandedHandler | undefined {
  if (typeof handler !== 'number') return parameterBehind(facts, handler, fn);
  const fact = facts.functions[handler];
  if (!fact) return undefined;
  const found = actionsUnder(facts, fact).flatMap((action) => {
    const handed = action.kind === 'call' && parameterBehind(facts, action.call.callee, fn);
    if (!handed || handed.fn.fact === fact) return [];
    return [{ ...handed, entry: { caller: { file: facts.file, fact }, action } }];
  });
  return found.toSorted((a, b) => rankOf(facts, a.entry.action) - rankOf(facts, b.entry.action))[0];
}

/** Of what a handler calls of all it is handed: what is called a handler, then a function, then methods: `schema.parse(value)`. */
function rankOf(facts: FileFacts, { call: { callee } }: CallAction): number {
  if (callee.kind === 'member') return handlerKeys.test(callee.name) ? 0 : 2;
  if (callee.kind !== 'name') return 2;
  const from = callee.binding === undefined ? undefined : facts.bindings[callee.binding]?.init;
  const isHandler = handlerKeys.test(callee.name) || (from?.kind === 'member' && handlerKeys.test(from.name));
  return isHandler ? 0 : 1;
}

/** The actions of a handler and of the callbacks that it hands to others. */
export function actionsUnder(facts: FileFacts, fact: FunctionFact): readonly Action[] {
  return eachAction(fact.body).flatMap((it) => {
    const callbacks =
      it.kind === 'call'
        ? it.call.args.flatMap((arg) => (arg.kind === 'function' ? [arg.function] : []))
        : [];
    return [
      it,
      ...callbacks.flatMap((id) => facts.functions[id]?.body ?? []).flatMap((one) => eachAction([one])),
    ];
  });
}

/** `onMessage`, `handler.handle`, `options.onMessage`. */
function parameterBehind(
  facts: FileFacts,
  expr: Expr,
  fn: FunctionFact | undefined,
): HandedHandler | undefined {
  const root = rootOf(facts, expr);
  const parameter = root && parameterOf(facts, root);
  if (!parameter || (fn && parameter.fn !== fn)) return undefined;
  return { fn: { file: facts.file, fact: parameter.fn }, index: parameter.index };
}
