// What callers of a wrapper hand in, where a parameter or a member decides which message it publishes.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import { called, type Message, type ReadMessage } from '../messages/message.ts';
import { messagesTyped } from '../messages/typedMessages.ts';
import type { Linking } from '../program.ts';
import { below, partOf } from '../resolution/origins.ts';

/** What a call in a file hands in for a message that the callers of a wrapper know. */
export type HandedIn = (message: Message) => (file: FilePath, action: CallAction) => readonly Message[];

interface Reading {
  readonly linking: Linking;
  readonly read: ReadMessage;
}

/** Kept for each kind of message and call: most wrappers have many callers, and an edit changes few of them. */
export function keptHandedIn(reading: Reading): HandedIn {
  const asked = new Map<string, ReturnType<HandedIn>>();
  return (message) => {
    const {
      kind,
      name,
      index,
      path,
    }: { kind: string; name?: string; index?: number; path?: readonly string[] } = message;
    const question = `handed in as ${JSON.stringify([kind, name, index, path])}`;
    const known =
      asked.get(question) ??
      reading.linking.keeper.keep(question, (file, action: CallAction) =>
        handedIn(message, file, action, reading),
      );
    asked.set(question, known);
    return known;
  };
}

function handedIn(
  message: Message,
  caller: FilePath,
  action: CallAction,
  { linking, read }: Reading,
): readonly Message[] {
  if (message.kind === 'member')
    return message.path ? [] : ofReceiver(message.name, caller, action, { linking, read });
  if (message.kind !== 'parameter') return [];
  const arg = action.call.args[message.index];
  if (!arg) return [];
  const call = message.path.indexOf(called);
  if (call >= 0) return givenBy(message.path.slice(0, call), { file: caller, expr: arg }, { linking, read });
  const value = message.path.length === 0 ? undefined : linking.values.evaluate(caller, arg);
  const from = value?.kind === 'expr' ? value : { file: caller, expr: arg };
  const exact = partOf(from.expr, message.path);
  if (exact === 'kept') return [{ kind: 'relayed' }];
  const whole = exact && exact !== arg ? read(caller, arg).filter((it) => it.kind === 'type') : [];
  return [...(exact ? read(from.file, exact) : read(caller, arg)), ...whole];
}

/** `handle(store, openCart)`, `commandHandler(decider)`: what the function handed in gives. */
function givenBy(
  path: readonly string[],
  from: { readonly file: FilePath; readonly expr: Expr },
  { linking, read }: Reading,
): readonly Message[] {
  const value = path.length === 0 ? undefined : linking.values.evaluate(from.file, from.expr);
  const { file, expr } = value?.kind === 'expr' ? value : from;
  const target = below(expr, path);
  return (target ? linking.calls.functionsOf(file, target) : []).flatMap((fn) => {
    const typed = fn.fact.returns ? messagesTyped(linking, fn.file, fn.fact.returns) : [];
    if (typed.length > 0) return typed;
    return [...eachAction(fn.fact.body)].flatMap((it) =>
      it.kind === 'return' && it.value ? read(fn.file, it.value) : [],
    );
  });
}

/** `new OrderCreatedPublisher(client).publish(…)`: the receiver's class says what `this.subject` is. */
function ofReceiver(
  name: string,
  caller: FilePath,
  action: CallAction,
  { linking, read }: Reading,
): readonly Message[] {
  const { callee } = action.call;
  const receiver = callee.kind === 'member' ? linking.calls.typing.typeOf(caller, callee.object) : undefined;
  const member = receiver && linking.hierarchy.memberOf(receiver, name);
  const init: Expr | undefined = member?.member.init;
  return init && member ? read(member.node.file, init) : [];
}
