// Work that the handler of a message starts and does not wait for, itself, further down, or by whatever runs it.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { CallExpr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { handledAtEnd } from '../../facts/messagingPackages.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { levelsTo, type Level } from '../calls/handling.ts';
import { mayFollow } from '../calls/order.ts';
import { isStarted } from '../calls/startedCalls.ts';
import { pathOf } from '../effects/effects.ts';
import { isOnlyTold } from '../failures/toldFailures.ts';
import type { ConsumerNode, Effect, EventModel, FunctionNode } from '../model.ts';
import { acknowledges } from './acknowledging.ts';
import { isTakenUp } from './clockJobs.ts';
import { dropsGiven } from './droppedCallbacks.ts';

/** Work that comes after the acknowledgement, and the call in a function that the message is lost at. */
export interface LaterWork {
  readonly consumer: ConsumerNode;
  readonly work: Effect;
  readonly fn: FunctionNode;
  readonly action: CallAction;
}

export interface StartedWork extends LaterWork {
  readonly how: 'unawaited';
  /** Whoever waits for the call waits for nothing: what is called keeps the promise to itself. */
  readonly isKeptBack?: true;
}

/** Work that may fail without anybody missing it. */
export const optional = /log|audit|metric|track|analytic|telemetry|cache|warm|heartbeat|cleanup|notify/i;

/** What the handler of a consumer, or whatever runs it, starts and leaves alone. */
export function startedBy(model: EventModel, consumer: ConsumerNode): StartedWork | undefined {
  const { handler } = consumer;
  if (!handler) return undefined;
  return (
    unawaitedWork(model, consumer, handler) ??
    startedByWrapper(model, consumer, model.bodyOf(handler).effects.filter(isWork))
  );
}

/** A handler that ends, or acknowledges, while what it started still runs, itself or further down. */
function unawaitedWork(model: EventModel, consumer: ConsumerNode, fn: FunctionNode): StartedWork | undefined {
  if (!endsWithHandler(consumer) && !callsIn(fn.fact.body).some((it) => acknowledges(model, fn, it)))
    return undefined;
  const started = model
    .bodyOf(fn)
    .effects.filter(isWork)
    .map((it) => startedWork(model, consumer, it));
  // Beside work that the handler waits for, what may fail with a word in the log is meant to be optional.
  const isAll = started.every((it) => it !== undefined);
  const lost = started.filter(
    (it) =>
      it && !publishes(it.action) && (isAll || (it.action.settled === 'dropped' && !consumer.fact.isRequest)),
  );
  return lost.find((it) => it?.work.role.kind !== 'publish') ?? lost[0];
}

/** Of what publishes itself another rule tells. */
function publishes({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'publish');
}

function startedWork(model: EventModel, consumer: ConsumerNode, work: Effect): StartedWork | undefined {
  const levels = (consumer.handler && levelsTo(model, consumer.handler, work)) ?? [];
  const [first] = levels;
  if (!first || !(endsWithHandler(consumer) || isAckedAfter(model, first))) return undefined;
  for (const [index, level] of levels.entries()) {
    const action = droppedAt(model, level, levels[index + 1]);
    if (action && isTakenUp(model, levels, index)) return undefined;
    const isKeptBack = action && dropsGiven(model, level.entry, action, level.action.call.at.start);
    const found = { how: 'unawaited', consumer, work, fn: level.entry } as const;
    if (action) return { ...found, action, ...(isKeptBack && { isKeptBack }) };
  }
  return undefined;
}

/** An async handler has given its promise, whenever it acknowledges; another one acknowledges what it has started. */
function isAckedAfter(model: EventModel, { entry, action }: Level): boolean {
  const { body, isAsync } = entry.fact;
  const { start } = action.call.at;
  return callsIn(body).some(
    (it) => acknowledges(model, entry, it) && (isAsync || mayFollow(body, start, it.call.at.start)),
  );
}

