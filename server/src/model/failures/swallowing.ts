// Catches of a consumer after which the broker believes that the message was handled, though nothing was done about the failure.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import { lazily } from '../../facts/once.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { callbacksOf, everyAction, startOf, withoutWrappers } from '../calls/nested.ts';
import { neverBoth } from '../calls/order.ts';
import { isReport } from '../calls/pureCalls.ts';
import { isLeftOpen } from '../consumers/runners.ts';
import { refuses } from '../delivery/acknowledging.ts';
import { leftInMemory } from '../delivery/leftInMemory.ts';
import { isTick } from '../delivery/ticks.ts';
import { journalsIn } from '../effects/journalLines.ts';
import { eachAction } from '../fileIndex.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import {
  acknowledgedAfter,
  ackBehind,
  isAck,
  isAcknowledgedByHand,
  isForSome,
  type Acknowledged,
  type Scope,
} from './acknowledgedAnyway.ts';
import { isAnsweredOtherwise, withoutAnswer } from './answeredMessages.ts';
import { bringsWhat, givesMessages, isGatheredForNobody, listsAround } from './gathered.ts';
import { isOwnWork, isWork } from './consumerWork.ts';
import { answersPromise, isQuiet, isQuietCallback, isSettling, onlyTells, type QuietScope } from './quiet.ts';

/** A catch that ends the failure of a consumer's work. */
export interface Swallow {
  readonly fn: FunctionNode;
  readonly at: Span; // The word `catch`.
  /** A tracker of errors hears of it. */
  readonly isReported?: true;
  /** There is nothing in it, not even a line in a log. */
  readonly isSilent?: true;
  /** The call that acknowledges the message all the same. */
  readonly acknowledged?: Acknowledged;
  /** The catch, or what comes after it, resolves a promise: nobody waits for the error itself. */
  readonly isSettled?: true;
  /** The base class that runs the handler does it. */
  readonly isOfBase?: true;
  /** There is no catch: `Promise.allSettled` keeps what failed to itself. */
  readonly isGathered?: true;
}

const maxDepth = 3;

/** The catch by which a consumer loses messages, or undefined where it has none. */
export function swallowIn(model: EventModel, consumer: ConsumerNode): Swallow | undefined {
  // Where nobody delivers again, an error that is thrown loses the message as one that is caught does.
  if (!consumer.handler || consumer.fact.isTriedOnce || isTick(model, consumer)) return undefined;
  const facts = model.files.get(consumer.handler.file);
  // Who waits for an answer asks again; a broker that has forgotten it brings it no second time.
  const isForgotten = consumer.fact.acknowledges === 'before';
  if (isForgotten && facts && answersPromise(facts, consumer.handler.fact)) return undefined;
  return (
    swallowOf(model, consumer.handler, consumer, 0) ??
    swallowOfBase(model, consumer) ??
    swallowOfList(model, consumer, consumer.handler)
  );
}

/** What a timer does with the messages that the handler has put into a list. */
function swallowOfList(
  model: EventModel,
  consumer: ConsumerNode,
  handler: FunctionNode,
): Swallow | undefined {
  const takers = leftInMemory(model, handler).filter((it) => it.as === 'listed');
  return takers.map((it) => swallowOf(model, it.next, consumer, 0)).find((it) => it !== undefined);
}

/** Whether whoever calls a function learns no more than that it came to its end. */
export function givesNothing({ fact }: FunctionNode): boolean {
  return [...eachAction(fact.body)].every((it) => it.kind !== 'return' || !it.value);
}

/** What an abstract base does around the methods of its subclasses. A wrapper or a dispatcher is a consumer of its own. */
function swallowOfBase(model: EventModel, consumer: ConsumerNode): Swallow | undefined {
  const { caller, action } = consumer.runBy ?? {};
  if (!caller || !action || !isLeftOpen(model, caller, action)) return undefined;
  const found = swallowOf(model, caller, consumer, maxDepth);
  return found && { ...found, isOfBase: true };
}

