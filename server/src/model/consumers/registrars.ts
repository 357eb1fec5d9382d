// Registrations that hand on what they are handed: `on(name, handler) { this.emitter.on(name, handler); }`. Their callers consume.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts } from '../../facts/facts.ts';
import type { FilePath, Place, Span } from '../../text.ts';
import { calleeName, eachAction, indexOf } from '../fileIndex.ts';
import { called, type Message } from '../messages/message.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { madeWith, runsWhatItWasMadeWith, type MadeWith } from '../resolution/madeWith.ts';
import { below } from '../resolution/origins.ts';
import { classAt } from '../resolution/values.ts';
import {
  actionsUnder,
  handedHandler,
  handlerKeys,
  type Entry,
  type HandedHandler,
} from './handedHandlers.ts';
import { itemBehind, itemsOf, partAt, type Written } from './listedHandlers.ts';

/** A call that registers a handler through a function of the workspace. */
export interface Registrar {
  readonly file: FilePath;
  readonly at: Span;
  /** What is called there. */
  readonly name: string | undefined;
  readonly event: Written;
  readonly handler?: Written;
  /** The handler, where it is the registering function's own. */
  readonly fn?: FunctionNode;
  /** The call by which the registering function's own handler runs the one that it is handed. */
  readonly entry?: Entry;
  /** `fn` does something around a handler that it is handed. */
  readonly isWrapped?: true;
}

/** A registration that names its event by what its function, or its object, is handed. */
interface Handing {
  readonly facts: FileFacts;
  readonly fact: ConsumerFact;
  readonly event: Parameter | Member;
  readonly handler?: HandedHandler;
  readonly linking: Linking;
}

type Parameter = Message & { readonly kind: 'parameter' };
export type Member = Message & { readonly kind: 'member' };

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
  const handed = said.filter((it) => isHandedIn(it) || isMadeWith(it, linking));
  const found = handed.map((event) => {
    const fn = event.kind === 'parameter' ? event.fn : undefined;
    const handler = handedHandler(facts, fact, fn) ?? (fn ? undefined : madeHandler(facts, fact));
    return registered({ facts, fact, event, linking, ...(handler && { handler }) });
  });
  return found.find((it) => it.length > 0);
}

function isHandedIn(message: Message): message is Parameter {
  return message.kind === 'parameter' && message.path.length < 4 && !message.path.includes(called);
}

function isMadeWith(message: Message, linking: Linking): message is Member {
  return message.kind === 'member' && makingParameter(message, linking) !== undefined;
}

function registered(handing: Handing): readonly Registrar[] {
  const { event, handler, linking } = handing;
  const making = event.kind === 'member' ? makingParameter(event, linking) : undefined;
  const fn =
    event.kind === 'parameter' ? { file: handing.facts.file, fact: event.fn } : (handler?.fn ?? making?.fn);
  const callers = fn ? linking.calls.callersOf(fn) : [];
  return callers.flatMap(({ caller, action: { call } }) =>
    argumentsOf(caller.file, call, linking).flatMap((args) => registeredAt(handing, caller.file, call, args)),
  );
}

/** The arguments of a call, once for each item of a list that one of them stands for: `bus.register(it)`, `bus.register(new It())`. */
function argumentsOf(
  file: FilePath,
  { args }: CallExpr,
  linking: Linking,
): readonly (readonly (Written | undefined)[])[] {
  const facts = linking.files.get(file);
  const written = args.map((expr) => ({ file, expr }));
  const items = args.map((it) => (facts ? itemBehind(facts, it) : undefined));
  const [first] = items.filter((it) => it !== undefined);
  const all = first ? itemsOf(file, first.list, linking) : [];
  if (all.length === 0) return [written];
  return all.map((item) =>
    written.map((it, index) => {
      const own = items[index];
      return own ? partAt(item, own.path, linking) : it;
    }),
  );
}

function registeredAt(
  handing: Handing,
  file: FilePath,
  call: CallExpr,
  args: readonly (Written | undefined)[],
): readonly Registrar[] {
  const { handler } = handing;
  const named = eventAt(handing, file, call, args);
  if (!named) return [];
  const site = { file, at: call.at, name: calleeName(call.callee), event: named };
  const given = givenAt(handing, args);
  const self = own(handing);
  const wrapped = { ...site, ...self };
  if (!given) return [wrapped];
  const inner: Registrar = { ...site, handler: given, ...(handler?.entry && { entry: handler.entry }) };
  // What the wrapper does around the handler that it is handed counts as well.
  return self.fn ? [{ ...wrapped, isWrapped: true }, inner] : [inner];
}

