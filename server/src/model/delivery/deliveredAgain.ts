// Code that runs because a message came: what is cut short there may run again with the next delivery.
import { above } from '../calls/above.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';

/** How many calls above a function a handler is looked for. */
const furthest = 4;

/** Whether a handler of messages calls a function, or is it. */
export function isDeliveredAgain(model: EventModel, fn: FunctionNode): boolean {
  return isRunBy(model, fn, () => true);
}

/** Whether what a function throws comes to a broker; of a request whoever asked is told. */
export function throwsToBroker(model: EventModel, fn: FunctionNode): boolean {
  return isRunBy(model, fn, (it) => it.fact.isRequest !== true);
}

function isRunBy(model: EventModel, fn: FunctionNode, isMeant: (consumer: ConsumerNode) => boolean): boolean {
  const looked = new Set<FunctionNode['fact']>();
  let level: readonly FunctionNode[] = [fn];
  for (let height = 0; height <= furthest && level.length > 0; height += 1) {
    const next: FunctionNode[] = [];
    for (const it of level) {
      if (looked.has(it.fact)) continue;
      looked.add(it.fact);
      if (model.consumersBy(it.fact).some(isMeant)) return true;
      next.push(...above(model, it));
    }
    level = next;
  }
  return false;
}