function swallowOf(
  model: EventModel,
  fn: FunctionNode,
  consumer: ConsumerNode,
  depth: number,
  later?: CallAction,
): Swallow | undefined {
  const facts = model.files.get(fn.file);
  if (!facts) return undefined;
  const scope: Scope = { model, fn, facts, consumer, ...(later && { later }) };
  const actions = [...everyAction(facts, fn.fact.body)];
  for (const action of actions) {
    if (action.kind !== 'try' || action.handler === null || !action.handlerAt) continue;
    const swallow = judge(scope, action, actions);
    if (swallow) return swallow;
  }
  const work = actions.filter((it): it is CallAction => it.kind === 'call' && isWork(scope, it));
  const told = toldIn(scope, actions, work);
  if (told) return told;
  return depth < maxDepth ? handedOn(scope, withoutWrappers(facts, work), depth) : undefined;
}

/** `await mailer.send(mail).catch(log)`, where that is the whole work. */
function toldIn(scope: Scope, actions: readonly Action[], work: readonly CallAction[]): Swallow | undefined {
  for (const caught of actions) {
    if (caught.kind !== 'call') continue;
    const isGathered = isGatheredForNobody(scope, caught);
    if (!isGathered && !isToldWhere(scope, caught)) continue;
    const { span, callee } = caught.call;
    const isInside = (it: Action): boolean => span.start <= startOf(it) && startOf(it) < span.end;
    const isOutside = (it: Action): boolean => !isInside(it) && !bringsWhat(scope.facts, it, caught);
    const hasWork = isGathered || work.some((it) => it !== caught && isInside(it));
    if (!hasWork || isOptional(scope, [caught], actions, isOutside)) continue;
    const outside = actions.filter(isOutside);
    const isKept = [...actions].some((it) => it.kind === 'call' && isInside(it) && isAck(scope, it));
    if (isKept || outside.some((it) => isRescue(scope, it) && startOf(it) > span.end)) continue;
    const action = outside.find(
      (it): it is CallAction => it.kind === 'call' && startOf(it) > span.end && isAck(scope, it),
    );
    if (isGathered && !action && scope.consumer.fact.acknowledges === 'never') continue;
    return {
      fn: scope.fn,
      at: callee.at,
      isSettled: true,
      ...(isGathered && ({ isGathered, isSilent: true } as const)),
      ...(action && { acknowledged: { action, where: 'after' } }),
    };
  }
  return undefined;
}

/** A `.catch(…)` that gives nothing that is kept, and does nothing about the failure. */
function isToldWhere({ model, fn }: Scope, { call: { callee, args }, settled, result }: CallAction): boolean {
  const [callback] = args;
  const isCatch = callee.kind === 'member' && callee.name === 'catch' && callee.object.kind === 'call';
  const isKept = settled === 'collected' || (settled === 'awaited' && result !== undefined);
  return isCatch && !isKept && callback !== undefined && isQuietCallback(model, fn, callback);
}

/** A handler whose whole work is one call has its catch there; so has one that chooses one of several by what comes. */
function handedOn(scope: Scope, work: readonly CallAction[], depth: number): Swallow | undefined {
  const { body } = scope.fn.fact;
  const isChosen = (it: CallAction): boolean =>
    work.every((other) => other === it || neverBoth(body, startOf(it), startOf(other)));
  for (const it of work.filter(isChosen)) {
    const found = handedTo(scope, it, depth);
    if (found) return found;
  }
  return undefined;
}

function handedTo(scope: Scope, only: CallAction, depth: number): Swallow | undefined {
  if (only.result !== undefined || only.settled === 'handled') return undefined;
  const callees = scope.model.program.calleesOf(scope.fn.file, scope.fn, only.call);
  const [callee] = callees;
  if (!callee || callees.length > 1 || callee.fact === scope.fn.fact) return undefined;
  if (only.settled === 'dropped' && callee.fact.isAsync) return undefined;
  return swallowOf(scope.model, callee, scope.consumer, depth + 1, ackBehind(scope, only) ?? scope.later);
}

