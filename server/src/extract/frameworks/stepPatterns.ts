// Steps of sagas as a configuration describes them: by call, decorator or base class.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { BindingFact, FunctionFact, SagaFact, StepFact, TypeFact } from '../../facts/facts.ts';
import { outermost } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import type { FileView } from '../fileView.ts';
import { handlerOf } from './messages.ts';
import { argumentAt, sameName, type Argument } from './places.ts';

export interface StepPattern {
  /** `receiver.method`, `Type.method` or a function; of a chain its first object counts. */
  readonly call?: string;
  /** A decorator of methods. */
  readonly decorator?: string;
  /** A base class or interface. */
  readonly base?: string;
  readonly name?: Argument;
  /** A place in the call, or a method of the class. */
  readonly action?: Argument;
  readonly compensation?: Argument;
  readonly isIn?: (file: FilePath) => boolean;
}

/** The sagas and single steps of a file. */
export function sagasBy(patterns: readonly StepPattern[], view: FileView): readonly SagaFact[] {
  const here = patterns.filter((it) => it.isIn?.(view.facts.file) ?? true);
  return [
    ...together(
      view,
      here.flatMap((it) => calledSteps(it, view)),
    ),
    ...here.flatMap((it) => decoratedSagas(it, view)),
    ...here.flatMap((it) => stepClasses(it, view)),
  ];
}

interface Called {
  readonly step: StepFact;
  readonly fn: FunctionFact;
}

function calledSteps(pattern: StepPattern, view: FileView): readonly Called[] {
  if (pattern.call === undefined) return [];
  const [method = '', object] = pattern.call.split('.').reverse();
  return view
    .callsNamed(method)
    .flatMap(({ action: { call }, fn }) =>
      isOn(view, call, object) ? [{ step: stepOf(pattern, view, call), fn }] : [],
    );
}

/** `saga.step(…)`, and in a chain `new CheckoutSaga().step(…).step(…)`. */
function isOn(view: FileView, { callee }: CallExpr, wanted: string | undefined): boolean {
  if (callee.kind !== 'member') return wanted === undefined;
  if (wanted === undefined) return false;
  let root = callee.object;
  while (root.kind === 'call' && root.callee.kind === 'member') root = root.callee.object;
  const name = root.kind === 'name' || root.kind === 'member' ? root.name : '';
  return sameName(name, wanted) || sameName(view.originOf(root)?.name ?? '', wanted);
}

function stepOf(
  { name = 0, action = 1, compensation = 2 }: StepPattern,
  view: FileView,
  call: CallExpr,
): StepFact {
  const label = argumentAt(view, call.args, name);
  const acting = argumentAt(view, call.args, action);
  const undoing = argumentAt(view, call.args, compensation);
  return {
    ...labelOf(label, { name: label?.kind === 'member' ? label.name : 'step', at: call.at }),
    span: call.span,
    action: acting ? handlerOf(view, acting) : null,
    compensation: undoing ? handlerOf(view, undoing) : null,
  };
}

function labelOf(
  label: Expr | undefined,
  otherwise: Pick<StepFact, 'name' | 'at'>,
): Pick<StepFact, 'name' | 'at'> {
  return label?.kind === 'string' ? { name: label.value, at: label.at } : otherwise;
}

/** The steps of one class, or of one function, are one saga. */
function together(view: FileView, called: readonly Called[]): readonly SagaFact[] {
  const groups = new Map<string | FunctionFact, Called[]>();
  for (const it of called) {
    const key = view.ownerOf(it.fn.id) ?? outermost(view.facts, it.fn);
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  return [...groups].map(([key, list]) => {
    const type = typeof key === 'string' ? view.typeNamed(key) : undefined;
    const steps = list.map((it) => it.step).toSorted((a, b) => a.at.start - b.at.start);
    const fn = typeof key === 'object' && key.kind !== 'module' ? key : undefined;
    const place = type ?? fn ?? holderOf(view, steps[0]);
    return {
      name: place?.name || 'saga',
      at: place?.at ?? steps[0]?.at ?? { start: 0, end: 0 },
      form: 'steps',
      steps,
      ...(type ? { owner: type.name } : {}),
    };
  });
}

/** `const checkout = new Journey().leg(…)`. */
function holderOf({ facts }: FileView, step: StepFact | undefined): BindingFact | undefined {
  return facts.bindings.find(
    ({ init, isTopLevel }) =>
      isTopLevel &&
      step &&
      init?.kind === 'call' &&
      init.span.start <= step.at.start &&
      step.at.end <= init.span.end,
  );
}

/** `@SagaStep('reserve-stock', { undo: 'releaseStock' }) reserve() { … }`. */
function decoratedSagas(pattern: StepPattern, view: FileView): readonly SagaFact[] {
  const { facts } = view;
  if (pattern.decorator === undefined) return [];
  return facts.types.flatMap((type) => {
    const steps = facts.functions.flatMap((fn) => {
      const decorator = fn.owner === type.name && fn.decorators.find((it) => it.name === pattern.decorator);
      return decorator ? [markedStep(pattern, { view, type, fn, args: decorator.args })] : [];
    });
    return steps.length > 0 ? [{ name: type.name, at: type.at, form: 'steps', steps, owner: type.name }] : [];
  });
}

interface Marked {
  readonly view: FileView;
  readonly type: TypeFact;
  readonly fn: FunctionFact;
  readonly args: readonly Expr[];
}

function markedStep({ name = 0, compensation }: StepPattern, { view, type, fn, args }: Marked): StepFact {
  const undo = compensation === undefined ? undefined : argumentAt(view, args, compensation);
  const method = undo?.kind === 'string' ? methodOf(view, type, undo.value) : undefined;
  return {
    ...labelOf(argumentAt(view, args, name), { name: fn.name, at: fn.at }),
    span: fn.span,
    action: fn.id,
    compensation: method?.id ?? null,
  };
}

/** `class ReserveStock implements Move { forth() { … } back() { … } }`: a step that an array somewhere lists. */
function stepClasses(pattern: StepPattern, view: FileView): readonly SagaFact[] {
  const { base, action = 'execute', compensation = 'compensate' } = pattern;
  if (base === undefined) return [];
  return view.facts.types.flatMap((type) => {
    const isStep = [...type.bases, ...type.implements].some((it) => it.kind === 'ref' && it.name === base);
    const acting = isStep ? methodOf(view, type, String(action)) : undefined;
    if (!acting || type.isAbstract) return [];
    const undoing = methodOf(view, type, String(compensation));
    const { name, at, span } = type;
    const step = { name, at, span, action: acting.id, compensation: undoing?.id ?? null };
    return [{ name, at, form: 'step', steps: [step], owner: name }];
  });
}

function methodOf({ facts }: FileView, type: TypeFact, name: string): FunctionFact | undefined {
  return facts.functions.find((it) => it.owner === type.name && it.name === name && !it.isAbstract);
}
