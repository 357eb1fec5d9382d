// Steps of sagas that are written as data: objects and classes in an array, and single steps that an array elsewhere lists.
import type { CallExpr, Expr, ObjectExpr } from '../facts/expressions.ts';
import type { FileFacts, SagaFact, StepFact } from '../facts/facts.ts';
import { doingKeys, placeNameOf, sagaName, surelyUndoingKeys, undoingKeys } from '../facts/sagaWords.ts';
import type { Span } from '../text.ts';
import type { Held } from './heldExpressions.ts';
import { pathOf, spoken } from './paths.ts';

const unnamed = 'step';
const labels = ['name', 'id', 'stepName', 'step', 'key', 'title', 'label'];

/** Sagas that are an array of steps. */
export function* stepArrays(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  for (const { expr, name, at, owner } of held) {
    if (expr.kind !== 'array' || expr.items.length === 0) continue;
    const isTelling =
      sagaName.test(`${name} ${owner ?? ''} ${placeNameOf(facts.file)}`) || /steps?$/i.test(name);
    const items = expr.items.map((it) => objectBehind(facts, it) ?? it);
    const objects = items.filter((it) => it.kind === 'object');
    const hasUndo = objects.some((it) => keyed(it, surelyUndoingKeys));
    const areObjects = objects.length > 0 && objects.every((it) => keyed(it, doingKeys));
    const areSteps = areObjects && (hasUndo || (isTelling && items.length > 1));
    if (areSteps || areStepClasses(facts, items, isTelling)) {
      const steps = items.map((it) => (it.kind === 'object' ? stepOf(it) : classStep(it)));
      yield { ...titleOf(facts, name, at, owner), form: 'steps', steps: markNamed(steps, held) };
    }
  }
}

/** `const reserveStock: SagaStep = { execute, compensate }`: a step that some array lists. */
export function* singleSteps(facts: FileFacts): Iterable<SagaFact> {
  for (const { name, at, init, type, isTopLevel } of facts.bindings) {
    if (!isTopLevel || init?.kind !== 'object' || !keyed(init, doingKeys)) continue;
    const isTyped = type?.kind === 'ref' && /Step$|Activity$/.test(type.name);
    if (!isTyped && !keyed(init, surelyUndoingKeys)) continue;
    const step = stepOf(init);
    const isNamed = init.entries.some((it) => labels.includes(it.key)) || step.name !== unnamed;
    yield { name, at, form: 'step', steps: [isNamed ? step : { ...step, name, at }] };
  }
}

/** Names a saga after its class, where the class is one, or after the variable that holds it. */
export function titleOf(
  facts: FileFacts,
  name: string,
  at: Span,
  owner: string | undefined,
): Pick<SagaFact, 'name' | 'at' | 'owner'> {
  const type = owner === undefined ? undefined : facts.types.find((it) => it.name === owner);
  if (type && sagaName.test(type.name)) return { name: type.name, at: type.at, owner: type.name };
  return { name: name || 'saga', at, ...(owner === undefined ? {} : { owner }) };
}

/** The step that an object literal with an action is, or undefined. */
export function stepIn(expr: Expr | undefined): StepFact | undefined {
  return expr?.kind === 'object' && keyed(expr, doingKeys) ? stepOf(expr) : undefined;
}

/** A function of this file by its number, anything else as it is written. */
export function bodyOf(expr: Expr | null): StepFact['action'] {
  return expr?.kind === 'function' ? expr.function : expr;
}

/** Marks the steps whose name stands in other places too. */
export function markNamed(steps: readonly StepFact[], held: readonly Held[]): readonly StepFact[] {
  const isIn = (at: Span, step: StepFact): boolean => step.span.start <= at.start && at.end <= step.span.end;
  return steps.map((step) => {
    const isNamed = held.some(
      ({ expr, name, at }) =>
        !isIn(expr.at, step) &&
        ((expr.kind === 'string' && expr.value === step.name) || (name === step.name && !isIn(at, step))),
    );
    return isNamed ? { ...step, isNamedElsewhere: true } : step;
  });
}

/** Classes, or names of steps that stand elsewhere: whether they are steps is for the model to see. */
function areStepClasses(facts: FileFacts, items: readonly Expr[], isTelling: boolean): boolean {
  const areNames = items.every((it) => it.kind === 'new' || it.kind === 'name' || it.kind === 'member');
  if (items.length < 2 || !areNames || items.some((it) => isGivenValue(facts, it))) return false;
  return items.every((it) => /Step\d*$/i.test(nameOf(it)) || (isTelling && nameOf(it) !== 'step'));
}