function judge(scope: Scope, attempt: TryAction, all: readonly Action[]): Swallow | undefined {
  const handler = withoutAnswer(scope, attempt.handler ?? []);
  if (!attempt.handlerAt || attempt.body.length === 0 || isAnsweredOtherwise(scope, attempt))
    return undefined;
  if (!isQuiet(hearing(scope, attempt), handler)) return undefined;
  if (!isQuiet(scope, attempt.finalizer)) return undefined;
  const inside = [...everyAction(scope.facts, attempt.body)];
  if (onlyTells(scope, inside)) return undefined;
  const isBeside = besideOf(scope, attempt, all);
  // Of many attempts nearly all end here, so that what is beside them is looked for no further than this.
  if (isOptional(scope, inside, all, isBeside) || isPassedOn(scope, attempt)) return undefined;
  const outside = all.filter(isBeside);
  if (outside.some((it) => isRescue(scope, it) && startOf(it) > attempt.at.start)) return undefined;
  const acknowledged = acknowledgedAfter(scope, attempt, outside);
  if (!acknowledged && isInRelay(attempt, all)) return undefined;
  if (acknowledged?.where === 'catch' && isForSome(scope, attempt)) return undefined;
  const isHeld = acknowledged === undefined && isAcknowledgedByHand(scope, inside);
  if (isHeld) return undefined;
  const isReported = actionsIn(handler).some((it) => it.kind === 'call' && isReport(it));
  const isSettled = [...handler, ...attempt.finalizer].some(
    (it) => it.kind === 'call' && isSettling(scope.facts, it),
  );
  return {
    fn: scope.fn,
    at: attempt.handlerAt,
    ...(isSettled && { isSettled }),
    ...(isReported && { isReported }),
    ...(handler.every((it) => it.kind === 'return') && { isSilent: true }),
    ...(acknowledged && { acknowledged }),
  };
}

/** What is done in the same run outside of an attempt: neither what fetched the messages before nor what only wraps it. */
function besideOf(scope: Scope, attempt: TryAction, all: readonly Action[]): (action: Action) => boolean {
  const own = [attempt.body, attempt.handler ?? []].flatMap((it) => [...everyAction(scope.facts, it)]);
  const within = new Set<Action>([attempt, ...own]);
  const lists = lazily(() => listsAround(scope.facts, attempt, all));
  return (it) => {
    if (within.has(it) || neverBoth(scope.fn.fact.body, attempt.at.start, startOf(it))) return false;
    if (isAround(scope, it, attempt)) return false;
    return it.kind !== 'call' || !givesMessages(scope.facts, it, lists());
  };
}

/** `return inTrace(event, async () => { try … })`: a wrapper that is waited for does no work beside what it is handed. */
function isAround({ facts }: Scope, it: Action, { at }: TryAction): boolean {
  if (it.kind !== 'call' || (it.settled !== 'awaited' && it.settled !== 'returned')) return false;
  return callbacksOf(facts, it).some(({ span }) => span.start <= at.start && at.end <= span.end);
}

/** A journal that is told of each outcome keeps no message for another try. */
function hearing(scope: Scope, attempt: TryAction): QuietScope {
  const inside = callsIn(attempt.body).flatMap((it) => journalsIn(scope.model, scope.fn, it));
  const quiet = answering(scope, attempt);
  return inside.length > 0 ? { ...quiet, journals: new Set(inside) } : quiet;
}

/** What Lambda is given back for a message it drops, and NestJS by the handler of an event; what a callback gives the handler may look at. */
function answering(scope: Scope, attempt: TryAction): QuietScope {
  const { fact: consumer, handler } = scope.consumer;
  const isOfNest = consumer.library === '@nestjs/microservices' && handler?.fact === scope.fn.fact;
  const isLost = consumer.library === 'aws-lambda' || (isOfNest && !consumer.isRequest);
  return isLost && actionsIn(scope.fn.fact.body).includes(attempt) ? { ...scope, isAnswerLost: true } : scope;
}

/** `try { return publish(…) }`: a promise that is only returned fails outside of the catch. */
function isPassedOn(scope: Scope, { body }: TryAction): boolean {
  const work = callsIn(body).filter((it) => isWork(scope, it));
  return work.length > 0 && work.every((it) => it.settled === 'returned');
}

/** Work that the catch does not cover: then what it covers may be a part that is allowed to fail. */
function isOptional(
  scope: Scope,
  inside: readonly Action[],
  all: readonly Action[],
  isOutside: (action: Action) => boolean,
): boolean {
  return inside.length > 0 && all.some((it) => it.kind === 'call' && isOwnWork(scope, it) && isOutside(it));
}

/** Poll loops and relays try again by themselves. */
function isInRelay(attempt: TryAction, all: readonly Action[]): boolean {
  return all.some(
    (it) =>
      it.kind === 'loop' && it.isEndless && it.at.start <= attempt.at.start && attempt.at.end <= it.at.end,
  );
}

/** Hands the failure to the broker or keeps the message. */
function isRescue({ model, fn }: Scope, action: Action): boolean {
  return action.kind === 'throw' || (action.kind === 'call' && refuses(model, fn, action));
}