/** What a caller names: an argument, something in it, or what the object was made with that it calls. */
function eventAt(
  { event, handler, linking }: Handing,
  file: FilePath,
  call: CallExpr,
  args: readonly (Written | undefined)[],
): Written | undefined {
  if (event.kind === 'parameter') return beneath(args[event.index], event.path, linking);
  const { index = -1, path: inner = [] } = makingParameter(event, linking) ?? {};
  const path = [...inner, ...(event.path ?? [])];
  const { callee } = call;
  if (!handler || handler.path) return beneath(args[index], path, linking);
  if (callee.kind !== 'member') return undefined;
  if (callee.object.kind === 'this') return madeByClass(event, { file, at: call.at }, linking);
  const made = linking.values.evaluate(file, callee.object);
  const given = made.kind === 'expr' && made.expr.kind === 'new' ? made.expr.args : [];
  const from = made.kind === 'expr' ? argument(made.file, given[index]) : undefined;
  return beneath(from, path, linking);
}

/** What a subclass hands to the constructor of its base: `super('orders')`. In the base itself its subclasses know. */
export function madeByClass(
  event: Member,
  { file, at: { start } }: Place,
  linking: Linking,
): Written | undefined {
  const { owner, name, path = [] } = event;
  const { index = -1, path: inner = [] } = makingParameter(event, linking) ?? {};
  const facts = linking.files.get(file);
  const fact = facts && classAt(facts, start);
  if (!fact) return undefined;
  if (fact === owner.fact) {
    const { at } = owner.fact;
    const own: Expr = { kind: 'member', object: { kind: 'this', at }, name, at };
    return beneath({ file: owner.file, expr: own }, path, linking);
  }
  const lineage = linking.hierarchy.lineageOf({ file, fact });
  const below = lineage
    .slice(
      0,
      lineage.findIndex((it) => it.fact === owner.fact),
    )
    .reverse();
  for (const it of below) {
    const arg = superCall(it, linking)?.args[index];
    if (arg) return beneath({ file: it.file, expr: arg }, [...inner, ...path], linking);
  }
  return undefined;
}

function superCall({ file, fact }: TypeNode, { files }: Linking): CallExpr | undefined {
  const facts = files.get(file);
  const making = facts && indexOf(facts).methods.get(fact.name)?.get('constructor');
  for (const it of making ? eachAction(making.body) : [])
    if (it.kind === 'call' && it.call.callee.kind === 'this' && it.call.callee.isSuper) return it.call;
  return undefined;
}

/** What stands at a path in an argument, be it written there or behind its name. */
function beneath(from: Written | undefined, path: readonly string[], linking: Linking): Written | undefined {
  if (!from || path.length === 0) return from;
  const value = linking.values.evaluate(from.file, from.expr);
  const whole = value.kind === 'expr' ? value : from;
  if (whole.expr.kind === 'object') return argument(whole.file, below(whole.expr, path));
  const part = partAt(from, path, linking);
  if (part) return part;
  const { at } = from.expr;
  return argument(
    from.file,
    path.reduce<Expr>((object, name) => ({ kind: 'member', object, name, at }), from.expr),
  );
}

function givenAt(
  { event, handler, linking }: Handing,
  args: readonly (Written | undefined)[],
): Written | undefined {
  if (handler?.path) return beneath(args[handler.index], handler.path, linking);
  const isOption = event.kind === 'parameter' && event.path.length > 0;
  const index = handler?.index ?? (isOption ? event.index : -1);
  const arg = args[index];
  const value = arg && linking.values.evaluate(arg.file, arg.expr);
  const inside = handlerIn(value?.kind === 'expr' ? value : arg);
  const isMethod = handler?.entry && methodCalled(handler.entry) !== undefined;
  return inside ?? (isOption && index === event.index && !isMethod ? undefined : arg);
}

function argument(file: FilePath, expr: Expr | undefined): Written | undefined {
  return expr && { file, expr };
}

/** `listen({ eventName: 'order.placed', handler: reserve })`. */
function handlerIn(options: Written | undefined): Written | undefined {
  if (options?.expr.kind !== 'object') return undefined;
  return argument(options.file, options.expr.entries.find(({ key }) => handlerKeys.test(key))?.value);
}

function own({ facts, fact: { handler } }: Handing): { readonly fn?: FunctionNode } {
  const fact = typeof handler === 'number' ? facts.functions[handler] : undefined;
  return fact ? { fn: { file: facts.file, fact } } : {};
}

/** `it.work(event)`: by which method a wrapper's handler runs the object that it is handed. */
export function methodCalled({ action: { call } }: Entry): string | undefined {
  const { callee } = call;
  return callee.kind === 'member' && callee.object.kind === 'name' ? callee.name : undefined;
}

/** `this.options.onMessage(message)`. */
function madeHandler(facts: FileFacts, fact: ConsumerFact): HandedHandler | undefined {
  return runsWhatItWasMadeWith(facts, fact, (it) =>
    actionsUnder(facts, it).filter((one) => one.kind === 'call'),
  );
}

/** The parameter of the constructor that a member is given. */
function makingParameter({ owner, name }: Member, { files }: Linking): MadeWith | undefined {
  const facts = files.get(owner.file);
  return facts && madeWith(facts, owner, name);
}
