// Messages that are lines of a log or measurements: what reads them later is a person or a dashboard, and no consumer goes on with them.
import type { Expr } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { statesFact, wordsOf } from '../names/names.ts';

const places = new Set(['topic', 'queue', 'channel', 'subject', 'stream', 'exchange', 'pattern', 'name']);
/** `logs.create`, `create-log`, `log.entry`. */
const writing = new Set(['create', 'new', 'write', 'add', 'entry', 'entries', 'line', 'lines']);
const logging = /^(?:logs?|logging|metrics?|telemetry)$/;
/** `logs.orders`, `metrics.http`; a `log.in` is none. */
const gathering = /^(?:logs|logging|metrics|telemetry)$/;
const levels = /^(?:trace|verbose|debug|info|log|notice|warn|warning|error|fatal|critical)$/i;

/** Whether a message is a line of a log: by the names under which it is sent, or by what is sent; `order.logged` states a fact. */
export function isLogLine(
  { event, channel }: PublishRole,
  names: readonly string[],
  args: readonly Expr[],
): boolean {
  if (names.some(statesFact)) return false;
  if (names.length > 0 && names.every(isLogName)) return true;
  return [channel, event, args[0]].some((it) => it && namesLog(it)) || args.some((it) => saysLine(it, 0));
}

/** `create-log`, `service.logs`, `metrics.orders`. */
function isLogName(name: string): boolean {
  const words = wordsOf(name).filter((it) => !places.has(it) && !/^v?\d+$/.test(it));
  const telling = words.filter((it) => !writing.has(it));
  return logging.test(telling.at(-1) ?? '') || gathering.test(telling[0] ?? '');
}

/** `LOG_TOPIC`, `topics.serviceLogs`, whatever text stands behind it. */
function namesLog(expr: Expr): boolean {
  if (expr.kind === 'choice') return expr.of.some(namesLog);
  return (expr.kind === 'name' || expr.kind === 'member') && isLogName(expr.name);
}

/** `{ level: 'info', message: '…' }`, by itself or in what it is packed into. */
function saysLine(expr: Expr, depth: number): boolean {
  if (depth > 4) return false;
  const within = (it: Expr): boolean => saysLine(it, depth + 1);
  if (expr.kind === 'array') return expr.items.length > 0 && expr.items.every(within);
  if (expr.kind === 'call') return expr.args.some(within);
  if (expr.kind !== 'object') return false;
  const isLine =
    expr.entries.some(({ key, value }) => /^(?:level|severity)$/.test(key) && isLevel(value)) &&
    expr.entries.some(({ key }) => /^(?:message|msg)$/.test(key));
  return (
    isLine || expr.entries.some(({ key, value }) => /^(?:messages|value|data)$/.test(key) && within(value))
  );
}

function isLevel(expr: Expr): boolean {
  if (expr.kind === 'string') return levels.test(expr.value);
  return (
    expr.kind === 'member' &&
    levels.test(expr.name) &&
    expr.object.kind === 'name' &&
    /level|severity/i.test(expr.object.name)
  );
}
