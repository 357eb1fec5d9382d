// Sums in what a store is handed, or in what is assigned: amounts that are less or more than there was, in the forms of the libraries.
import type { AssignAction } from '../../facts/actions.ts';
import type { CallExpr, Expr, ObjectEntry } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { sqlIn } from '../../facts/sqlTexts.ts';
import { partsOf } from '../../facts/walk.ts';
import { pathOf } from '../effects/effects.ts';

/** Less or more of it than there was. */
type Sign = '-' | '+';

/** What there may be too little of, and whoever counts on it is harmed. */
export const amounts =
  /stock|quantit|balance|inventor|available|remaining|seats?(?![a-z])|capacity|credits?(?![a-z])|points|funds|amount|on_?hand/i;
/** What is taken off a price makes it cheaper, and takes nothing from anybody. */
const rebate = /discount|rebate|deduction/i;

/** `product.stock -= quantity`, `product.stock = product.stock - quantity`. */
export function isAssigned({ target, operator, value }: AssignAction, sign: Sign): boolean {
  if (target.kind !== 'member' || !amounts.test(target.name)) return false;
  return operator === `${sign}=` || isSum(value, target.name, sign);
}

/** Whether a call, or a link of the chain that it ends, is handed a sum: `db.update(products).set({ … }).execute()`. */
export function changesIn(facts: FileFacts | undefined, call: CallExpr, sign: Sign): boolean {
  if (call.args.some((it) => changes(facts, it, sign))) return true;
  const before = call.callee.kind === 'member' ? call.callee.object : undefined;
  return before?.kind === 'call' && changesIn(facts, before, sign);
}

/** `{ stock: { decrement: quantity } }`, `{ stock: product.stock - quantity }`, `SET balance = balance - $1`. */
function changes(facts: FileFacts | undefined, expr: Expr, sign: Sign): boolean {
  if (expr.kind === 'object')
    return expr.entries.some(
      (it) => isChanged(facts, it, sign) || isCounted(it, sign) || changes(facts, it.value, sign),
    );
  if (expr.kind === 'string' || expr.kind === 'template') return isSumInSql(written(expr), sign);
  return (
    (expr.kind === 'array' || expr.kind === 'call') && partsOf(expr).some((it) => changes(facts, it, sign))
  );
}

function isChanged(facts: FileFacts | undefined, { key, value }: ObjectEntry, sign: Sign): boolean {
  if (!amounts.test(key)) return false;
  const verb = sign === '-' ? 'decrement' : 'increment';
  if (value.kind === 'object') return value.entries.some((it) => it.key === verb);
  return isSum(value, key, sign) || isSumOfColumn(sqlIn(facts, value), key, sign);
}

/** `{ $inc: { stock: -quantity } }` of MongoDB. */
function isCounted({ key, value }: ObjectEntry, sign: Sign): boolean {
  if (key !== '$inc' || value.kind !== 'object') return false;
  return value.entries.some((it) => amounts.test(it.key) && isNegative(it.value) === (sign === '-'));
}

function isNegative(value: Expr): boolean {
  if (value.kind === 'literal') return value.text.startsWith('-');
  return value.kind === 'operation' && value.operator === '-' && value.of.length === 1;
}

function isSum(value: Expr, field: string, sign: Sign): boolean {
  if (value.kind !== 'operation' || value.operator !== sign) return false;
  const [left, right] = value.of;
  return left?.kind === 'member' && left.name === field && !(right && rebate.test(pathOf(right)));
}

/** What is filled in is a `?`, but a column stays a column. */
function written(text: Expr & { kind: 'string' | 'template' }): string {
  if (text.kind === 'string') return text.value;
  return text.parts
    .map((it) => (typeof it === 'string' ? it : it.kind === 'member' ? it.name : '?'))
    .join('');
}

function isSumOfColumn(
  sql: (Expr & { kind: 'string' | 'template' }) | undefined,
  field: string,
  sign: Sign,
): boolean {
  const text = sql ? written(sql) : '';
  const [, column, operator] = /^\W*(?:\w+\W{1,3})?(\w+)["`]?\s*([-+])/.exec(text) ?? [];
  return operator === sign && column?.toLowerCase() === field.toLowerCase();
}

function isSumInSql(text: string, sign: Sign): boolean {
  const sums = text.matchAll(/(\w+)\s*=\s*(?:\w+\.)?\1\s*([-+])/g);
  return [...sums].some((it) => it[2] === sign && amounts.test(it[1] ?? ''));
}

/** `{ sold: { increment: 1 } }`, `{ $inc: { sold: 1 } }`: more of anything. */
export function adds(expr: Expr): boolean {
  if (expr.kind !== 'object') return false;
  return expr.entries.some(({ key, value }) => {
    if (key === '$inc') return value.kind !== 'object' || value.entries.some((it) => !isNegative(it.value));
    return key === 'increment' || adds(value);
  });
}
