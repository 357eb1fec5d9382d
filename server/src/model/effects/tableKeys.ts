// What a table keeps unique that a program declares by calls: `pgTable('orders', { id: text().primaryKey() }, …)`.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import type { Linking } from '../program.ts';

/** The columns of one index. */
export type Key = readonly string[];

const tables = /Table(?:Creator)?$/;
const unique = /^(?:unique|uniqueIndex|primaryKey)$/;
/** The database or the program draws the value: nothing that a message brings. */
const drawn =
  /^(?:defaultRandom|\$default(?:Fn)?|generatedAlwaysAsIdentity|generatedByDefaultAsIdentity|autoincrement|(?:big|small)?serial)$/i;

/** `eq(orders.id, id)`, `and(eq(lines.orderId, id), eq(lines.sku, sku))`: all columns of a unique key are asked for. */
export function asksForKey(file: FilePath, condition: Expr, linking: Linking): boolean {
  const columns = columnsIn(condition);
  const [first] = columns;
  if (!first) return false;
  const asked = new Set(columns.map((it) => it.name));
  return keysOfTable(file, first.object, linking).some((key) => key.every((it) => asked.has(it)));
}

function columnsIn(condition: Expr): readonly (Expr & { kind: 'member' })[] {
  if (condition.kind !== 'call') return [];
  const name = nameOf(condition);
  if (name === 'and') return condition.args.flatMap(columnsIn);
  const [column] = condition.args;
  return name === 'eq' && column?.kind === 'member' ? [column] : [];
}

/** The unique keys of what an expression names, if that is such a table. */
export function keysOfTable(file: FilePath, table: Expr, { values, files }: Linking): readonly Key[] {
  const made = values.evaluate(file, table);
  const facts = made.kind === 'expr' ? files.get(made.file) : undefined;
  if (made.kind !== 'expr' || made.expr.kind !== 'call' || !facts) return [];
  if (!tables.test(nameOf(made.expr))) return [];
  const [, columns, extra] = made.expr.args;
  const entries = columns?.kind === 'object' ? columns.entries : [];
  return [
    ...entries.filter((it) => isKeyColumn(it.value)).map((it) => [it.key]),
    ...(extra ? constraintsIn(facts, extra).flatMap(keyOfConstraint) : []),
  ];
}

/** `uuid('order_id').notNull().unique()`. */
function isKeyColumn(column: Expr): boolean {
  const links = linksOf(column);
  if (links.some((it) => nameOf(it) === 'unique')) return true;
  return (
    links.some((it) => nameOf(it) === 'primaryKey' && it.args.length === 0) &&
    !links.some((it) => drawn.test(nameOf(it)))
  );
}

/** The third argument: `(table) => [unique().on(table.orderId)]`, or an object of such. */
function constraintsIn({ functions }: FileFacts, extra: Expr): readonly Expr[] {
  const last = extra.kind === 'function' ? functions[extra.function]?.body.at(-1) : undefined;
  const given = last?.kind === 'return' ? last.value : undefined;
  if (given?.kind === 'array') return given.items;
  return given?.kind === 'object' ? given.entries.map((it) => it.value) : [];
}

/** `uniqueIndex('one_line').on(table.orderId, table.sku)`, `primaryKey({ columns: [table.orderId, table.sku] })`. */
function keyOfConstraint(constraint: Expr): readonly Key[] {
  const links = linksOf(constraint);
  const head = links.at(-1);
  // With `where` it holds for some rows only.
  if (!head || !unique.test(nameOf(head)) || links.some((it) => nameOf(it) === 'where')) return [];
  const on = links.find((it) => nameOf(it) === 'on') ?? head;
  const [first] = on.args;
  const listed =
    first?.kind === 'object' ? first.entries.find((it) => it.key === 'columns')?.value : undefined;
  const columns = listed?.kind === 'array' ? listed.items : on.args;
  const names = columns.map((it) => (it.kind === 'member' ? it.name : ''));
  return names.length > 0 && !names.includes('') ? [names] : [];
}

/** The calls of a chain, the last one first. */
function linksOf(expr: Expr): readonly CallExpr[] {
  if (expr.kind !== 'call') return [];
  return [expr, ...(expr.callee.kind === 'member' ? linksOf(expr.callee.object) : [])];
}

function nameOf({ callee }: CallExpr): string {
  return callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
}
