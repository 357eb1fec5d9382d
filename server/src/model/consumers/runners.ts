// Functions that a broker calls and that run a handler which they do not know: a wrapper that is handed it, an abstract base.
import type { CallAction } from '../../facts/actions.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';

/** The wrapper or base that is registered in place of a handler; undefined for a dispatcher, which knows what it calls. */
export function runnerOf(model: EventModel, { runBy, fact }: ConsumerNode): FunctionNode | undefined {
  if (!runBy) return undefined;
  const { caller, action } = runBy;
  if (isLeftOpen(model, caller, action)) return caller;
  const registered = typeof fact.handler === 'number' ? fact.handler : undefined;
  const facts = model.files.get(caller.file);
  const isOwn = facts?.consumers.includes(fact) && facts.functions[registered ?? -1] === caller.fact;
  if (!isOwn) return undefined;
  const isUnknown = model.program.calleesOf(caller.file, caller, action.call).length === 0;
  return isUnknown ? caller : undefined;
}

/** `this.onMessage(event)`, which is abstract. */
export function isLeftOpen({ files }: EventModel, { file }: FunctionNode, { call }: CallAction): boolean {
  const { callee } = call;
  if (callee.kind !== 'member' || callee.object.kind !== 'this') return false;
  return files.get(file)?.functions.some((it) => it.isAbstract && it.name === callee.name) ?? false;
}
