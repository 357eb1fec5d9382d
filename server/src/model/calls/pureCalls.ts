// Calls that do nothing about a failure: metrics, spans, lines in a log, and what only makes text or values.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';

const telling =
  /^(?:recordException|setStatus|setAttribute\w*|addEvent|inc|increment|observe|histogram|gauge|end|finish|startTimer|stopTimer|addMetric|putMetric|timing|publishStoredMetrics|record\w*(?:Error|Failure|Metric)\w*|log\w*|print\w*)$/;
const tellers =
  /(?:metrics?|counter|histogram|gauge|span|tracer|timer|statsd|prometheus|telemetry|stopwatch)$/i;
const meters = /prom-client|opentelemetry|prometheus|metrics|statsd|dogstatsd|datadog|dd-trace/;
const pureRoots = new Set([
  'JSON', 'String', 'Number', 'Boolean', 'Date', 'Object', 'Array', 'Math', 'Buffer', 'util', 'inspect', 'performance', 'process', 'Error', 'chalk',
]); // prettier-ignore
const pureNames =
  /^(?:toString|toISOString|stringify|join|map|slice|substring|trim|getTime|now|inspect|format\w*|serialize\w*|(?:(?:get|to|as|error|make|build|describe)\w*)?[mM]essage|\w*[sS]tack|toJSON|includes|startsWith|endsWith)$/;
const loggers = /^(?!.*Audit).*Logg(?:er|ing)(?:Service|Adapter|Provider|Impl)?$|^LogService$/;
const levels = /^(?:log|info|debug|warn|warning|error|trace|verbose|fatal|critical|notice|silly)$/;

/** `span.recordException(error)`, `failures.inc()` of a counter. */
export function isTelling({ program }: EventModel, file: FilePath, { call }: CallAction): boolean {
  const { callee } = call;
  if (callee.kind !== 'member' || !telling.test(callee.name)) return false;
  if (callee.name === 'recordException' || tellers.test(calleeName(callee.object) ?? '')) return true;
  const type = /^(?:inc|observe)$/.test(callee.name) ? program.foreignTypeOf(file, callee.object) : undefined;
  return type !== undefined && meters.test(type.from);
}

/** `JSON.stringify(error)`, `error.message.slice(0, 80)`. */
export function isPure(callee: Expr): boolean {
  const root = pathOf(callee).split(/[.(]/)[0] ?? '';
  return pureRoots.has(root) || (callee.kind === 'member' && pureNames.test(callee.name));
}

/** `warn` of an `AppLogger`: wherever it keeps its lines, one more does no harm. */
export function writesLogLine({ roles }: CallAction, { fact }: FunctionNode): boolean {
  const isLogger = roles.some((it) => it.kind === 'log') || loggers.test(fact.owner ?? '');
  return isLogger && levels.test(fact.name);
}

/** A tracker of errors hears of it. */
export function isReport({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'alert' && it.isReport === true);
}
