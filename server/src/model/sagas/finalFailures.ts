// What activities of Temporal say in their own code: that some failure is final, whatever the policy of retries says, and by their names
// that one takes back another (https://docs.temporal.io/references/failures#non-retryable).
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn } from '../../facts/walk.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel } from '../model.ts';

const undoing = /^(?:undo|cancel|revert|rollback|rollBack|compensate|release|refund|reverse)(?=[A-Z])/;

/** Whether an activity of that name may throw what the engine does not try again. */
export function failsForGood(model: EventModel, activity: string): boolean {
  return finalActivities(model).has(activity);
}

/** Whether another activity says by its name that it takes this one back: `undoPrepareShipment`. */
export function hasUndoing(model: EventModel, activity: string): boolean {
  return undoneActivities(model).has(activity.toLowerCase());
}

const finalActivities = perModel(
  (model: EventModel): ReadonlySet<string> =>
    new Set(
      saidOfFiles(model, 'activities that fail for good', (facts) =>
        isOfActivities(facts) ? facts.functions.filter(throwsFinally).map((it) => it.name) : [],
      ),
    ),
);

const undoneActivities = perModel(
  (model: EventModel): ReadonlySet<string> =>
    new Set(
      saidOfFiles(model, 'activities that undo', (facts) =>
        isOfActivities(facts)
          ? facts.functions.flatMap(({ name }) => {
              const undone = name.replace(undoing, '');
              return undone === name ? [] : [undone.toLowerCase()];
            })
          : [],
      ),
    ),
);

function isOfActivities({ imports }: FileFacts): boolean {
  return imports.some((it) => /^@temporalio\/(?:activity|common)/.test(it.from));
}

function throwsFinally({ name, body }: FunctionFact): boolean {
  return name !== '' && actionsIn(body).some((it) => it.kind === 'throw' && it.value && isFinal(it.value));
}

/** `ApplicationFailure.nonRetryable(…)`, `ApplicationFailure.create({ nonRetryable: true })`. */
function isFinal(expr: Expr): boolean {
  if (expr.kind !== 'call' || expr.callee.kind !== 'member') return false;
  const { object, name } = expr.callee;
  if (object.kind !== 'name' || object.name !== 'ApplicationFailure') return false;
  const [options] = expr.args;
  return (
    name === 'nonRetryable' ||
    (options?.kind === 'object' &&
      options.entries.some(
        ({ key, value }) => key === 'nonRetryable' && value.kind === 'literal' && value.text === 'true',
      ))
  );
}
