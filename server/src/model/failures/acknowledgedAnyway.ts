// Whether a message is acknowledged though its handling failed: in the catch or behind it, there or in a caller.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import { actionsIn, callsIn, namesIn } from '../../facts/walk.ts';
import { everyAction, startOf } from '../calls/nested.ts';
import { neverBoth } from '../calls/order.ts';
import { acknowledges, isAcknowledgedByRunner } from '../delivery/acknowledging.ts';
import type { ConsumerNode } from '../model.ts';
import type { QuietScope } from './quiet.ts';

/** A function that handles what a consumer is handed, or a part of that. */
export interface Scope extends QuietScope {
  readonly consumer: ConsumerNode;
  /** The call that acknowledges in a caller, once the function has come to its end. */
  readonly later?: CallAction;
}

/** The call that acknowledges a message all the same. */
export interface Acknowledged {
  readonly action: CallAction;
  readonly where: 'catch' | 'finally' | 'after';
}

/** The call that acknowledges once a call has come to its end: what a catch acknowledges is a message whose handling failed. */
export function ackBehind(scope: Scope, only: CallAction): CallAction | undefined {
  const { facts, fn } = scope;
  const all = [...everyAction(facts, fn.fact.body)];
  const caught = new Set(
    all.flatMap((it) => (it.kind === 'try' ? [...everyAction(facts, it.handler ?? [])] : [])),
  );
  return all.find(
    (it): it is CallAction =>
      it.kind === 'call' &&
      startOf(it) > startOf(only) &&
      isAck(scope, it) &&
      !caught.has(it) &&
      !neverBoth(fn.fact.body, startOf(only), startOf(it)),
  );
}

/** What acknowledges once a catch has ended a failure. */
export function acknowledgedAfter(
  scope: Scope,
  attempt: TryAction,
  outside: readonly Action[],
): Acknowledged | undefined {
  const ackIn = (actions: Iterable<Action>): CallAction | undefined =>
    [...actions].find((it): it is CallAction => it.kind === 'call' && isAck(scope, it));
  const inCatch = ackIn(everyAction(scope.facts, attempt.handler ?? []));
  if (inCatch) return { action: inCatch, where: 'catch' };
  const inFinally = ackIn(everyAction(scope.facts, attempt.finalizer));
  if (inFinally) return { action: inFinally, where: 'finally' };
  // `catch { continue; }` does not come to what stands behind it.
  const isLeft = /^(?:continue|break)$/.test(attempt.handler?.at(-1)?.kind ?? '');
  const behind = isLeft ? [] : outside.filter((it) => startOf(it) > attempt.at.end);
  const after = ackIn(behind) ?? scope.later;
  return after && { action: after, where: 'after' };
}

/** `if (isHopeless(error)) channel.ack(message);`: with any other error the broker keeps the message. */
export function isForSome(scope: Scope, { handler, error }: TryAction): boolean {
  const body = handler ?? [];
  const acks = (list: readonly Action[]): readonly CallAction[] =>
    callsIn(list).filter((it) => isAck(scope, it));
  const chosen = actionsIn(body).flatMap((it) =>
    it.kind === 'if' && [...namesIn(it.condition)].some(({ binding }) => binding === error)
      ? acks(it.then)
      : [],
  );
  return error !== undefined && chosen.length > 0 && acks(body).length === chosen.length;
}

/** Whether the broker takes the message for handled after a call. */
export function isAck({ model, fn }: Scope, action: CallAction): boolean {
  return acknowledges(model, fn, action);
}

/** A message that is acknowledged on success alone stays with the broker otherwise. */
export function isAcknowledgedByHand(scope: Scope, inside: readonly Action[]): boolean {
  const stated = scope.consumer.fact.acknowledges;
  if (isAcknowledgedByRunner(scope.model, scope.consumer)) return false;
  if (stated !== undefined) return stated === 'never';
  return inside.some((it) => it.kind === 'call' && isAck(scope, it));
}

/** Whether it is what the library calls, and no part of that. */
export function isOwnHandler({ consumer, fn }: Scope): boolean {
  return consumer.handler?.fact === fn.fact;
}
