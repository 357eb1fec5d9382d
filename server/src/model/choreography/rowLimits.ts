// Whether anything ends the wait of a row whose answer does not come: a job that looks for such rows, a delayed message, a deadline.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { actionsIn, exprsOf } from '../../facts/walk.ts';
import { jobsOf } from '../delivery/clockJobs.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { indexOf } from '../fileIndex.ts';
import { foundInFiles } from '../incremental/about.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode } from '../model.ts';
import { producersOf } from '../producers/sent.ts';
import { processManagersOf } from '../sagas/processManagers.ts';
import { deadline, hasDeadline, isDelayed } from '../sagas/replyLimits.ts';
import { isWritten, type Row } from './rows.ts';
import { tableNamed } from './storedBefore.ts';

interface Waiting {
  readonly fn: FunctionNode;
  readonly effect: Effect;
  readonly row: Row;
  readonly replies: readonly EventNode[];
  readonly ending: readonly ConsumerNode[];
}

/** Whether somebody ends it, or it is told of already as the wait of a saga; `answered` are those who hear of all such rows. */
export function isRowLimited(model: EventModel, wait: Waiting, answered: readonly ConsumerNode[]): boolean {
  const service = model.serviceOf(wait.fn.file);
  return (
    isOfManager(model, wait) ||
    model.consumers.some((it) => model.serviceOf(it.file) === service && isOfDeadline(it)) ||
    jobsOf(model).some((it) => sweeps(model, it, wait)) ||
    namesTime(model, wait) ||
    delaysIn(model, service, answered) ||
    hasDeadlineField(model, service, wait.row)
  );
}

function isOfManager(model: EventModel, { ending }: Waiting): boolean {
  return processManagersOf(model).some(
    ({ stores, reactions }) => stores.size > 0 && reactions.some(({ consumer }) => ending.includes(consumer)),
  );
}

function isOfDeadline({ name, file, handler, events }: ConsumerNode): boolean {
  const place = file.slice(file.lastIndexOf('/') + 1);
  return [name, place, handler?.fact.owner ?? '', ...events.map((it) => it.name)].some((it) =>
    deadline.test(it),
  );
}

/** A job of a clock that speaks of a deadline, writes such rows, or sends the message or its answer once more. */
function sweeps(model: EventModel, job: FunctionNode, { fn, row, effect, ending }: Waiting): boolean {
  const isOwn = model.serviceOf(job.file) === model.serviceOf(fn.file);
  if (isOwn && deadline.test(`${job.fact.owner ?? ''} ${job.fact.name}`)) return true;
  const events = new Set([...ending.flatMap((it) => it.events), ...eventsOf(model, effect)]);
  return model.bodyOf(job).effects.some((it) => {
    // Another service may keep the time over the same table.
    if (it.role.kind === 'write') return (isOwn || row.name !== undefined) && isWritten(it, row);
    return eventsOf(model, it).some((one) => events.has(one)) && !isOfHandler(model, job);
  });
}

/** A timer within the handling of a message is how the answer comes. */
function isOfHandler({ consumers }: EventModel, { file, fact: { span } }: FunctionNode): boolean {
  return consumers.some(({ handler }) => {
    const around = handler?.file === file ? handler.fact : undefined;
    return (
      around && around.kind !== 'module' && around.span.start <= span.start && span.end <= around.span.end
    );
  });
}

function eventsOf(model: EventModel, effect: Effect): readonly EventNode[] {
  return producersOf(model, effect).flatMap((it) => it.event ?? []);
}

/** Whether what begins the wait, or who calls it, names a time that is over or starts a timer. */
function namesTime(model: EventModel, { fn }: Waiting): boolean {
  const starts = [fn, ...callersOf(model, fn).map(({ caller }) => caller)].filter(
    ({ fact }) => fact.kind !== 'module',
  );
  return starts
    .flatMap((it) => reachedFrom(model, it))
    .some(({ fact }) => {
      if (deadline.test(fact.name)) return true;
      return actionsIn(fact.body).some(
        (it) => exprsOf(it).some(hasDeadline) || (it.kind === 'call' && isTimer(it)),
      );
    });
}

function isTimer({ call }: CallAction): boolean {
  return pathOf(call.callee) === 'setTimeout' && call.args[0]?.kind === 'function';
}

/** A delayed message of the service, unless it is sent only when an answer has come. */
function delaysIn(model: EventModel, service: string, answered: readonly ConsumerNode[]): boolean {
  const delaying = foundInFiles(model, 'delayed messages', delayedIn).filter(
    (it) => model.serviceOf(it.file) === service,
  );
  if (delaying.length === 0) return false;
  const after = new Set(
    answered.flatMap(({ handler }) => (handler ? reachedFrom(model, handler).map((it) => it.fact) : [])),
  );
  return delaying.some((it) => !after.has(it.fact));
}

const delayedIn = once((facts: FileFacts) =>
  indexOf(facts).publishes.flatMap(({ fn, action }) =>
    action.call.args.some(isDelayed) ? [{ file: facts.file, fact: fn }] : [],
  ),
);

/** `expiresAt` in what is stored. */
function hasDeadlineField(model: EventModel, service: string, { key }: Row): boolean {
  return foundInFiles(model, 'types with a deadline', limitedTypesIn).some(
    (it) => model.serviceOf(it.file) === service && tableNamed(it.name) === key,
  );
}

const limitedTypesIn = once(({ file, types }: FileFacts) =>
  types.filter((it) => it.members.some((one) => deadline.test(one.name))).map(({ name }) => ({ file, name })),
);
