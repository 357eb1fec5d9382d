// An abstract base that registers for its subclasses: `subscribe({ topic: this.topic })`, and `this.onMessage(…)` in the handler.
// Each subclass consumes what it names, by its own method.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { isTold, type Message, type ReadMessage } from '../messages/message.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import type { ConsumerDraft } from './consumerDraft.ts';
import { actionsUnder } from './handedHandlers.ts';
import { madeByClass, type Member } from './registrars.ts';

interface Tools {
  readonly linking: Linking;
  readonly read: ReadMessage;
  /** What the handler's parameter, or what the class hands to its base, says beside the name. */
  readonly typed: (handler: FunctionNode) => readonly Message[];
}

/** Empty where the registration is none of a base class, or leaves nothing to its subclasses. */
export function ofSubclasses(
  facts: FileFacts,
  fact: ConsumerFact,
  said: readonly Message[],
  tools: Tools,
): readonly ConsumerDraft[] {
  const event = said.find((it) => it.kind === 'member' && it.owner.fact.isAbstract);
  const left = event?.kind === 'member' ? leftOpen(facts, fact, event.owner) : undefined;
  if (event?.kind !== 'member' || !left || fact.transport !== 'broker') return [];
  const { hierarchy } = tools.linking;
  return hierarchy.subtypesOf(event.owner).flatMap((type): readonly ConsumerDraft[] => {
    const handler = type.fact.isAbstract ? undefined : hierarchy.methodOf(type, left.name);
    if (!handler || handler.fact.isAbstract) return [];
    const typed = tools.typed(handler);
    // The name of a queue is no event where the handler says which one it takes.
    const told = fact.queue && typed.length > 0 ? typed : [...namedBy(type, event, tools), ...typed];
    return [
      {
        file: handler.file,
        at: handler.fact.at,
        name: handler.fact.name,
        registeredIn: type.file,
        fact,
        handler,
        ...(left.entry && { entry: left.entry }),
        messages: told.length > 0 ? told : [{ kind: 'unknown' }],
        handedOn: [],
      },
    ];
  });
}

interface LeftOpen {
  readonly name: string;
  readonly entry?: { readonly caller: FunctionNode; readonly action: CallAction };
}

/** The abstract method that the handler calls, or is. */
function leftOpen(facts: FileFacts, { handler }: ConsumerFact, owner: TypeNode): LeftOpen | undefined {
  if (typeof handler !== 'number') {
    const name = ownMethod(handler);
    return name !== undefined && isOpen(facts, owner, name) ? { name } : undefined;
  }
  const fact = facts.functions[handler];
  return fact && calledOpen(facts, fact, owner, 2);
}

/** In the handler itself, or in a method of the base that it calls: `(message) => this.take(message)`. */
function calledOpen(
  facts: FileFacts,
  fact: FunctionFact,
  owner: TypeNode,
  depth: number,
): LeftOpen | undefined {
  for (const action of actionsUnder(facts, fact)) {
    if (action.kind !== 'call' || action.call.args.length === 0) continue;
    const name = ownMethod(action.call.callee);
    if (name === undefined) continue;
    if (isOpen(facts, owner, name)) return { name, entry: { caller: { file: facts.file, fact }, action } };
    const own = depth > 0 ? methodOf(facts, owner, name) : undefined;
    const inner = own && calledOpen(facts, own, owner, depth - 1);
    if (inner) return inner;
  }
  return undefined;
}

function methodOf({ functions }: FileFacts, { fact }: TypeNode, name: string): FunctionFact | undefined {
  return functions.find((it) => it.owner === fact.name && it.name === name && !it.isAbstract);
}

function ownMethod(expr: Expr): string | undefined {
  return expr.kind === 'member' && expr.object.kind === 'this' ? expr.name : undefined;
}

function isOpen({ functions }: FileFacts, { fact }: TypeNode, name: string): boolean {
  return functions.some((it: FunctionFact) => it.owner === fact.name && it.name === name && it.isAbstract);
}

/** `readonly topic = 'order.placed'`, `super('order.placed')`. */
function namedBy(type: TypeNode, event: Member, { linking, read }: Tools): readonly Message[] {
  const found = linking.hierarchy.memberOf(type, event.name);
  const init = found?.member.init;
  const made = { file: type.file, at: type.fact.at };
  const given =
    init && !event.path?.length ? { file: found.node.file, expr: init } : madeByClass(event, made, linking);
  return given ? read(given.file, given.expr).filter(isTold) : [];
}
