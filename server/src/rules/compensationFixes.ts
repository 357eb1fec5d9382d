// How a step is given a compensation: by what takes it back already and stands beside it, else by one that is still to be written.
import type { BindingId, CallExpr, Expr } from '../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../facts/facts.ts';
import { actionsIn, callsIn, partsOf } from '../facts/walk.ts';
import type { AddCompensationPlan } from '../fixes/plan.ts';
import { isUndoing, sharesSubject, undoes } from '../model/compensation/undoing.ts';
import type { Deed, EventModel, SagaNode, StepNode, TypeNode } from '../model/model.ts';
import { proxyOf } from '../model/sagas/activities.ts';
import { isJournaledAt } from '../model/sagas/journals.ts';
import type { FilePath } from '../text.ts';
import type { Fix } from './rule.ts';

/** At most one fix; none where the saga's form has no place for one. */
export function compensationFixes(
  model: EventModel,
  { fact: { form }, steps }: SagaNode,
  { file, at, name, fact }: StepNode,
  deed: Deed,
): readonly Fix[] {
  const key = fact && keyOf(steps);
  // A runner or a builder that knows no compensations can't be given one from here, nor a class without a sibling to follow.
  const facts = model.files.get(file);
  if (!fact && facts && isJournaledAt(facts, at)) return [];
  const isBare = form === 'class' || (fact?.isChained && !steps.some((it) => it.fact?.compensation));
  if (isBare || (fact && fact.compensation === undefined && key === undefined)) return [];
  const existing = fact ? undefined : existingFor(model, file, at.start);
  const call = steps.map((it) => it.fact?.undoneBy).find((it) => it !== undefined);
  const plan: AddCompensationPlan = {
    kind: 'add-compensation',
    target: { file, at },
    stepName: name,
    ...(key !== undefined && { key }),
    ...(call !== undefined && { call }),
    ...(!fact && { deed: deed.name }),
    ...(existing && { existing }),
  };
  if (existing) return [{ title: `Take ${name} back with ${existing.name}`, plan, isPreferred: true }];
  return [{ title: `Add a compensation to ${name}`, plan }];
}

/** The method by which the other steps take themselves back. */
function keyOf(steps: readonly StepNode[]): string | undefined {
  const functions = steps.flatMap((it) => it.undoing.flatMap((one) => one.functions));
  return functions.find((it) => it.fact.kind === 'method')?.fact.name;
}

/** What may be called, and what it has to be given, as written: `orderId: string`. */
interface Callable {
  readonly name: string;
  readonly takes: readonly string[];
}

/** The one function beside what the step calls that takes it back, and that is given no more than the step is. */
function existingFor(model: EventModel, file: FilePath, offset: number): AddCompensationPlan['existing'] {
  const facts = model.files.get(file);
  const call = facts?.functions
    .flatMap((it) => [...callsIn(it.body)])
    .find((it) => it.call.at.start === offset)?.call;
  if (!facts || !call || (call.callee.kind !== 'member' && call.callee.kind !== 'name')) return undefined;
  const { name } = call.callee;
  const beside = besides(model, file, call);
  const own = beside.find((it) => it.name === name);
  if (!own) return undefined;
  const fitting = beside.filter((it) => isUndoing(it.name) && undoes(it.name, name) && isGiven(it, own));
  const named = fitting.filter((it) => sharesSubject(it.name, name));
  const [only, ...others] = named.length > 0 ? named : fitting;
  const isMember = call.callee.kind === 'member';
  if (!only || others.length > 0) return undefined;
  const takes = only.takes.length;
  const isKnown = call.args.slice(0, takes).every((it) => isStillThere(facts, it));
  return isKnown ? { name: only.name, takes, isMember } : undefined;
}

/** Whether a catch sees what the step was given, and it is the same there: no call makes it, and no name is declared in the try. */
function isStillThere(facts: FileFacts, expr: Expr): boolean {
  if (!/^(?:name|member|this|string|literal|template|object)$/.test(expr.kind)) return false;
  if (expr.kind === 'name') return expr.binding === undefined || !isTried(facts, expr.binding);
  return partsOf(expr).every((it) => isStillThere(facts, it));
}

function isTried({ bindings, functions }: FileFacts, id: BindingId): boolean {
  const start = bindings[id]?.at.start ?? 0;
  return functions.some(({ body }) =>
    actionsIn(body).some(
      (it) => it.kind === 'try' && it.handlerAt && it.at.start < start && start < it.handlerAt.start,
    ),
  );
}

function isGiven({ takes }: Callable, own: Callable): boolean {
  return takes.every((it, index) => it !== '' && it === own.takes[index]);
}

/** The members of the object, of the class, or of the activities that the step's call comes from. */
function besides(model: EventModel, file: FilePath, call: CallExpr): readonly Callable[] {
  const { callee } = call;
  const facts = model.files.get(file);
  const proxy = facts && proxyOf(facts, call);
  const [activities] = proxy?.typeArgs ?? [];
  if (activities?.kind === 'ref') {
    const type = model.program.typeNamed(file, activities.name);
    return type ? callablesOf(model, type) : [];
  }
  const type = callee.kind === 'member' ? model.program.typeOf(file, callee.object) : undefined;
  return type ? callablesOf(model, type) : [];
}

function callablesOf(model: EventModel, type: TypeNode): readonly Callable[] {
  return model.program.lineageOf(type).flatMap(({ file, fact }) => {
    const facts = model.files.get(file);
    const methods = (facts?.functions ?? [])
      .filter((it) => it.owner === fact.name && it.kind === 'method' && fact.kind === 'class')
      .map((it) => ({
        name: it.name,
        takes: it.parameters.flatMap((id) => {
          const binding = facts?.bindings[id];
          return binding && !binding.init ? [textOf(binding)] : [];
        }),
      }));
    const members = fact.members.flatMap(({ name, type: own }) =>
      own?.kind === 'function' ? [{ name, takes: own.takes ?? [] }] : [],
    );
    return [...methods, ...members];
  });
}

/** Comparable only where the type is plain. */
function textOf({ name, type }: BindingFact): string {
  const isPlain = type?.kind === 'primitive' || (type?.kind === 'ref' && type.args.length === 0);
  return isPlain ? `${name}: ${type.name}` : '';
}
