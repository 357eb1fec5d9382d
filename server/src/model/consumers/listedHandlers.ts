// Consumers out of a list: `for (const it of handlers) bus.subscribe(it.topic, it)`. Each item names what it takes and handles it.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { Message, ReadMessage } from '../messages/message.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { madeWith } from '../resolution/madeWith.ts';
import { listBehind } from '../resolution/origins.ts';
import { entryOf } from '../resolution/values.ts';
import type { ConsumerDraft } from './consumerDraft.ts';
import { handlerBehind } from './handlers.ts';

/** An expression and the file that it is written in. */
export interface Written {
  readonly file: FilePath;
  readonly expr: Expr;
}

/** What hangs on an item of a list: the list, and the keys that lead on from the item. */
interface OfItem {
  readonly list: Expr;
  readonly path: readonly string[];
}

/** Longer ways through names and patterns lead nowhere. */
const deepest = 8;

/** `it.topic` and `new it()` of `for (const it of handlers)`, `topic` of `for (const { topic } of handlers)`, and of callbacks. */
export function itemBehind(
  facts: FileFacts,
  expr: Expr,
  path: readonly string[] = [],
  depth = 0,
): OfItem | undefined {
  if (depth > deepest) return undefined;
  const onward = (it: Expr, keys: readonly string[]): OfItem | undefined =>
    itemBehind(facts, it, keys, depth + 1);
  if (expr.kind === 'new') return onward(expr.callee, path);
  if (expr.kind === 'member' && expr.name === '[]')
    return expr.index ? undefined : { list: expr.object, path };
  if (expr.kind === 'member') return onward(expr.object, [expr.name, ...path]);
  if (expr.kind === 'call') {
    const { callee } = expr;
    if (callee.kind === 'member' && callee.name === 'find') return { list: callee.object, path };
    const given =
      callee.kind === 'member' && callee.name === 'map' ? givenBy(facts, expr.args[0]) : undefined;
    return given && onward(given, path);
  }
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined;
  if (!binding) return undefined;
  if (binding.kind === 'parameter' && binding.index !== undefined) {
    const list = listBehind(facts, binding);
    return list && { list, path };
  }
  const { init } = binding;
  return init && binding.kind !== 'variable' ? onward(init, path) : undefined;
}

/** Nobody hands a list on through more functions. */
const mostHandings = 3;

/** What a callback gives for each item: `(it) => it.topic`. */
function givenBy({ functions }: FileFacts, callback: Expr | undefined): Expr | undefined {
  const fact = callback?.kind === 'function' ? functions[callback.function] : undefined;
  const last = fact?.body.at(-1);
  return last?.kind === 'return' ? last.value : undefined;
}

/** The items of a list as far as they are written out; of one that a function is handed, by whoever calls it. */
export function itemsOf(
  file: FilePath,
  list: Expr,
  linking: Linking,
  entered: readonly FunctionFact[] = [],
): readonly Written[] {
  const { values, calls } = linking;
  const handed = handedIn(file, list, linking);
  if (handed) {
    // What hands its own list to itself says nothing new.
    if (entered.length >= mostHandings || entered.includes(handed.fn.fact)) return [];
    const around = [...entered, handed.fn.fact];
    return calls.callersOf(handed.fn).flatMap(({ caller, action: { call } }) => {
      const arg = call.args[handed.index];
      return arg ? itemsOf(caller.file, arg, linking, around) : [];
    });
  }
  const isValues =
    list.kind === 'call' && list.callee.kind === 'member' && list.callee.name === 'values' && list.args[0];
  const value = values.evaluate(file, isValues ? isValues : list);
  if (value.kind !== 'expr') return [];
  const { expr } = value;
  const items = expr.kind === 'array' ? expr.items : [];
  const held = isValues && expr.kind === 'object' ? expr.entries.map((it) => it.value) : [];
  return [...items, ...held].map((it) => ({ file: value.file, expr: it }));
}

function handedIn(
  file: FilePath,
  list: Expr,
  { files }: Linking,
): { readonly fn: FunctionNode; readonly index: number } | undefined {
  const facts = files.get(file);
  const binding =
    list.kind === 'name' && list.binding !== undefined ? facts?.bindings[list.binding] : undefined;
  const fact = binding?.kind === 'parameter' ? facts?.functions[binding.function ?? -1] : undefined;
  return fact && binding?.index !== undefined ? { fn: { file, fact }, index: binding.index } : undefined;
}

/** What stands under keys of an item: an entry of an object, a field of the class that is made, or what it is made with. */
export function partAt(item: Written, path: readonly string[], linking: Linking): Written | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return item;
  const value = linking.values.evaluate(item.file, item.expr);
  const entry = value.kind === 'expr' && value.expr.kind === 'object' ? entryOf(value.expr, key) : undefined;
  if (entry && value.kind === 'expr') return partAt({ file: value.file, expr: entry }, rest, linking);
  const type = classBehind(item, linking);
  const part = type && fieldAt(item, type, key, linking);
  return part && partAt(part, rest, linking);
}

