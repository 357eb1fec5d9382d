// Registrations that hand on what they are handed: `on(name, handler) { this.emitter.on(name, handler); }`. Their callers consume.
import type { CallAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../facts/facts.ts';
import type { FilePath, Span } from '../text.ts';
import { eachAction } from './fileIndex.ts';
import { called, type Message } from './message.ts';
import type { FunctionNode } from './model.ts';
import { below } from './origins.ts';
import type { Linking } from './program.ts';
import { rootOf } from './values.ts';

/** An expression and the file that it is written in. */
interface Written {
  readonly file: FilePath;
  readonly expr: Expr;
}

/** A call that registers a handler through a function of the workspace. */
export interface Registrar {
  readonly file: FilePath;
  readonly at: Span;
  readonly event: Written;
  readonly handler?: Written;
  /** The handler, where it is the registering function's own. */
  readonly fn?: FunctionNode;
}

/**
 * Who registers through this registration; empty for a base class, whose subclasses consume; undefined where the registration
 * stands for itself.
 */
export function registrars(
  facts: FileFacts,
  fact: ConsumerFact,
  said: readonly Message[],
  linking: Linking,
): readonly Registrar[] | undefined {
  if (said.some((it) => it.kind === 'member' && it.owner.fact.isAbstract)) return [];
  const handed = said.filter(isHandedIn);
  const [named] = handed;
  if (!named) return undefined;
  const callers = linking.calls.callersOf({ file: facts.file, fact: named.fn });
  const handler = handlerParameter(facts, fact, named.fn);
  const found = callers.flatMap(({ caller, action: { call } }): readonly Registrar[] => {
    const behind = (index: number): Written | undefined => writtenAt(caller.file, call.args[index], linking);
    const events = handed.flatMap(({ index, path }) => {
      const whole = behind(index);
      const expr = whole && below(path.length > 0 ? whole.expr : (call.args[index] ?? whole.expr), path);
      return expr ? [{ file: path.length > 0 ? whole.file : caller.file, expr }] : [];
    });
    const [event] = events;
    if (!event) return [];
    const options = handler ?? (named.path.length > 0 ? named.index : -1);
    const given =
      handlerIn(behind(options)) ??
      (named.path.length > 0 ? undefined : argument(caller.file, call.args[options]));
    const site = { file: caller.file, at: call.at, event };
    return [{ ...site, ...(given ? { handler: given } : own(facts, fact)) }];
  });
  return found.length > 0 ? found : undefined;
}

type Parameter = Message & { readonly kind: 'parameter' };

function isHandedIn(message: Message): message is Parameter {
  return message.kind === 'parameter' && message.path.length < 2 && !message.path.includes(called);
}

function argument(file: FilePath, expr: Expr | undefined): Written | undefined {
  return expr && { file, expr };
}

/** An argument, or what the name that is handed in stands for. */
function writtenAt(file: FilePath, arg: Expr | undefined, { values }: Linking): Written | undefined {
  const value = arg && values.evaluate(file, arg);
  return value?.kind === 'expr' ? value : argument(file, arg);
}

const handlerKeys = /^(?:handler|handle|callback|listener|onMessage|onEvent|eachMessage|eachBatch)$/;

/** `listen({ eventName: 'order.placed', handler: reserve })`. */
function handlerIn(options: Written | undefined): Written | undefined {
  if (options?.expr.kind !== 'object') return undefined;
  return argument(options.file, options.expr.entries.find(({ key }) => handlerKeys.test(key))?.value);
}

function own(facts: FileFacts, { handler }: ConsumerFact): { readonly fn?: FunctionNode } {
  const fact = typeof handler === 'number' ? facts.functions[handler] : undefined;
  return fact ? { fn: { file: facts.file, fact } } : {};
}

/** Which parameter of the registering function is the handler. */
function handlerParameter(facts: FileFacts, { handler }: ConsumerFact, fn: FunctionFact): number | undefined {
  const root = typeof handler === 'number' ? undefined : rootOf(facts, handler);
  return root?.kind === 'parameter' && facts.functions[root.function ?? -1] === fn ? root.index : undefined;
}

/** What an inherited handler leaves to the class: `handle` of the base calls `this.work(event)`, which is abstract there. */
export function filledIn(
  facts: FileFacts,
  { owner }: ConsumerFact,
  called: FunctionNode,
  { hierarchy }: Linking,
):
  | {
      readonly handler: FunctionNode;
      readonly entry: { readonly caller: FunctionNode; readonly action: CallAction };
    }
  | undefined {
  const type = owner === undefined ? undefined : facts.types.find((it) => it.name === owner);
  if (!type || called.fact.owner === undefined || called.fact.owner === owner) return undefined;
  for (const action of eachAction(called.fact.body)) {
    if (action.kind !== 'call' || action.call.callee.kind !== 'member') continue;
    const { object, name } = action.call.callee;
    const handler =
      object.kind === 'this' ? hierarchy.methodOf({ file: facts.file, fact: type }, name) : undefined;
    if (handler && handler.fact.owner === owner && takesEvent(action))
      return { handler, entry: { caller: called, action } };
  }
  return undefined;
}

function takesEvent({ call }: CallAction): boolean {
  return call.args.length > 0;
}
