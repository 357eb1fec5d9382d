// Messages that the broker takes for handled while the work on them is still to come.
import type { Action, CallAction } from '../../facts/actions.ts';
import { actionsIn, branchesOf, callsIn } from '../../facts/walk.ts';
import { levelsTo } from '../calls/handling.ts';
import { mayFollow } from '../calls/order.ts';
import { pathOf } from '../effects/effects.ts';
import { isOnlyTold } from '../failures/toldFailures.ts';
import type { ConsumerNode, Effect, EventModel, FunctionNode } from '../model.ts';
import { acknowledges, refuses } from './acknowledging.ts';
import { leftInMemory, type LeftInMemory } from './leftInMemory.ts';
import { postponedCopyIn } from './postponedCopies.ts';
import { declarationsOf } from './queues.ts';
import {
  endsWithHandler,
  isInCatch,
  isWork,
  type LaterWork,
  optional,
  startedBy,
  type StartedWork,
} from './startedWork.ts';
import { statedNoAck, type StatedNoAck } from './statedNoAcks.ts';

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
  /** The handler starts the work and does not wait for it, or acknowledges and goes on to work. */
  | StartedWork
  | ({ readonly how: 'first' } & LaterWork)
  /** The handler acknowledges, and a timer sends a copy of the message later. */
  | ({ readonly how: 'postponed' } & LaterWork)
  /** Only this process remembers what it has to go on with. */
  | ({ readonly how: 'left' } & LaterWork & Pick<LeftInMemory, 'as'>)
  /** The handler starts something that stands nowhere in sight. */
  | {
      readonly how: 'unknown';
      readonly consumer: ConsumerNode;
      readonly work?: undefined;
      readonly fn: FunctionNode;
      readonly action: CallAction;
    };

/** A handler hands its message on to a function, and that one perhaps to another. */
const maxDepth = 3;

/** The early acknowledgement of a consumer, or undefined where it has none that is sure. */
export function earlyAckOf(model: EventModel, consumer: ConsumerNode): EarlyAck | undefined {
  const { handler, fact, transport } = consumer;
  if (!handler || transport !== 'broker') return undefined;
  // Whoever added a job may wait for its answer; that it was done before its work is a loss all the same.
  if (fact.isRequest) return isOfQueue(fact) ? startedBy(model, consumer) : undefined;
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
    startedBy(model, consumer) ??
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

function isOfQueue({ library }: ConsumerNode['fact']): boolean {
  return library === 'bullmq';
}

/** Where the queue is declared, the broker is told that it need not wait. */
function isForgotten(model: EventModel, consumer: ConsumerNode): boolean {
  if (!consumer.fact.queue) return false;
  return declarationsOf(model, consumer).some((it) => it.role.isForgotten);
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
    // Who would take the acknowledgement back knows that what comes may fail, be it no more than what this process is told.
    const isTakenBack = isRefusedLater(model, fn, action);
    const work = effects.find(
      (it) => (isWork(it) || (isTakenBack && isTold(it))) && mayFollow(body, start, headOf(it)),
    );
    if (work) return { how: 'first', consumer, work, fn, action };
  }
  const whole =
    depth < maxDepth ? (callbackOf(model, fn, effects) ?? wholeWork(model, fn, effects)) : undefined;
  return whole && ackFirst(model, consumer, whole, depth + 1);
}

/** `try { channel.ack(message); await this.reserve(order); } catch { channel.nack(message); }` */
function isRefusedLater(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  return actionsIn(fn.fact.body).some(
    (it) =>
      it.kind === 'try' &&
      callsIn(it.body).includes(action) &&
      callsIn(it.handler ?? []).some((one) => refuses(model, fn, one)),
  );
}

function isTold({ role, inCatch }: Effect): boolean {
  return role.kind === 'publish' && role.transport === 'in-process' && !inCatch;
}

/** `await Promise.all(messages.map(async (message) => …))`: the callback in which all of the work stands. */
function callbackOf(
  { files }: EventModel,
  { file, fact }: FunctionNode,
  effects: readonly Effect[],
): FunctionNode | undefined {
  const inner = files
    .get(file)
    ?.functions.find(
      ({ outer, span, isAsync }) =>
        outer === fact.id &&
        isAsync &&
        effects.every((it) => span.start <= headOf(it) && headOf(it) < span.end),
    );
  return inner && effects.length > 0 ? { file, fact: inner } : undefined;
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

/** `ack(message); continue;`: the branch that acknowledges does not come to the work. */
function isLeft(list: readonly Action[], action: CallAction): boolean {
  if (list.includes(action)) return list.some((it) => it.kind === 'break' || it.kind === 'continue');
  return list.some((it) => it.kind !== 'call' && branchesOf(it).some((inner) => isLeft(inner, action)));
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
