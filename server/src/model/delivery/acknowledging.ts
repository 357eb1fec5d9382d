// What a broker is told of a message, by a call itself or by a function of the workspace that does nothing else:
// `ack(context)`, `this.queue.delete(message)`.
import type { CallAction } from '../../facts/actions.ts';
import type { AckRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';

type Told = AckRole['what'];

/** Helpers that call helpers end somewhere, and what does nothing else is short. */
const maxDepth = 3;
const mostCalls = 12;

/** Whether the broker takes the message for handled after a call. */
export function acknowledges(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  const told = toldBy(model, fn, action, 0);
  return told.length > 0 && told.every((it) => it === 'ack');
}

/** Whether the broker learns by a call that the message failed. */
export function refuses(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  return toldBy(model, fn, action, 0).some((it) => it !== 'ack');
}

function toldBy(model: EventModel, fn: FunctionNode, action: CallAction, depth: number): readonly Told[] {
  const { roles, call } = action;
  const own = roles.flatMap((it) => (it.kind === 'ack' ? [it.what] : []));
  if (own.length > 0 || depth >= maxDepth) return own;
  const [callee, ...others] = model.program.calleesOf(fn.file, fn, call);
  if (!callee || others.length > 0) return [];
  const calls = callsIn(callee.fact.body);
  if (calls.length > mostCalls) return [];
  const told = calls.flatMap((it) => toldBy(model, callee, it, depth + 1));
  if (told.length === 0) return [];
  // What works on the message, or runs what it is handed, acknowledges when that is done.
  const isMore =
    model.bodyOf(callee).effects.length > 0 ||
    call.args.some((it) => model.program.functionsOf(fn.file, it).length > 0);
  return isMore ? [] : told;
}

/** `subscribe(queue, handler)` of one's own that acknowledges when the handler has returned. */
export function isAcknowledgedByRunner(model: EventModel, { runBy }: ConsumerNode): boolean {
  if (!runBy) return false;
  const { caller, action } = runBy;
  const later = callsIn(caller.fact.body).filter((it) => it.call.at.start > action.call.at.start);
  return later.some((it) => acknowledges(model, caller, it));
}