function classBehind({ file, expr }: Written, { values, calls }: Linking): TypeNode | undefined {
  const value = values.evaluate(file, expr);
  const type = value.kind === 'type' ? value.node : calls.typing.typeOf(file, expr);
  return type?.fact.kind === 'class' ? type : undefined;
}

/** `readonly topic = 'order.placed'`, `get topic() { return 'order.placed'; }`, `new Listener('order.placed')`. */
function fieldAt(item: Written, type: TypeNode, key: string, linking: Linking): Written | undefined {
  const { hierarchy, files } = linking;
  const found = hierarchy.memberOf(type, key);
  if (found?.member.init) return { file: found.node.file, expr: found.member.init };
  const getter = hierarchy.methodOf(type, key);
  const given = getter && eachAction(getter.fact.body).find((it) => it.kind === 'return');
  if (getter && given?.kind === 'return' && given.value) return { file: getter.file, expr: given.value };
  const facts = files.get(type.file);
  const made = facts && madeWith(facts, type, key);
  const arg = item.expr.kind === 'new' ? item.expr.args[made?.index ?? -1] : undefined;
  return arg && made?.path.length === 0 ? { file: item.file, expr: arg } : undefined;
}

/** The function under keys of an item: a method of the object or of the class that is made. */
export function handlerAt(
  item: Written,
  path: readonly string[],
  linking: Linking,
): FunctionNode | undefined {
  const name = path.at(-1);
  const holder = partAt(item, path.slice(0, -1), linking);
  if (name === undefined || !holder) return holder && handlerBehind(holder.file, holder.expr, linking, 0);
  const { at } = holder.expr;
  const method: Expr = { kind: 'member', object: holder.expr, name, at };
  const [found] = linking.calls.functionsOf(holder.file, method);
  if (found) return found;
  const part = partAt(holder, [name], linking);
  return part && handlerBehind(part.file, part.expr, linking, 0);
}

interface Tools {
  readonly linking: Linking;
  readonly read: ReadMessage;
  /** What the handler's parameter says beside the name. */
  readonly typed: (handler: FunctionNode) => readonly Message[];
}

/** A consumer for each item of the list that a registration goes through; empty where it goes through none. */
export function ofListed(facts: FileFacts, fact: ConsumerFact, tools: Tools): readonly ConsumerDraft[] {
  const { linking } = tools;
  const { file } = facts;
  const handling = handlingIn(facts, fact);
  if (!handling) return [];
  return itemsOf(file, handling.list, linking).flatMap((item): readonly ConsumerDraft[] => {
    const handler = handlerAt(item, handling.path, linking);
    if (!handler) return [];
    const messages = [...saidOf(item, { facts, fact, list: handling.list }, tools), ...tools.typed(handler)];
    return [
      {
        file: handler.file,
        at: handler.fact.at,
        name: handler.fact.name || fact.name,
        registeredIn: file,
        fact,
        handler,
        ...(handling.entry && { entry: handling.entry }),
        messages: messages.length > 0 ? messages : [{ kind: 'unknown' }],
        handedOn: [],
      },
    ];
  });
}

/** `it.topic`, or what the registration says for all of them. */
function saidOf(
  item: Written,
  { facts, fact, list }: { readonly facts: FileFacts; readonly fact: ConsumerFact; readonly list: Expr },
  { linking, read }: Tools,
): readonly Message[] {
  const { file } = facts;
  const { evaluate } = linking.values;
  return fact.events.flatMap((event) => {
    const named = itemBehind(facts, event);
    const isOfList =
      named && (isSameName(list, named.list) || isSame(evaluate(file, list), evaluate(file, named.list)));
    if (!isOfList) return read(file, event);
    const part = partAt(item, named.path, linking);
    return part ? read(part.file, part.expr) : [];
  });
}

function isSameName(one: Expr, other: Expr): boolean {
  return (
    one.kind === 'name' && other.kind === 'name' && one.binding !== undefined && one.binding === other.binding
  );
}

type Evaluated = ReturnType<Linking['values']['evaluate']>;

function isSame(one: Evaluated, other: Evaluated): boolean {
  return one.kind === 'expr' && other.kind === 'expr' && one.expr.at.start === other.expr.at.start;
}

interface Handling extends OfItem {
  readonly entry?: { readonly caller: FunctionNode; readonly action: CallAction };
}

/** What is handed over as the handler, or what the callback runs: `(event) => it.work(event)`. */
function handlingIn(facts: FileFacts, { handler }: ConsumerFact): Handling | undefined {
  if (typeof handler !== 'number') return itemBehind(facts, handler);
  const fact = facts.functions[handler];
  for (const action of fact ? eachAction(fact.body) : []) {
    if (!fact || action.kind !== 'call' || action.call.args.length === 0) continue;
    const { callee } = action.call;
    const item = callee.kind === 'member' || callee.kind === 'name' ? itemBehind(facts, callee) : undefined;
    if (item) return { ...item, entry: { caller: { file: facts.file, fact }, action } };
  }
  return undefined;
}