/** `onMessage(content); channel.ack(message);`: whatever runs the handler does not wait for it. */
function startedByWrapper(
  model: EventModel,
  consumer: ConsumerNode,
  [work]: readonly Effect[],
): StartedWork | undefined {
  const { caller: fn, action } = consumer.runBy ?? {};
  if (!fn || !work || action?.settled !== 'dropped' || !consumer.handler?.fact.isAsync) return undefined;
  const { body } = fn.fact;
  const { start } = action.call.at;
  const isAcked = callsIn(body).some(
    (it) => mayFollow(body, start, it.call.at.start) && acknowledges(model, fn, it),
  );
  const isOver = isAcked || endsWithHandler(consumer);
  return isOver && !isInCatch(body, action) ? { how: 'unawaited', consumer, work, fn, action } : undefined;
}

/** The call of a level that nobody waits for: the one that leads on, or a transaction or guard around it, or one that gives no promise of it. */
function droppedAt(
  model: EventModel,
  { entry, action }: Level,
  next: Level | undefined,
): CallAction | undefined {
  const { body } = entry.fact;
  const isLeft = isStarted(model, entry, action, next) || isOnlyTold(model, entry, action);
  const name = next?.entry.fact.name ?? pathOf(action.call.callee);
  if (isLeft && !optional.test(name) && !isInCatch(body, action)) return action;
  const { start } = action.call.at;
  return callsIn(body).find(
    (it) =>
      ((it.settled === 'dropped' && isWrapper(model, entry, it)) || dropsGiven(model, entry, it, start)) &&
      it.call.span.start <= start &&
      start < it.call.span.end &&
      it !== action &&
      !isInCatch(body, it),
  );
}

/**
 * `records.forEach(async (record) => …)`: the list goes by, and nobody takes the promises. Of a publish in there another rule tells,
 * and what mends that mends the rest.
 */
function loops(model: EventModel, { file }: FunctionNode, { callee, args }: CallExpr): boolean {
  const { files } = model;
  const [each] = args;
  if (callee.kind !== 'member' || !/^(?:forEach|map|flatMap)$/.test(callee.name)) return false;
  const run = each?.kind === 'function' ? files.get(file)?.functions[each.function] : undefined;
  if (!run || !(run.isAsync || givesPromise(model, file, run))) return false;
  return !callsIn(run.body).some(({ roles }) => roles.some((it) => it.kind === 'publish'));
}

/** `(item) => this.release(item)`, where that is async. */
function givesPromise(model: EventModel, file: FilePath, fact: FunctionFact): boolean {
  const given = callsIn(fact.body).filter((it) => it.settled === 'returned');
  const callees = given.flatMap((it) => model.program.calleesOf(file, { file, fact }, it.call));
  return callees.length > 0 && callees.every((it) => it.fact.isAsync);
}

/** What runs the callback that it is given: a transaction, a loop over a list, a guard, a timer, an async function of the workspace. */
function isWrapper(model: EventModel, fn: FunctionNode, { roles, call }: CallAction): boolean {
  if (roles.some((it) => it.kind === 'transaction' || it.kind === 'guard')) return true;
  if (roles.some((it) => it.kind === 'schedule' && it.isOnce) || loops(model, fn, call)) return true;
  const [callee, ...others] = model.program.calleesOf(fn.file, fn, call);
  return (
    callee !== undefined && others.length === 0 && callee.fact.isAsync && !optional.test(callee.fact.name)
  );
}
/** Nobody asks for an acknowledgement: that the handler has ended says it all. */
export function endsWithHandler({ fact: { acknowledges, library } }: ConsumerNode): boolean {
  return (
    acknowledges === 'auto' ||
    acknowledges === 'after' ||
    acknowledges === 'return' ||
    handledAtEnd.has(library)
  );
}

/** Of what it does, whatever must not be lost. */
export function isWork({ role, inCatch }: Effect): boolean {
  if (inCatch) return false;
  if (role.kind === 'write') return role.library !== 'redis';
  if (role.kind === 'remote') return !role.isRead;
  // A job is asked for, and nobody waits for an answer.
  return role.transport === 'broker' && (!role.isRequest || role.library === 'bullmq');
}

/** Whether a call stands in the `catch` of its own function. */
export function isInCatch(body: readonly Action[], action: CallAction): boolean {
  return [...actionsIn(body)].some(
    (it) => it.kind === 'try' && [...callsIn(it.handler ?? [])].includes(action),
  );
}
