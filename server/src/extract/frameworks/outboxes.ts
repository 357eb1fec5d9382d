// Rows of an outbox: writing one hands the event to whatever relays it, in the transaction of the change it tells of.
import type { Expr } from '../../facts/expressions.ts';
import type { PublishRole, WriteRole } from '../../facts/roles.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import { pathOf } from '../paths.ts';
import type { CallSite } from './framework.ts';

const outbox = /outbox|(?:^|_)(?:pending|unsent|stored|integration)_?(?:events?|messages?)$/i;
/** Columns that tell which event a row is, the most telling first. */
const namingColumns = ['eventType', 'event_type', 'eventName', 'event_name', 'messageType',
  'message_type', 'type', 'name', 'routingKey', 'routing_key',
  'topic', 'subject', 'detailType', 'event']; // prettier-ignore
const payloadColumns = ['payload', 'event', 'data', 'body', 'content', 'message', 'value', 'detail'];

/** The event that a write puts into an outbox; undefined for a write elsewhere, or one that only marks a row as sent. */
export function outboxRow(view: FileView, write: WriteRole, entity = ''): PublishRole | undefined {
  if (!(outbox.test(write.store ?? '') || outbox.test(entity)) || !write.data) return undefined;
  if (write.operation !== 'insert' && write.operation !== 'upsert') return undefined;
  const rows = view.valueOf(write.data);
  const [row] = rows.kind === 'array' ? rows.items : [rows];
  // What is stored as a whole is the row itself, not what it announces.
  if (row?.kind !== 'object') return undefined;
  const payload = columnOf(view, row, payloadColumns);
  const event = columnOf(view, row, namingColumns) ?? payload ?? row;
  return {
    kind: 'publish',
    library: 'outbox',
    transport: 'outbox',
    event,
    ...(payload ? { payload, channel: event } : {}),
    gives: 'promise',
    confidence: 'shape',
  };
}

/** An entity and its columns: `em.persist(em.create(OutboxMessage, { … }))`, `rows.save(rows.create({ … }))`, or an object that is filled. */
export function madeBefore(site: CallSite): { readonly entity?: string; readonly data?: Expr } | undefined {
  const made = site.arg(0);
  if (made?.kind === 'new')
    return made.callee.kind === 'name' ? filledRow(site, made.callee.name) : undefined;
  if (made?.kind !== 'call') return undefined;
  const [first, second] = made.args;
  const isFilled = pathOf(made.callee).join('.') === 'Object.assign';
  if (isFilled && first?.kind === 'new' && first.callee.kind === 'name' && second)
    return { entity: first.callee.name, data: site.view.valueOf(second) };
  if (pathOf(made.callee).at(-1) !== 'create') return undefined;
  const entity = second && first?.kind === 'name' ? first.name : undefined;
  const data = entity === undefined ? first : second;
  return { ...(entity !== undefined && { entity }), ...(data && { data: site.view.valueOf(data) }) };
}

/** `const row = new OutboxMessage(); row.type = 'order.placed'; …; await manager.save(row)`. */
function filledRow(
  { call, fn }: CallSite,
  entity: string,
): { readonly entity: string; readonly data?: Expr } {
  const [row] = call.args;
  if (row?.kind !== 'name' || row.binding === undefined) return { entity };
  const entries = actionsIn(fn.body).flatMap((it) => {
    const target = it.kind === 'assign' && it.operator === '=' ? it.target : undefined;
    const isColumn = target?.kind === 'member' && target.object.kind === 'name';
    if (it.kind !== 'assign' || !isColumn || target.object.binding !== row.binding) return [];
    return [{ key: target.name, value: it.value, at: target.at }];
  });
  return entries.length > 0
    ? { entity, data: { kind: 'object', entries, spreads: [], at: row.at } }
    : { entity };
}

function columnOf(view: FileView, row: Expr, columns: readonly string[]): Expr | undefined {
  for (const column of columns) {
    const found = view.entryOf(row, column);
    if (found) return found;
  }
  return undefined;
}
