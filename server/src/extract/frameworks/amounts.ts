// Values that a store computes from what it holds: done twice they count twice.
import type { Expr, ObjectEntry, ObjectExpr } from '../../facts/expressions.ts';
import { holds } from '../../text.ts';
import { sqlIn } from '../../facts/sqlTexts.ts';
import type { FileView } from '../fileView.ts';
import { linksNamed } from './chains.ts';
import type { CallSite } from './framework.ts';

/** Fields that count changes on purpose. */
const counters = /version|revision|retr|attempt|updated/i;
const counting = new Set(['increment', 'decrement', 'multiply', 'divide', 'push']);
const operators = new Set(['$inc', '$mul', '$push']);
/** `quantity - 1`, `? + ?`; not `now() + interval '1 day'`. */
const sum = /(?:\w["`\])]?|\?)\s*[-+*/]\s*(?:\w|["`(:?$])/;
const times = /interval|now\s*\(|current_|date/i;

/** `{ paid: { increment: 1 } }`, `{ $inc: { paid: 1 } }`, `` { paid: sql`${orders.paid} + 1` } ``: counts from what is there. */
export function increments({ view }: Pick<CallSite, 'view'>, data: Expr): boolean {
  const object = objectOf(view, data);
  return (
    object?.entries.some(
      (it) => operators.has(it.key) || counts(view, it.key, it.value) || isIncreasedInBulk(view, it),
    ) ?? false
  );
}

/** `bulkWrite(items.map((it) => ({ updateOne: { filter, update: { $inc: … } } })))` of MongoDB. */
function isIncreasedInBulk(view: FileView, { key, value }: ObjectEntry): boolean {
  const update = /^update(?:One|Many)$/.test(key) ? view.entryOf(value, 'update') : undefined;
  return update !== undefined && increments({ view }, update);
}

/** What an upsert does where the row is there: Prisma's `update`, `onConflictDoUpdate({ set })`, `.merge({ … })`, `oc.doUpdateSet({ … })`. */
export function changedOnConflict(site: CallSite): Expr | undefined {
  const { view } = site;
  const update = view.entryOf(site.arg(0), 'update');
  if (update) return update;
  const [updated] = linksNamed(site, ['onConflictDoUpdate', 'onDuplicateKeyUpdate', 'merge']);
  if (updated) return view.entryOf(updated.args[0], 'set') ?? updated.args[0];
  const clauses = linksNamed(site, ['onConflict']);
  const sets = view.callsNamed('doUpdateSet').map((it) => it.action.call);
  return sets.find((it) => clauses.some((clause) => clause.args.some((arg) => isIn(view, arg, it))))?.args[0];
}

function isIn(view: FileView, callback: Expr, call: Expr & { kind: 'call' }): boolean {
  const fn = callback.kind === 'function' ? view.facts.functions[callback.function] : undefined;
  return fn !== undefined && holds(fn.span, call.span);
}

function objectOf(view: FileView, expr: Expr): ObjectExpr | undefined {
  const value = view.valueOf(expr);
  if (value.kind === 'object') return value;
  const made = value.kind === 'call' && nameOf(value.callee) === 'map' ? value.args[0] : value;
  const given = made?.kind === 'function' ? returned(view, made) : undefined;
  return given?.kind === 'object' ? given : undefined;
}

function returned(view: FileView, { function: id }: Expr & { kind: 'function' }): Expr | undefined {
  const last = view.facts.functions[id]?.body.at(-1);
  return last?.kind === 'return' ? last.value : undefined;
}

function counts(view: FileView, field: string, expr: Expr): boolean {
  const value = view.valueOf(expr);
  if (counters.test(field)) return false;
  // `FieldValue.increment(1)` of Firestore.
  if (value.kind === 'call' && nameOf(value.callee) === 'increment') return true;
  if (value.kind === 'object') return value.entries.some((it) => counting.has(it.key));
  const text = textOf(view, value);
  return text !== undefined ? isSum(text, field) : isExpression(view, value);
}

function textOf(view: FileView, value: Expr): string | undefined {
  const text = sqlIn(view.facts, value);
  return text && written(text);
}

function written(text: Expr & { kind: 'string' | 'template' }): string {
  if (text.kind === 'string') return text.value;
  return text.parts.map((it) => (typeof it === 'string' ? it : ' ? ')).join('');
}

/** The column itself stands in the sum, or something that is filled in. */
function isSum(text: string, field: string): boolean {
  if (!sum.test(text) || times.test(text)) return false;
  const column = field.replace(/[^a-z\d]/gi, '').toLowerCase();
  return (
    /^\s*\?/.test(text) ||
    text
      .replace(/[^a-z\d]/gi, '')
      .toLowerCase()
      .includes(column)
  );
}

/** Kysely's `eb('quantity', '-', 1)`. */
function isExpression(view: FileView, value: Expr): boolean {
  const operator = value.kind === 'call' && value.args[1] ? view.valueOf(value.args[1]) : undefined;
  return operator?.kind === 'string' && /^[-+*/]$/.test(operator.value);
}

function nameOf(callee: Expr): string {
  return callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
}
