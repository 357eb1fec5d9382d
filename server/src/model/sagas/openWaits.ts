// Where a workflow waits for a signal without an end: `condition(() => isPaid)`, an awakeable whose promise nobody limits.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import type { WaitRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import type { SagaNode, StepNode } from '../model.ts';

export interface OpenWait {
  readonly call: CallExpr;
  /** What would end it in time. */
  readonly endedBy: string;
}

/** A step that ends when somebody outside says so, without a limit, while the flow holds what an earlier step took. */
export function openSteps({
  fact,
  steps,
}: SagaNode): readonly { readonly step: StepNode; readonly held: StepNode }[] {
  if (fact.hasTimeLimit === true) return [];
  return steps.flatMap((step, index) => {
    const isOpen = step.fact?.isEndedElsewhere === true && !step.hasTimeLimit;
    const held = isOpen ? steps.slice(0, index).find((it) => it.compensation === 'yes') : undefined;
    return held ? [{ step, held }] : [];
  });
}

/** Those of a function's own body; a promise that is handed to something else may be limited there. */
export function openWaits(facts: FileFacts, { body }: FunctionFact): readonly OpenWait[] {
  const calls = [...callsIn(body)];
  return calls.flatMap((action) => {
    const role = action.roles.find((it): it is WaitRole => it.kind === 'wait');
    return role && isOpen(facts, action, calls) ? [{ call: action.call, endedBy: role.endedBy }] : [];
  });
}

function isOpen(
  { bindings }: FileFacts,
  { call, settled }: CallAction,
  calls: readonly CallAction[],
): boolean {
  if (settled === 'awaited') return !calls.some((it) => isRace(it) && holds(it.call, call));
  const held = new Set(bindings.flatMap((it, id) => (holdsPromise(it, call) ? [id] : [])));
  const isPromise = (expr: Expr): boolean =>
    (expr.kind === 'name' && expr.binding !== undefined && held.has(expr.binding)) ||
    (expr.kind === 'member' && expr.name === 'promise' && isPromise(expr.object));
  const isUsed = ({ call: { callee, args } }: CallAction): boolean =>
    (callee.kind === 'member' && isPromise(callee.object)) ||
    args.some((it) => isPromise(it) || (it.kind === 'array' && it.items.some(isPromise)));
  return held.size > 0 && !calls.some(isUsed);
}

/** `const paid = ctx.awakeable()`, `const { promise } = ctx.awakeable()`: not its id, by which others resolve it. */
function holdsPromise({ init }: BindingFact, { at }: CallExpr): boolean {
  if (init?.kind === 'member') return init.name === 'promise' && init.object.at.start === at.start;
  return init?.kind === 'call' && init.at.start === at.start;
}

/** `Promise.race([condition(() => isPaid), sleep('1 day')])`: whoever else takes part ends the wait. */
function isRace({ call: { callee } }: CallAction): boolean {
  return callee.kind === 'member' && /^(?:race|any)$/.test(callee.name);
}

function holds({ span }: CallExpr, { at }: CallExpr): boolean {
  return span.start <= at.start && at.end <= span.end;
}
