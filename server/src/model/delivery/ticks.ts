// Jobs that a scheduler makes again and again and that bear nothing: what their handler has to do it finds in the database, and what it
// did not do it finds there the next time.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn, exprsOf, namesIn, partsOf } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { reachedFrom } from './redelivered.ts';

/** Whether a consumer is only woken: no message is lost with what it could not do. */
export function isTick(model: EventModel, { file, fact, handler }: ConsumerNode): boolean {
  const facts = model.files.get(file);
  if (!handler || !facts || fact.library !== 'bullmq' || !isScheduled(facts)) return false;
  return !readsJob(model, handler) && findsWork(model, handler);
}

/** `queue.upsertJobScheduler('due', { every: 60_000 })`, `queue.add('due', {}, { repeat: { pattern } })`. */
function isScheduled(facts: FileFacts): boolean {
  const { calls } = indexOf(facts);
  const repeats = (it: Expr): boolean =>
    it.kind === 'object' && it.entries.some(({ key }) => key === 'repeat' || key === 'cron');
  return (
    calls.has('upsertJobScheduler') ||
    (calls.get('add') ?? []).some(({ action }) => action.call.args.some(repeats))
  );
}

function readsJob({ files }: EventModel, { file, fact }: FunctionNode): boolean {
  const facts = files.get(file);
  const [job] = fact.parameters;
  const parameter = job === undefined ? undefined : facts?.bindings[job];
  if (!facts || !parameter) return false;
  const isOfJob = (expr: Expr): boolean =>
    [...namesIn(expr)].some(({ binding }) => {
      const read = binding === undefined ? undefined : facts.bindings[binding];
      return read !== undefined && holds(parameter.at, read.at);
    });
  const inside = facts.functions.filter((it) => holds(fact.span, it.span));
  const isTakenApart = facts.bindings.some(
    ({ at, kind, init }) =>
      kind !== 'parameter' && init !== undefined && holds(fact.span, at) && isOfJob(init),
  );
  return isTakenApart || inside.some(({ body }) => actionsIn(body).flatMap(exprsOf).some(isOfJob));
}

/** The handler reads what is left to do. What it reads by a moment, such as the turnover of yesterday, is no longer that tomorrow. */
function findsWork(model: EventModel, handler: FunctionNode): boolean {
  const reads = reachedFrom(model, handler).flatMap(({ fact }) =>
    callsIn(fact.body).filter(({ roles }) => roles.some((it) => it.kind === 'read')),
  );
  return reads.length > 0 && !reads.some(asksForMoment);
}

function asksForMoment({ call }: CallAction): boolean {
  return call.args.some((it) => holdsMoment(it, ''));
}

/** `{ date: { equals: yesterday() } }`; what is due by now (`lte`) stays due. */
function holdsMoment(expr: Expr, key: string): boolean {
  if (expr.kind === 'call' || expr.kind === 'new') return key !== '' && !/^lte?$/.test(key);
  if (expr.kind === 'object') return expr.entries.some((it) => holdsMoment(it.value, it.key));
  return partsOf(expr).some((it) => holdsMoment(it, ''));
}
