// Code that runs because a message came: what is cut short there may run again with the next delivery.
import type { ConsumerNode, EventModel, FunctionNode } from './model.ts';

/** Whether a handler of messages calls a function, or is it. */
export function isDeliveredAgain(model: EventModel, fn: FunctionNode): boolean {
  return isRunBy(model, fn, () => true, 0);
}

/** Whether what a function throws comes to a broker; of a request whoever asked is told. */
export function throwsToBroker(model: EventModel, fn: FunctionNode): boolean {
  return isRunBy(model, fn, (it) => it.fact.isRequest !== true, 0);
}

function isRunBy(
  model: EventModel,
  fn: FunctionNode,
  isMeant: (consumer: ConsumerNode) => boolean,
  depth: number,
): boolean {
  if (model.consumers.some((it) => it.handler?.fact === fn.fact && isMeant(it))) return true;
  const outer = fn.fact.outer === undefined ? undefined : model.files.get(fn.file)?.functions[fn.fact.outer];
  const around = outer && outer.kind !== 'module' ? [{ file: fn.file, fact: outer }] : [];
  const callers = [...model.program.callersOf(fn).map((it) => it.caller), ...around];
  return depth < 4 && callers.some((it) => isRunBy(model, it, isMeant, depth + 1));
}
