// Rows of an outbox: writing one hands the event to whatever relays it, in the transaction of the change it tells of.
import type { Expr } from '../../facts/expressions.ts';
import type { PublishRole, WriteRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';

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

function columnOf(view: FileView, row: Expr, columns: readonly string[]): Expr | undefined {
  for (const column of columns) {
    const found = view.entryOf(row, column);
    if (found) return found;
  }
  return undefined;
}