/** `context.df.createTimer(…)` of Durable Functions gives a task, which waits beside others in an array. */
const givesTask = /(?:^|\.)df\./;

/** `[saga.id, step]` in the methods of a saga: what they are given, for a query. */
function isGivenValue(facts: FileFacts, expr: Expr): boolean {
  if (expr.kind === 'member') return expr.object.kind !== 'this' && isGivenValue(facts, expr.object);
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined;
  if (binding?.init?.kind === 'call' && givesTask.test(spoken(binding.init.callee))) return true;
  if (binding?.kind !== 'parameter') return false;
  const isTyped =
    binding.type?.kind === 'ref' && /(?:Step|Activity|Command|Handler)\d*$/.test(binding.type.name);
  return !isTyped && !/\wStep\d*$/.test(binding.name);
}

/** The object literal that an expression is, or that a constant holds. */
export function objectBehind(facts: FileFacts, expr: Expr): ObjectExpr | undefined {
  if (expr.kind === 'object') return expr;
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined;
  const init = binding?.kind === 'const' ? binding.init : undefined;
  return init?.kind === 'object' ? init : undefined;
}

function keyed(expr: Expr, keys: readonly string[]): Expr | undefined {
  if (expr.kind !== 'object') return undefined;
  for (const key of keys) {
    const entry = expr.entries.find((it) => it.key === key && it.value.kind !== 'string');
    if (entry) return entry.value;
  }
  return undefined;
}

function stepOf(object: ObjectExpr): StepFact {
  const label = object.entries.find((it) => labels.includes(it.key));
  const action = keyed(object, doingKeys) ?? null;
  const named = label?.value.kind === 'string' ? { name: label.value.value, at: label.value.at } : undefined;
  const place = named ?? {
    name: nameOf(label?.value ?? action ?? object),
    at: label?.value.at ?? object.entries[0]?.at ?? object.at,
  };
  return { ...place, span: object.at, action: bodyOf(action), ...saidBeside(object) };
}

/** What an object says of a step besides what it does. */
export function saidBeside(object: ObjectExpr): Partial<StepFact> {
  const undo = undoOf(object);
  return { ...(undo === undefined ? {} : { compensation: undo }), ...flags(object) };
}

function undoOf(object: ObjectExpr): StepFact['compensation'] {
  const undo = keyed(object, undoingKeys);
  if (undo) return bodyOf(undo);
  return object.spreads.length > 0 ? undefined : null;
}

function flags(object: ObjectExpr): Partial<StepFact> {
  const isTrue = (pattern: RegExp): boolean =>
    object.entries.some(
      (it) => pattern.test(it.key) && it.value.kind === 'literal' && it.value.text === 'true',
    );
  const limit = object.entries.find((it) => /timeout|deadline/i.test(it.key));
  const kind = object.entries.find((it) => it.key === 'kind' || it.key === 'type')?.value;
  const word = kind?.kind === 'string' ? kind.value : kind?.kind === 'member' ? kind.name : '';
  return {
    ...(isTrue(/pivot|pointOfNoReturn/i) || /pivot/i.test(word) ? { isPivot: true } : {}),
    ...(isTrue(/retr(i|y)able|retryable/i) || /retr(i|y)able/i.test(word) ? { isRetriable: true } : {}),
    ...(isTrue(/readOnly|noCompensation|isQuery/i) || /read|query/i.test(word) ? { isReadOnly: true } : {}),
    ...(limit === undefined ? {} : { hasTimeLimit: true, limitKey: limit.key }),
  };
}

function nameOf(expr: Expr | CallExpr): string {
  if (expr.kind === 'new') return pathOf(expr.callee).at(-1) ?? unnamed;
  if (expr.kind !== 'name' && expr.kind !== 'member' && expr.kind !== 'call') return unnamed;
  return spoken(expr) || unnamed;
}

/** `[new ReserveStockStep(), …]`: whether a class undoes itself stands in the class. */
export function classStep(expr: Expr): StepFact {
  return { name: nameOf(expr), at: expr.at, span: expr.kind === 'new' ? expr.span : expr.at, action: expr };
}
