// Handlers whose answer says which messages were handled: `return message` of sqs-consumer, an array of those of a batch.
import type { Action, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import { isAbsent } from '../../facts/queuePolicy.ts';
import { actionsIn } from '../../facts/walk.ts';
import { eachAction } from '../fileIndex.ts';
import { isOwnHandler, type Scope } from './acknowledgedAnyway.ts';

/** What a catch does, without a `return message`: that acknowledges. */
export function withoutAnswer(scope: Scope, handler: readonly Action[]): readonly Action[] {
  if (!isOwnHandler(scope) || scope.consumer.fact.isAnswered !== true) return handler;
  return handler.filter((it) => it.kind !== 'return' || !isWhole(scope, it.value));
}

/** After a failure the handler answers something else than after success: the message stays where it is. */
export function isAnsweredOtherwise(scope: Scope, { at, body, handler }: TryAction): boolean {
  if (!isOwnHandler(scope) || scope.consumer.fact.isAnswered !== true) return false;
  const answers = (it: Action): boolean =>
    it.kind === 'return' && it.value !== undefined && !isAbsent(it.value);
  if (actionsIn(handler ?? []).some(answers)) return false;
  if (actionsIn(body).some(answers)) return true;
  const after = [...eachAction(scope.fn.fact.body)].filter(
    (it) => it.kind === 'return' && it.at.start >= at.end,
  );
  return after.some((it) => it.kind === 'return' && answers(it) && !isWhole(scope, it.value));
}

/** All that the handler was handed. */
function isWhole({ fn: { fact } }: Scope, value: Expr | undefined): boolean {
  return value?.kind === 'name' && value.binding !== undefined && fact.parameters.includes(value.binding);
}
