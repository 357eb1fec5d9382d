// Which step of a saga that is one function may still fail when another is done: not one of another branch, nor one that was started
// at the same time.
import { mayFollow, startTogether, takesTurns } from '../calls/order.ts';
import type { EventModel, SagaNode, StepNode } from '../model.ts';

/** Whether the second step may come after the first in one run; of sagas that list their steps every later one does. */
export function comesAfter(
  { files }: EventModel,
  { fact, file }: SagaNode,
): (step: StepNode, next: StepNode) => boolean {
  const fn = fact.function === undefined ? undefined : files.get(file)?.functions[fact.function];
  if (fact.form !== 'imperative' || !fn) return () => true;
  const { body } = fn;
  return (step, next) => {
    if (step.file !== file || next.file !== file) return true;
    const [first, then] = [step.at.start, next.at.start];
    if (startTogether(body, first, then)) return false;
    return mayFollow(body, first, then) || takesTurns(body, first, then);
  };
}
