// Fields that arrive as text and are made a date again by everybody who reads them.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import { partsOf } from '../../facts/walk.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import type { EventModel, EventNode, FunctionNode } from '../model.ts';
import { exprsIn, mentions } from './convertedFields.ts';

const dateMaking = /^(?:Date|parseISO|toDate|fromISO|dayjs|moment|parseJSON)$/;
/** How a schema says that it makes a date of what comes: `z.coerce.date()`, `z.string().transform((it) => new Date(it))`. */
const reviving = /\bcoerce\s*\.\s*date\b|\bnew\s+Date\b|\bpipe\(\s*z\.date\b/;

/** Whether a date of an event is made one again where it is read: `new Date(event.occurredAt)`, a schema that coerces it. */
export function isRevived(model: EventModel, { consumers }: EventNode, field: string): boolean {
  const handlers = consumers.flatMap((it) => it.handler ?? []);
  const ways = handlers.map((it) => wayOf(model, it, field));
  return handlers.length === consumers.length && ways.includes('revived') && !ways.includes('read');
}

type Way = 'revived' | 'read' | 'unread';

function wayOf(model: EventModel, handler: FunctionNode, field: string): Way {
  const said = reachedFrom(model, handler).map((fn) => ({ fn, exprs: exprsIn(model, fn) }));
  if (said.some(({ fn, exprs }) => exprs.some((it) => revives(model, fn, it, field)))) return 'revived';
  return said.some(({ exprs }) => exprs.some((it) => mentions(it, field))) ? 'read' : 'unread';
}

function revives(model: EventModel, fn: FunctionNode, expr: Expr, field: string): boolean {
  if ((expr.kind === 'new' || expr.kind === 'call') && dateMaking.test(nameOf(expr.callee)))
    if (expr.args.some((it) => mentions(it, field))) return true;
  if (expr.kind === 'call' && isReviving(model, fn, expr.callee, expr.args, field)) return true;
  return partsOf(expr).some((it) => revives(model, fn, it, field));
}

/** `JSON.parse(text, reviver)`, `orderPlacedSchema.parse(message)`. */
function isReviving(
  { program }: EventModel,
  { file }: FunctionNode,
  callee: Expr,
  [, reviver]: readonly Expr[],
  field: string,
): boolean {
  if (callee.kind !== 'member' || !/^(?:safe)?parse(?:Async)?$/i.test(callee.name)) return false;
  const { object } = callee;
  if (object.kind !== 'name') return false;
  if (object.name === 'JSON') return reviver !== undefined && reviver.kind !== 'literal';
  const schema = program.typeNamed(file, object.name);
  const type = schema && program.fieldsOf(schema.file, schema).fields.get(field)?.member.type;
  return type !== undefined && makesDate(type);
}

function makesDate(type: TypeExpr): boolean {
  return type.kind === 'other' && reviving.test(type.text);
}

function nameOf(expr: Expr): string {
  return expr.kind === 'member' || expr.kind === 'name' ? expr.name : '';
}
