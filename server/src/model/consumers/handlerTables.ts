// Registries from an event's name to its handler: an object of functions, a `Map`, and the names that are given to what is looked up.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr, MemberExpr, ObjectExpr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import { callsIn, namesIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import type { Linking } from '../program.ts';
import { madeWith } from '../resolution/madeWith.ts';
import { below, iterations, listBehind, parameterOf } from '../resolution/origins.ts';
import { classAt } from '../resolution/values.ts';

/** A handler and the name under which a table holds it. */
export interface TableEntry {
  readonly name: string;
  readonly handler: FunctionNode;
}

/** Whole words: a `deliveryType`, `userName` or `mimetype` tells nothing of the message but what it is about. */
const discriminant =
  /(?:^| )(?:topic|event|subject|pattern|queue|routing ?key)$|(?:^|(?:^| )(?:event|message|msg|job|task|command|queue|topic|channel|subject|pattern|detail|notification|webhook|subscription|payload|action|record|envelope|signal|type|ce) ?)(?:type|name|kind|channel|action)$/;
/** `options.type` chooses how to work and does not tell messages apart. */
const settings = /(?:options|opts|config|configuration|settings|transport|strategy|provider|process)$/i;

/** Whether an expression says which message it is: `message.type`, `topic`. */
export function isDiscriminant(expr: Expr): boolean {
  if (expr.kind === 'member' && expr.object.kind === 'name' && settings.test(expr.object.name)) return false;
  return (expr.kind === 'name' || expr.kind === 'member') && discriminant.test(wordsOf(expr.name).join(' '));
}

/**
 * What a call runs that takes its function out of a table: `handlers[topic](message)`, `handlers.get(topic)?.(message)`,
 * `for (const policy of policies[event.type] ?? []) await policy(event)`.
 */
export function tableEntries(
  { file }: FunctionNode,
  { call }: CallAction,
  linking: Linking,
): readonly TableEntry[] {
  const table = tableBehind(file, call.callee, linking);
  if (table) return entriesOf(file, table, { linking });
  const { callee } = call;
  const held = tableOfMethod(file, callee, linking);
  return held && callee.kind === 'member' ? entriesOf(file, held, { linking, method: callee }) : [];
}

/** The calls of a function, and those in what it hands to `map` and the like. */
export function callsUnder({ file, fact }: FunctionNode, { files }: Linking): readonly CallAction[] {
  return callsIn(fact.body).flatMap((it) => {
    const { callee, args } = it.call;
    const [each] = callee.kind === 'member' && iterations.test(callee.name) ? args : [];
    const run = each?.kind === 'function' ? files.get(file)?.functions[each.function] : undefined;
    return [it, ...callsIn(run?.body ?? [])];
  });
}

/** `handlers.get(topic).handle(message)`: the table holds objects. */
function tableOfMethod(file: FilePath, callee: Expr, linking: Linking): Expr | undefined {
  return callee.kind === 'member' && callee.name !== '[]' && callee.name !== 'get'
    ? tableBehind(file, callee.object, linking)
    : undefined;
}

/** Where handlers are looked up, and the method by which each is called if the table holds objects. */
interface Looking {
  readonly linking: Linking;
  readonly method?: MemberExpr;
}

/** A constant may be made of itself, in code that never ran. */
const deepest = 6;

/** The table that an expression looks something up in by the message's type, also through a name for what was found. */
function tableBehind(file: FilePath, expr: Expr, linking: Linking, depth = 0): Expr | undefined {
  if (depth > deepest) return undefined;
  if (expr.kind === 'member' && expr.name === '[]') {
    if (!expr.index) return tableBehind(file, expr.object, linking, depth + 1);
    return isDiscriminant(expr.index) ? expr.object : undefined;
  }
  if (expr.kind === 'call' && expr.callee.kind === 'member' && expr.callee.name === 'get')
    return expr.args[0] && isDiscriminant(expr.args[0]) ? expr.callee.object : undefined;
  if (expr.kind === 'operation' || expr.kind === 'choice')
    return expr.of.map((it) => tableBehind(file, it, linking, depth + 1)).find((it) => it !== undefined);
  const binding = expr.kind === 'name' ? bindingOf(file, expr.binding, linking) : undefined;
  const facts = linking.files.get(file);
  const list = facts && binding?.kind === 'parameter' ? listBehind(facts, binding) : undefined;
  if (list) return tableBehind(file, list, linking, depth + 1);
  const handed = binding?.kind === 'parameter' ? handedBeside(file, binding, linking) : undefined;
  if (handed) return tableBehind(file, handed, linking, depth + 1);
  return binding?.kind === 'const' && binding.init && binding.init.kind !== 'name'
    ? tableBehind(file, binding.init, linking, depth + 1)
    : undefined;
}

/** `this.runWithRetry(handler, event)`: what the only caller hands in, beside it in the file. */
function handedBeside(
  file: FilePath,
  { function: id, index }: BindingFact,
  linking: Linking,
): Expr | undefined {
  const fact = id === undefined || index === undefined ? undefined : linking.files.get(file)?.functions[id];
  const [only, ...others] = fact ? linking.calls.callersOf({ file, fact }) : [];
  return only?.caller.file === file && others.length === 0 ? only.action.call.args[index ?? -1] : undefined;
}

