// Texts that are put together or looked up: by a function (`topic('order.placed')`), in a table (`topicOf[status]`), in a row of
// one (`transitions.find(…).topic`).
import type { CallExpr, Expr, MemberExpr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Value } from './value.ts';

/** What following names is done with. */
export interface Following {
  readonly evaluate: (file: FilePath, expr: Expr) => Value;
  readonly textsOf: (file: FilePath, expr: Expr) => readonly string[];
  readonly parameterAt: (file: FilePath, expr: Expr) => number | undefined;
}

/** What may be more texts than these is not known. */
const mostTexts = 16;

/** A table of more entries than this names whatever a system speaks of. */
const mostEntries = 12;

/** The texts that a call gives: of what the function returns, with the arguments for its parameters. */
export function givenTexts(file: FilePath, call: CallExpr, following: Following): readonly string[] {
  const { callee, args } = call;
  const together = putTogether(file, call, following);
  if (together) return together;
  const value = following.evaluate(file, callee);
  const results = value.kind === 'function' ? resultsOf(value.node.fact) : [];
  return value.kind === 'function'
    ? results.flatMap((it) => withArguments(value.node, it, { file, args }, following))
    : [];
}

/** What a getter returns. */
export function gottenTexts({ file, fact }: FunctionNode, { textsOf }: Following): readonly string[] {
  return fact.kind === 'accessor' ? resultsOf(fact).flatMap((it) => textsOf(file, it)) : [];
}

function resultsOf({ body }: FunctionFact): readonly Expr[] {
  return eachAction(body).flatMap((it) => (it.kind === 'return' && it.value ? [it.value] : []));
}

function withArguments(
  fn: FunctionNode,
  expr: Expr,
  given: { readonly file: FilePath; readonly args: readonly Expr[] },
  following: Following,
): readonly string[] {
  const inner = (it: Expr): readonly string[] => withArguments(fn, it, given, following);
  const index = following.parameterAt(fn.file, expr);
  const arg = index === undefined ? undefined : given.args[index];
  if (arg) return following.textsOf(given.file, arg);
  if (expr.kind === 'template')
    return concatenated(expr.parts.map((it) => (typeof it === 'string' ? [it] : inner(it))));
  if (expr.kind === 'operation' && expr.operator === '+') return concatenated(expr.of.map(inner));
  if (expr.kind === 'choice') return expr.of.flatMap(inner);
  const textsOf: Following['textsOf'] = (file, it) =>
    file === fn.file ? inner(it) : following.textsOf(file, it);
  const together = expr.kind === 'call' ? putTogether(fn.file, expr, { ...following, textsOf }) : undefined;
  return together ?? following.textsOf(fn.file, expr);
}

/** `['shop', name].join('.')`, `prefix.concat('.', name)`; undefined for any other call. */
function putTogether(file: FilePath, call: CallExpr, following: Following): readonly string[] | undefined {
  const { callee, args } = call;
  if (callee.kind !== 'member') return undefined;
  if (callee.name === 'join') return joinedTexts(file, callee.object, args, following);
  if (callee.name !== 'concat') return undefined;
  const start = following.evaluate(file, callee.object);
  const isList = start.kind === 'expr' && start.expr.kind === 'array';
  return isList ? [] : concatenated([callee.object, ...args].map((it) => following.textsOf(file, it)));
}

function joinedTexts(
  file: FilePath,
  of: Expr,
  args: readonly Expr[],
  { evaluate, textsOf }: Following,
): readonly string[] {
  const list = evaluate(file, of);
  const [separator = ','] = args.flatMap((it) => textsOf(file, it));
  if (list.kind !== 'expr' || list.expr.kind !== 'array') return [];
  const items = list.expr.items.map((it) => textsOf(list.file, it));
  return concatenated(items.flatMap((it, index) => (index === 0 ? [it] : [[separator], it])));
}

/** All concatenations of one text of each part; none when a part is unknown. */
export function concatenated(parts: readonly (readonly string[])[]): readonly string[] {
  let texts: readonly string[] = [''];
  for (const part of parts) {
    if (texts.length * part.length > mostTexts) return [];
    texts = texts.flatMap((head) => part.map((tail) => head + tail));
  }
  return texts;
}

/** The texts that a look-up may give; empty where it is none. */
export function lookedUpTexts(file: FilePath, expr: MemberExpr, following: Following): readonly string[] {
  const key = expr.name === '[]' ? indexOf(expr) : expr.name;
  const rows = rowsOf(file, expr.object, following);
  if (rows && key !== undefined) return rows.flatMap((it) => cellOf(it, key, following));
  const table = key === undefined ? following.evaluate(file, expr.object) : undefined;
  const cells = table ? cellsOf(table) : [];
  return cells.length > mostEntries ? [] : cells.flatMap((it) => following.textsOf(it.file, it.expr));
}

function indexOf({ index }: MemberExpr): string | undefined {
  return index?.kind === 'literal' ? index.text : undefined;
}

interface Cell {
  readonly file: FilePath;
  readonly expr: Expr;
}

/** The rows of a constant list that one of is taken out of. */
function rowsOf(file: FilePath, expr: Expr, { evaluate }: Following): readonly Cell[] | undefined {
  const value = evaluate(file, expr);
  const callee = value.kind === 'expr' && value.expr.kind === 'call' ? value.expr.callee : undefined;
  if (value.kind !== 'expr' || callee?.kind !== 'member' || !/^(?:find|findLast|at)$/.test(callee.name))
    return undefined;
  const list = evaluate(value.file, callee.object);
  if (list.kind !== 'expr' || list.expr.kind !== 'array' || list.expr.items.length > mostEntries)
    return undefined;
  return list.expr.items.map((it) => ({ file: list.file, expr: it }));
}

function cellOf(row: Cell, key: string, { evaluate, textsOf }: Following): readonly string[] {
  const value = evaluate(row.file, row.expr);
  if (value.kind !== 'expr') return [];
  const { file, expr } = value;
  const cell = expr.kind === 'array' ? expr.items[Number(key)] : undefined;
  const entry = expr.kind === 'object' ? expr.entries.find((it) => it.key === key)?.value : cell;
  return entry ? textsOf(file, entry) : [];
}

/** All that a table holds: an object of names, an enum. */
function cellsOf(table: Value): readonly Cell[] {
  if (table.kind === 'type' && table.node.fact.kind === 'enum') {
    const { file, fact } = table.node;
    return fact.members.flatMap(({ init }) => (init ? [{ file, expr: init }] : []));
  }
  if (table.kind !== 'expr' || table.expr.kind !== 'object') return [];
  const { file, expr } = table;
  return expr.entries.map(({ value }) => ({ file, expr: value }));
}
