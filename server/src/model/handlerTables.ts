// Registries from an event's name to its handler: an object of functions, a `Map`, and the names that are given to what is looked up.
import type { CallAction } from '../facts/actions.ts';
import type { Expr, ObjectExpr } from '../facts/expressions.ts';
import type { FilePath } from '../text.ts';
import { indexOf } from './fileIndex.ts';
import type { FunctionNode } from './model.ts';
import { wordsOf } from './names.ts';
import type { Linking } from './program.ts';

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

/** What a call runs that takes its function out of a table: `handlers[topic](message)`, `handlers.get(topic)?.(message)`. */
export function tableEntries(
  { file }: FunctionNode,
  { call }: CallAction,
  linking: Linking,
): readonly TableEntry[] {
  const table = tableBehind(file, call.callee, linking) ?? tableOfMethod(file, call.callee, linking);
  return table ? entriesOf(file, table, linking) : [];
}

/** `handlers.get(topic).handle(message)`: the table holds objects. */
function tableOfMethod(file: FilePath, callee: Expr, linking: Linking): Expr | undefined {
  return callee.kind === 'member' && callee.name !== '[]' && callee.name !== 'get'
    ? tableBehind(file, callee.object, linking)
    : undefined;
}

/** A constant may be made of itself, in code that never ran. */
const deepest = 6;

/** The table that an expression looks something up in by the message's type, also through a name for what was found. */
function tableBehind(file: FilePath, expr: Expr, linking: Linking, depth = 0): Expr | undefined {
  if (depth > deepest) return undefined;
  if (expr.kind === 'member' && expr.name === '[]')
    return expr.index && isDiscriminant(expr.index) ? expr.object : undefined;
  if (expr.kind === 'call' && expr.callee.kind === 'member' && expr.callee.name === 'get')
    return expr.args[0] && isDiscriminant(expr.args[0]) ? expr.callee.object : undefined;
  if (expr.kind === 'operation' || expr.kind === 'choice')
    return expr.of.map((it) => tableBehind(file, it, linking, depth + 1)).find((it) => it !== undefined);
  const binding = expr.kind === 'name' ? bindingOf(file, expr.binding, linking) : undefined;
  return binding?.kind === 'const' && binding.init && binding.init.kind !== 'name'
    ? tableBehind(file, binding.init, linking, depth + 1)
    : undefined;
}

function bindingOf(file: FilePath, id: number | undefined, { files }: Linking) {
  return id === undefined ? undefined : files.get(file)?.bindings[id];
}

function entriesOf(file: FilePath, table: Expr, linking: Linking): readonly TableEntry[] {
  const { values } = linking;
  const value = values.evaluate(file, table);
  if (value.kind !== 'expr') return [];
  if (value.expr.kind === 'object') return ofObject(value.file, value.expr, linking);
  if (value.expr.kind !== 'new') return [];
  const [list] = value.expr.args;
  const pairs =
    list?.kind === 'array' ? list.items.flatMap((it) => (it.kind === 'array' ? [it.items] : [])) : [];
  return [...pairs, ...setLater(file, table, linking)].flatMap(([key, handler]) =>
    key && handler ? entry(value.file, values.stringOf(value.file, key), handler, linking) : [],
  );
}

function ofObject(file: FilePath, { entries }: ObjectExpr, linking: Linking): readonly TableEntry[] {
  return entries.flatMap((it) => {
    const key = it.computed ? linking.values.stringOf(file, it.computed) : it.key;
    return entry(file, key, it.value, linking);
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
  { calls }: Linking,
): readonly TableEntry[] {
  const [handler] = calls.functionsOf(file, value);
  return name === undefined || !handler ? [] : [{ name, handler }];
}
