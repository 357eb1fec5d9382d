// What activities of Temporal say in their own code: that some failure is final, whatever the policy of retries says, and by their names
// that one takes back another (https://docs.temporal.io/references/failures#non-retryable).
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, partsOf } from '../../facts/walk.ts';
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

/** Whether an activity throws one of these errors in its own body; undefined where its body is not in sight, or an error can't be read. */
export function throwsOneOf(
  model: EventModel,
  activity: string,
  errors: readonly string[],
): boolean | undefined {
  const thrown = errorsThrown(model).get(activity);
  if (!thrown || errors.includes('?')) return undefined;
  return errors.some((it) => thrown.has(it));
}

const errorsThrown = perModel((model: EventModel): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  const all = saidOfFiles(model, 'errors of activities', (facts) =>
    isOfActivities(facts) ? facts.functions.map((it) => [it.name, namesThrown(it)] as const) : [],
  );
  for (const [name, errors] of all) found.set(name, new Set([...(found.get(name) ?? []), ...errors]));
  return found;
});

/** The classes of the errors, and the texts that they are made with: `new CardExpired()`, `ApplicationFailure.create({ type: 'CardExpired' })`. */
function namesThrown({ body }: FunctionFact): readonly string[] {
  return actionsIn(body).flatMap((it) => (it.kind === 'throw' && it.value ? namesIn(it.value) : []));
}

function namesIn(expr: Expr): readonly string[] {
  if (expr.kind === 'string') return [expr.value];
  const own = expr.kind === 'new' && expr.callee.kind === 'name' ? [expr.callee.name] : [];
  return [...own, ...partsOf(expr).flatMap(namesIn)];
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
