// Logs, alerts and timers: what leaves a trace, calls a human, or runs later.
import type { Expr } from '../../facts/expressions.ts';
import type { Role, ScheduleRole, TimeLimitRole } from '../../facts/roles.ts';
import { spreadOut } from '../spreads.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';

const logger = /^(console|logger|log|winston|pino|_logger|logService|loggerService)$/i;
const levels =
  /^(log(?:Exception|Error|Warn|Warning|Info|Debug)?|info|debug|warn|warning|error|trace|verbose|fatal|critical|child)$/;

/** Where programs report their errors. */
const trackers = [
  '@sentry/', '@bugsnag/', 'bugsnag', 'rollbar', 'newrelic', '@honeybadger-io/', '@airbrake/', 'raygun',
  'elastic-apm-node', 'applicationinsights', '@google-cloud/error-reporting', 'dd-trace',
]; // prettier-ignore
const reports = /^(?:captureException|captureMessage|captureError|noticeError|trackException)$/;
/** What a tracker's own objects call the same. */
const reportsOfTracker =
  /^(?:notify|report|error|critical|warning|recordError|addError|flush|set(?:Tag|Tags|Context|Extra|Extras|User))$/;

/** What measures: counters, histograms, metrics of a cloud. */
const meters = [
  'prom-client', '@opentelemetry/', 'hot-shots', 'node-statsd', 'aws-embedded-metrics', '@aws-lambda-powertools/',
]; // prettier-ignore

const measures =
  /^(?:inc|dec|increment|decrement|observe|set|add|record|gauge|histogram|timing|count|addMetric|addDimension\w*|putMetric|publishStoredMetrics|flush)$/;

export const observability: Framework = {
  name: 'observability',
  triggers: [],
  roles(site) {
    const role = roleOf(site);
    return role ? [role] : [];
  },
};

function roleOf(site: CallSite): Role | undefined {
  if (site.receiver && logger.test(site.receiverName) && levels.test(site.name))
    return { kind: 'log', library: site.receiverName };
  if (isMeasuring(site)) return { kind: 'log', library: site.receiverName };
  if (isReport(site)) return { kind: 'alert', library: site.receiverName || site.name, isReport: true };
  if (
    /alert|pager|incident|opsgenie|sentry|oncall|escalat/i.test(`${site.receiverName} ${site.name}`) &&
    site.action.isNew !== true &&
    // What Firebase calls a function that clients call.
    site.name !== 'onCall'
  ) {
    return { kind: 'alert', library: site.receiverName || site.name };
  }
  const body = site.call.args.find((it) => site.view.valueOf(it).kind === 'function');
  const timer = timerOf(site.name) ?? keptBy(site);
  if (timer) return { ...timer, ...(body && { body }) };
  const again = retryOf(site, body);
  if (again) return again;
  if (
    /^((with|p|promise|race)?timeout|timeout(After|Promise)|with(Deadline|TimeLimit)|limitTime)$/i.test(
      site.name,
    ) ||
    isAbortTimeout(site)
  ) {
    return { kind: 'time-limit', library: site.name, ...(body ? { body } : {}) };
  }
  return undefined;
}

function retryOf(site: CallSite, body: Expr | undefined): TimeLimitRole | undefined {
  if (!/^(retry|withRetry|retryWithBackoff|pRetry|backOff|retryAsync)$/i.test(site.name)) return undefined;
  const endless = isEndless(site) ? ({ isEndless: true } as const) : {};
  return { kind: 'retry', library: site.name, ...(body ? { body } : {}), ...endless };
}

/** `retry()` of RxJS, whose number of tries and whose delay are up to whoever calls it. */
function isEndless({ name, receiver, view, call }: CallSite): boolean {
  if (name !== 'retry' || receiver || !/^rxjs(?:\/|$)/.test(view.importedFrom(name) ?? '')) return false;
  const [config] = call.args;
  if (!config) return true;
  const options = view.valueOf(config);
  if (options.kind !== 'object') return options.kind === 'name' && options.name === 'Infinity';
  const whole = spreadOut(options, view.valueOf);
  return whole.spreads.length === 0 && whole.entries.every((it) => it.key === 'resetOnSuccess');
}

/** `ordersTotal.inc()` of prom-client, `cloudWatch.send(new PutMetricDataCommand(…))`. */
function isMeasuring(site: CallSite): boolean {
  if (!site.receiver || site.action.isNew) return false;
  const asked = site.name === 'send' ? site.arg(0) : undefined;
  if (asked?.kind === 'new' && asked.callee.kind === 'name')
    return asked.callee.name === 'PutMetricDataCommand';
  return measures.test(site.name) && isFrom(site.origin, meters);
}

function isReport(site: CallSite): boolean {
  if (site.action.isNew) return false;
  return reports.test(site.name) || (isFrom(site.origin, trackers) && reportsOfTracker.test(site.name));
}

function timerOf(library: string): ScheduleRole | undefined {
  if (/^(?:setTimeout|setImmediate|nextTick|queueMicrotask)$/.test(library))
    return { kind: 'schedule', library, isOnce: true };
  return /^(?:setInterval|schedule|cron)$/.test(library) ? { kind: 'schedule', library } : undefined;
}

/** Next's `after(() => …)`, and `waitUntil(…)` of a platform that answers before the work is done. */
function keptBy({ name, view, receiver, action }: CallSite): ScheduleRole | undefined {
  const isAfter =
    /^(?:unstable_)?after$/.test(name) && !receiver && view.importedFrom(name) === 'next/server';
  const isLeft = name === 'waitUntil' && action.settled === 'dropped';
  return isAfter || isLeft ? { kind: 'schedule', library: name, isKept: true } : undefined;
}

function isAbortTimeout(site: CallSite): boolean {
  return site.receiverName === 'AbortSignal' && site.name === 'timeout';
}
