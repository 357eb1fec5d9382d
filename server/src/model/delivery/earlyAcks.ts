// Messages that the broker takes for handled while the work on them is still to come.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { CallExpr } from '../../facts/expressions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { handledAtEnd } from '../../facts/messagingPackages.ts';
import { actionsIn, branchesOf, callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { levelsTo, type Level } from '../calls/handling.ts';
import { mayFollow } from '../calls/order.ts';
import { isStarted } from '../calls/startedCalls.ts';
import { pathOf } from '../effects/effects.ts';
import { isOnlyTold } from '../failures/toldFailures.ts';
import type { ConsumerNode, Effect, EventModel, FunctionNode } from '../model.ts';
import { acknowledges } from './acknowledging.ts';
import { isTakenUp } from './clockJobs.ts';
import { leftInMemory, type LeftInMemory } from './leftInMemory.ts';
import { postponedCopyIn } from './postponedCopies.ts';
import { declarationsOf } from './queues.ts';
import { statedNoAck, type StatedNoAck } from './statedNoAcks.ts';

interface Found {
  readonly consumer: ConsumerNode;
  readonly work: Effect;
  readonly fn: FunctionNode;
  readonly action: CallAction;
}

/** Where a message is acknowledged too early, and the work that comes later. */
export type EarlyAck =
  /** The broker never waits for an acknowledgement. */
  | {
      readonly how: 'unasked';
      readonly consumer: ConsumerNode;
      readonly work: Effect;
      /** Where the whole service says so. */
      readonly statedAt?: StatedNoAck;
    }
  /** The client acknowledges as soon as the handler gives its promise. */
  | { readonly how: 'returned'; readonly consumer: ConsumerNode; readonly work: Effect }
  /** The handler acknowledges and goes on to work, or starts the work and does not wait for it. */
  | ({ readonly how: 'first' | 'unawaited' } & Found)
  /** The handler acknowledges, and a timer sends a copy of the message later. */
  | ({ readonly how: 'postponed' } & Found)
  /** Only this process remembers what it has to go on with. */
  | ({ readonly how: 'left' } & Found & Pick<LeftInMemory, 'as'>)
  /** The handler starts something that stands nowhere in sight. */
  | {
      readonly how: 'unknown';
      readonly consumer: ConsumerNode;
      readonly work?: undefined;
      readonly fn: FunctionNode;
      readonly action: CallAction;
    };

/** Work that may fail without anybody missing it. */
const optional = /log|audit|metric|track|analytic|telemetry|cache|warm|heartbeat|cleanup|notify/i;

/** A handler hands its message on to a function, and that one perhaps to another. */
const maxDepth = 3;

type Unawaited = Extract<EarlyAck, { readonly how: 'first' | 'unawaited' }>;

/** The early acknowledgement of a consumer, or undefined where it has none that is sure. */
export function earlyAckOf(model: EventModel, consumer: ConsumerNode): EarlyAck | undefined {
  const { handler, fact, transport } = consumer;
  if (!handler || transport !== 'broker' || fact.isRequest) return undefined;
  const { effects } = model.bodyOf(handler);
  const works = effects.filter(isWork);
  if (fact.acknowledges === 'before' || isForgotten(model, consumer)) {
    const [work] = works;
    return work && { how: 'unasked', consumer, work };
  }
  const statedAt = statedNoAck(model, consumer);
  if (statedAt) {
    const [work] = works;
    return work && { how: 'unasked', consumer, work, statedAt };
  }
  if (fact.acknowledges === 'return' && handler.fact.isAsync) {
    const [work] = works;
    return work && { how: 'returned', consumer, work };
  }
  return (
    ackFirst(model, consumer, handler) ??
    unawaitedWork(model, consumer, handler) ??
    startedByWrapper(model, consumer, works) ??
    (effects.length === 0 ? unknownWork(model, consumer, handler) : undefined) ??
    postponedCopy(model, consumer) ??
    leftToProcess(model, consumer, handler)
  );
}

function leftToProcess(
  model: EventModel,
  consumer: ConsumerNode,
  handler: FunctionNode,
): EarlyAck | undefined {
  if (!endsWithHandler(consumer)) return undefined;
  for (const { as, fn, action, next } of leftInMemory(model, handler)) {
    const work = optional.test(next.fact.name) ? undefined : model.bodyOf(next).effects.find(isWork);
    if (work) return { how: 'left', as, consumer, work, fn, action };
  }
  return undefined;
}

function postponedCopy(model: EventModel, consumer: ConsumerNode): EarlyAck | undefined {
  const found = postponedCopyIn(model, consumer);
  return found && { how: 'postponed', consumer, ...found };
}

/** Where the queue is declared, the broker is told that it need not wait. */
function isForgotten(model: EventModel, consumer: ConsumerNode): boolean {
  if (!consumer.fact.queue) return false;
  return declarationsOf(model, consumer).some((it) => it.role.isForgotten);
}

function isWork({ role, inCatch }: Effect): boolean {
  if (inCatch) return false;
  if (role.kind === 'write') return role.library !== 'redis';
  if (role.kind === 'remote') return !role.isRead;
  // A job is asked for, and nobody waits for an answer.
  return role.transport === 'broker' && (!role.isRequest || role.library === 'bullmq');
}

/** Work that was done before, such as a row in an inbox, may be all that the acknowledgement stands for. */
function ackFirst(
  model: EventModel,
  consumer: ConsumerNode,
  fn: FunctionNode,
  depth = 0,
): EarlyAck | undefined {
  const { body } = fn.fact;
  const { effects } = model.bodyOf(fn);
  for (const action of callsIn(body)) {
    if (!acknowledges(model, fn, action) || isInCatch(body, action) || isLeft(body, action)) continue;
    const { start } = action.call.at;
    if (effects.some((it) => mayFollow(body, headOf(it), start))) continue;
    const work = effects.find((it) => isWork(it) && mayFollow(body, start, headOf(it)));
    if (work) return { how: 'first', consumer, work, fn, action };
  }
  const whole = depth < maxDepth ? wholeWork(model, fn, effects) : undefined;
  return whole && ackFirst(model, consumer, whole, depth + 1);
}

/** The function that does all that another one does: `for (const message of messages) await this.handle(message)`. */
function wholeWork(
  model: EventModel,
  fn: FunctionNode,
  effects: readonly Effect[],
): FunctionNode | undefined {
  const entered = effects.map((it) => levelsTo(model, fn, it)?.[1]?.entry);
  const [first] = entered;
  return first && entered.every((it) => it?.fact === first.fact) ? first : undefined;
}

/** The call in the function itself that leads to an effect. */
function headOf(effect: Effect): number {
  return (effect.via[0] ?? effect).at.start;
}

function isInCatch(body: readonly Action[], action: CallAction): boolean {
  return [...actionsIn(body)].some(
    (it) => it.kind === 'try' && [...callsIn(it.handler ?? [])].includes(action),
  );
}

/** `ack(message); continue;`: the branch that acknowledges does not come to the work. */
function isLeft(list: readonly Action[], action: CallAction): boolean {
  if (list.includes(action)) return list.some((it) => it.kind === 'break' || it.kind === 'continue');
  return list.some((it) => it.kind !== 'call' && branchesOf(it).some((inner) => isLeft(inner, action)));
}

/** A handler that ends, or acknowledges, while what it started still runs, itself or further down. */
function unawaitedWork(model: EventModel, consumer: ConsumerNode, fn: FunctionNode): EarlyAck | undefined {
  const { body, isAsync } = fn.fact;
  if (!endsWithHandler(consumer) && !(isAsync && callsIn(body).some((it) => acknowledges(model, fn, it))))
    return undefined;
  const started = model
    .bodyOf(fn)
    .effects.filter(isWork)
    .map((it) => startedWork(model, consumer, it));
  // Beside work that the handler waits for, what may fail with a word in the log is meant to be optional.
  const isAll = started.every((it) => it !== undefined);
  const lost = started.filter(
    (it) => it && !publishes(it.action) && (isAll || it.action.settled === 'dropped'),
  );
  return lost.find((it) => it?.work.role.kind !== 'publish') ?? lost[0];
}

/** Of what publishes itself another rule tells. */
function publishes({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'publish');
}

function startedWork(model: EventModel, consumer: ConsumerNode, work: Effect): Unawaited | undefined {
  const levels = (consumer.handler && levelsTo(model, consumer.handler, work)) ?? [];
  for (const [index, level] of levels.entries()) {
    const action = droppedAt(model, level, levels[index + 1]);
    if (action && isTakenUp(model, levels, index)) return undefined;
    if (action) return { how: 'unawaited', consumer, work, fn: level.entry, action };
  }
  return undefined;
}

/** `handle(message).then(note).catch(log)`, where `handle` is handed in: all that the handler does is to start it. */
function unknownWork(model: EventModel, consumer: ConsumerNode, fn: FunctionNode): EarlyAck | undefined {
  if (!endsWithHandler(consumer)) return undefined;
  const calls = callsIn(fn.fact.body);
  if (calls.some((it) => it.settled === 'awaited' || it.settled === 'returned')) return undefined;
  const action = calls.find(
    (it) =>
      it.roles.length === 0 &&
      it.call.args.length > 0 &&
      !optional.test(pathOf(it.call.callee)) &&
      isOnlyTold(model, fn, it),
  );
  return action && { how: 'unknown', consumer, fn, action };
}

/** Nobody asks for an acknowledgement: that the handler has ended says it all. */
function endsWithHandler({ fact: { acknowledges, library } }: ConsumerNode): boolean {
  return (
    acknowledges === 'auto' ||
    acknowledges === 'after' ||
    acknowledges === 'return' ||
    handledAtEnd.has(library)
  );
}

/** `onMessage(content); channel.ack(message);`: whatever runs the handler does not wait for it. */
function startedByWrapper(
  model: EventModel,
  consumer: ConsumerNode,
  [work]: readonly Effect[],
): EarlyAck | undefined {
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

/** The call of a level that nobody waits for: the one that leads on, or a transaction or guard around it. */
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
  return [...callsIn(body)].find(
    (it) =>
      it.settled === 'dropped' &&
      isWrapper(model, entry, it) &&
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
