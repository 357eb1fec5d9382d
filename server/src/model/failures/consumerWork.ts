// Which calls of a consumer are its work, and which only prepare it, look, tell or keep count.
import type { CallAction } from '../../facts/actions.ts';
import { isPure, isTelling } from '../calls/pureCalls.ts';
import { pathOf } from '../effects/effects.ts';
import { marksProgress } from '../effects/progressMarks.ts';
import { calleeName } from '../fileIndex.ts';
import type { Scope } from './acknowledgedAnyway.ts';
import { isHousekeeping } from './housekeeping.ts';

/** Calls that prepare, look or tell: a consumer does not do its work by them. */
const preparing =
  /^(?:get|find|load|fetch|read|parse|decode|deserialize|validate|assert|check|is|has|to|from|extract|map|filter|resolve|heartbeat|commit|ack|log|debug|info|warn|error|trace|count|stringify|startSpan|end|set|inc|observe|startTimer|now|join|split|slice|trim|push|create(?:Logger|Context)|plainToInstance|keys|values|entries|includes|test|match|replace|pause|resume|setAttribute)(?![a-z])/;
const remembers = /inbox|processed|dedup|idempot/i;

/** Whether a consumer does its work by a call: it changes something, or waits for something that does. */
export function isWork(scope: Scope, action: CallAction): boolean {
  const { roles, call, isNew, settled } = action;
  if (roles.some((it) => it.kind === 'write' || it.kind === 'publish' || it.kind === 'remote')) return true;
  if (roles.length > 0 || isNew || isHousekeeping(action)) return false;
  const name = calleeName(call.callee) ?? '';
  if (
    preparing.test(name) ||
    isTelling(scope.model, scope.fn.file, action) ||
    isPure(call.callee) ||
    isGathering(call)
  )
    return false;
  const callees = scope.model.program.calleesOf(scope.fn.file, scope.fn, call);
  if (callees.length > 0)
    return callees.some((it) => it.fact.isAsync || scope.model.bodyOf(it).effects.length > 0);
  return settled === 'awaited' || settled === 'returned';
}

/** Work of its own: neither the message's claim nor a note of how far it is. */
export function isOwnWork(scope: Scope, action: CallAction): boolean {
  return isWork(scope, action) && !isRemembering(action) && !isMarking(scope, action);
}

/** `update({ where: { id }, data: { status: 'processing' } })` says how far the work is, itself or in a method of its own. */
function isMarking({ model, fn }: Scope, { call, roles }: CallAction): boolean {
  if (roles.length > 0) return roles.every(marksProgress);
  const effects = model.program.calleesOf(fn.file, fn, call).flatMap((it) => model.bodyOf(it).effects);
  return effects.length > 0 && effects.every((it) => marksProgress(it.role));
}

/** The claim of the message in an inbox is no work of its own. */
export function isRemembering({ call, roles }: CallAction): boolean {
  if (roles.some((it) => it.kind === 'guard')) return true;
  return (
    roles.some((it) => it.kind === 'write' && remembers.test(it.store ?? '')) ||
    remembers.test(pathOf(call.callee))
  );
}

/** `await Promise.all(messages.map(async (message) => …))` waits for the work in the callbacks, which is looked at by itself. */
function isGathering({ callee }: CallAction['call']): boolean {
  return callee.kind === 'member' && callee.object.kind === 'name' && callee.object.name === 'Promise';
}
