// A message that is acknowledged while its copy waits in a timer of this process: a crash before the timer is due loses both.
import type { Action, CallAction } from '../../facts/actions.ts';
import { branchesOf, callsIn } from '../../facts/walk.ts';
import { isMessageItself } from '../effects/effects.ts';
import type { ConsumerNode, Effect, EventModel, FunctionNode } from '../model.ts';
import { reachedFrom } from './redelivered.ts';

export interface PostponedCopy {
  readonly fn: FunctionNode;
  /** The acknowledgement. */
  readonly action: CallAction;
  /** The publish that the timer runs. */
  readonly work: Effect;
}

/** `setTimeout(() => channel.publish(exchange, key, message.content), delay); channel.ack(message);` */
export function postponedCopyIn(model: EventModel, { handler }: ConsumerNode): PostponedCopy | undefined {
  if (!handler) return undefined;
  for (const fn of reachedFrom(model, handler)) {
    const found = copyIn(model, fn, fn.fact.body);
    const work = found && effectAt(model, handler, fn, found.publish);
    if (work) return { fn, action: found.ack, work };
  }
  return undefined;
}

interface Found {
  readonly ack: CallAction;
  readonly publish: CallAction;
}

function copyIn(model: EventModel, fn: FunctionNode, list: readonly Action[]): Found | undefined {
  const calls = list.filter((it) => it.kind === 'call');
  const ack = calls.find(({ roles }) => roles.some((it) => it.kind === 'ack' && it.what === 'ack'));
  const publish = ack && calls.flatMap((it) => postponed(model, fn, it)).find((it) => sendsCopy(it));
  if (ack && publish) return { ack, publish };
  for (const action of list) {
    for (const inner of action.kind === 'call' ? [] : branchesOf(action)) {
      const found = copyIn(model, fn, inner);
      if (found) return found;
    }
  }
  return undefined;
}

/** What a timer runs once, some time later. */
function postponed(
  { files }: EventModel,
  { file }: FunctionNode,
  { roles }: CallAction,
): readonly CallAction[] {
  const functions = files.get(file)?.functions ?? [];
  return roles.flatMap((it) => {
    const body = it.kind === 'schedule' && it.isOnce ? it.body : undefined;
    return body?.kind === 'function' ? callsIn(functions[body.function]?.body ?? []) : [];
  });
}

function sendsCopy({ call, roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'publish') && call.args.some((it) => isMessageItself(it));
}

function effectAt(
  model: EventModel,
  handler: FunctionNode,
  { file }: FunctionNode,
  { call }: CallAction,
): Effect | undefined {
  return model.bodyOf(handler).effects.find((it) => it.file === file && it.at.start === call.at.start);
}