function bindingOf(file: FilePath, id: number | undefined, { files }: Pick<Linking, 'files'>) {
  return id === undefined ? undefined : files.get(file)?.bindings[id];
}

function entriesOf(file: FilePath, table: Expr, looking: Looking): readonly TableEntry[] {
  const { linking } = looking;
  const { values } = linking;
  const own = values.evaluate(file, table);
  const handed = own.kind === 'expr' && own.expr.kind !== 'object' ? handedTable(own, linking) : undefined;
  const value = handed ? values.evaluate(handed.file, handed.expr) : own;
  if (value.kind !== 'expr') return [];
  if (value.expr.kind === 'object') return ofObject(value.file, value.expr, looking);
  if (value.expr.kind !== 'new') return [];
  const [list] = value.expr.args;
  const pairs =
    list?.kind === 'array' ? list.items.flatMap((it) => (it.kind === 'array' ? [it.items] : [])) : [];
  const written = [...pairs, ...setLater(file, table, linking)];
  return written.flatMap(([key, handler]) => {
    if (!key || !handler) return [];
    const handed = handedEntries(file, key, handler, linking);
    if (handed.length > 0)
      return handed.flatMap((it) => entry(it.file, values.stringOf(it.file, it.key), it.handler, looking));
    return entry(value.file, values.stringOf(value.file, key), handler, looking);
  });
}

interface HandedEntry {
  readonly file: FilePath;
  readonly key: Expr;
  readonly handler: Expr;
}

/** `register(name, handler) { this.handlers.set(name, handler); }`: whoever calls it says both. */
function handedEntries(
  file: FilePath,
  key: Expr,
  handler: Expr,
  { files, calls }: Linking,
): readonly HandedEntry[] {
  const facts = files.get(file);
  const parameters = [key, ...namesIn(handler)].map((it) => {
    const binding = it.kind === 'name' ? bindingOf(file, it.binding, { files }) : undefined;
    return facts && binding?.index !== undefined ? parameterOf(facts, binding) : undefined;
  });
  const [named, ...others] = parameters;
  const given = others.find((it) => it && it.fn === named?.fn);
  if (!named || !given) return [];
  return calls.callersOf({ file, fact: named.fn }).flatMap(({ caller, action: { call } }) => {
    const [name, fn] = [call.args[named.index], call.args[given.index]];
    return name && fn ? [{ file: caller.file, key: name, handler: fn }] : [];
  });
}

/**
 * `dispatch(policies, event)`, `new Dispatcher(policies)`: the table that the only caller hands in. Of several nobody knows whose
 * events come.
 */
function handedTable(
  { file, expr }: { readonly file: FilePath; readonly expr: Expr },
  { files, calls }: Linking,
): { readonly file: FilePath; readonly expr: Expr } | undefined {
  const facts = files.get(file);
  if (!facts) return undefined;
  const made =
    expr.kind === 'member' && expr.object.kind === 'this' ? classAt(facts, expr.at.start) : undefined;
  const given = made && expr.kind === 'member' ? madeWith(facts, { file, fact: made }, expr.name) : undefined;
  const binding = expr.kind === 'name' ? bindingOf(file, expr.binding, { files }) : undefined;
  const parameter = binding && parameterOf(facts, binding);
  const from = given ?? (parameter && { fn: { file, fact: parameter.fn }, index: parameter.index, path: [] });
  const [only, ...others] = from ? calls.callersOf(from.fn) : [];
  const arg = only?.action.call.args[from?.index ?? -1];
  const found = arg && others.length === 0 ? below(arg, from?.path ?? []) : undefined;
  return only && found && { file: only.caller.file, expr: found };
}

function ofObject(file: FilePath, { entries }: ObjectExpr, looking: Looking): readonly TableEntry[] {
  return entries.flatMap((it) => {
    const key = it.computed ? looking.linking.values.stringOf(file, it.computed) : it.key;
    return entry(file, key, it.value, looking);
  });
}

/** `handlers.set('order.placed', reserve)` in the file that looks it up. */
function setLater(file: FilePath, table: Expr, { files }: Linking): readonly (readonly Expr[])[] {
  const facts = files.get(file);
  const name = nameOf(table);
  return (facts ? (indexOf(facts).calls.get('set') ?? []) : []).flatMap(({ action: { call } }) =>
    call.callee.kind === 'member' && nameOf(call.callee.object) === name ? [call.args] : [],
  );
}

function nameOf(expr: Expr): string {
  if (expr.kind === 'member') return `${nameOf(expr.object)}.${expr.name}`;
  return expr.kind === 'name' ? expr.name : expr.kind;
}

function entry(
  file: FilePath,
  name: string | undefined,
  value: Expr,
  looking: Looking,
): readonly TableEntry[] {
  if (name === undefined) return [];
  const { linking, method } = looking;
  const held = linking.values.evaluate(file, value);
  if (held.kind === 'expr' && held.expr.kind === 'array')
    return held.expr.items.flatMap((it) => entry(held.file, name, it, looking));
  const [handler] = linking.calls.functionsOf(file, method ? { ...method, object: value } : value);
  return handler ? [{ name, handler }] : [];
}
