// The steps of sagas that declare them: objects, classes, builder calls, runners with a named step, steps of a durable engine.
import type { Expr } from '../../facts/expressions.ts';
import type { FunctionFact, StepFact } from '../../facts/facts.ts';
import { doingKeys, undoingKeys, undoingMethod } from '../../facts/sagaWords.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { eachAction } from '../fileIndex.ts';
import type { Deed, FunctionNode, StepNode, TypeNode, Undoing } from '../model.ts';
import type { Linking } from '../program.ts';
import { canFail, changes, lastingDeed, namedDeed, tellsSomebody, type Reading } from './deeds.ts';
import { runnerUndoes } from './sagaRunners.ts';

/** A step as a file declares it; one that only names a step elsewhere is read there. */
export function declaredStep(file: FilePath, fact: StepFact, reading: Reading): StepNode {
  const named = stepBehind(file, fact, reading.linking);
  if (named) return declaredStep(named.file, named.fact, reading);
  const owner = ownerOf(file, fact, reading.linking);
  const actions = functionsOf(file, fact.action, owner, doingKeys, reading.linking);
  const effects = actions.flatMap((it) => reading.bodyOf(it).effects).filter(changes);
  const isTold = [fact.name, ...actions.map((it) => it.fact.name)].some(tellsSomebody);
  const deed = fact.isReadOnly || isTold ? undefined : deedOf(actions, reading);
  const undoing = undoingOf({ file, fact, owner }, reading);
  return {
    ...placeOf(file, fact, owner),
    fact,
    effects: fact.isReadOnly ? [] : effects,
    ...(deed && { deed }),
    canFail: deed !== undefined || actions.length === 0 || actions.some((it) => canFail(it, reading.bodyOf)),
    isPivot: fact.isPivot === true,
    isRetriable: fact.isRetriable === true,
    hasTimeLimit: fact.hasTimeLimit === true,
    compensation: typeof undoing === 'string' ? undoing : 'yes',
    undoing: typeof undoing === 'string' ? [] : undoing,
  };
}

/** Whether a step says anything of taking itself back, be it empty. */
export function mentionsUndoing(file: FilePath, fact: StepFact, { linking }: Reading): boolean {
  const named = stepBehind(file, fact, linking);
  if (named) return named.fact.compensation !== null;
  if (fact.compensation) return true;
  const owner = ownerOf(file, fact, linking);
  return (
    owner !== undefined &&
    undoingNames(owner, linking).some((it) => linking.hierarchy.methodOf(owner, it) !== undefined)
  );
}

/** The names under which a class may take its step back, the most telling first. */
function undoingNames(owner: TypeNode | undefined, { files, hierarchy }: Linking): readonly string[] {
  const own = owner ? hierarchy.lineageOf(owner) : [];
  const methods = own.flatMap(({ file, fact }) =>
    (files.get(file)?.functions ?? []).filter((it) => it.owner === fact.name && undoingMethod.test(it.name)),
  );
  return [...undoingKeys, ...methods.map((it) => it.name)];
}

/** Whether what an array lists is a step: other arrays list classes and functions too. */
export function isStep(file: FilePath, fact: StepFact, reading: Reading): boolean {
  if (typeof fact.action !== 'object' || fact.action === null || fact.compensation !== undefined) return true;
  if (stepBehind(file, fact, reading.linking)) return true;
  const owner = ownerOf(file, fact, reading.linking);
  return owner
    ? /(?:Step|Activity)$/.test(owner.fact.name) || mentionsUndoing(file, fact, reading)
    : fact.runner !== undefined;
}

/** A step that a name stands for: `const reserveStock: SagaStep = { … }`, a `createStep(…)`. */
export function stepAt(
  file: FilePath,
  expr: Expr,
  { values, files }: Linking,
): { readonly file: FilePath; readonly fact: StepFact } | undefined {
  const value = values.evaluate(file, expr);
  if (value.kind !== 'expr') return undefined;
  const span = value.expr.kind === 'call' ? value.expr.span : value.expr.at;
  for (const saga of files.get(value.file)?.sagas ?? []) {
    const step = saga.form === 'step' ? saga.steps[0] : undefined;
    if (step && step.span.start === span.start) return { file: value.file, fact: step };
  }
  return undefined;
}

/** The class of a step that is an object of one. */
function ownerOf(file: FilePath, { action }: StepFact, linking: Linking): TypeNode | undefined {
  return typeof action === 'object' && action !== null ? classOf(file, action, linking) : undefined;
}

function stepBehind(file: FilePath, fact: StepFact, linking: Linking): ReturnType<typeof stepAt> {
  const { action } = fact;
  const described = stepOfClass(ownerOf(file, fact, linking), linking);
  if (described && !saysUndoing(fact)) return described;
  if (typeof action !== 'object' || (action?.kind !== 'name' && action?.kind !== 'member')) return undefined;
  const found = saysUndoing(fact) ? undefined : stepAt(file, action, linking);
  return found?.fact === fact ? undefined : found;
}

/** Whether what takes it back stands beside the step, and not in the class or the object that it names. */
function saysUndoing({ compensation }: StepFact): boolean {
  return compensation !== undefined && compensation !== null;
}

/** A class that the configuration says is a step, with the methods that act and undo. */
function stepOfClass(type: TypeNode | undefined, { files }: Linking): ReturnType<typeof stepAt> {
  const sagas = (type && files.get(type.file)?.sagas) ?? [];
  const [step] = sagas.find((it) => it.form === 'step' && it.owner === type?.fact.name)?.steps ?? [];
  return type && step && { file: type.file, fact: step };
}

/** A reader points at the name of the class, not at a parameter that is called `step1`. */
function placeOf(
  file: FilePath,
  fact: StepFact,
  owner: TypeNode | undefined,
): Pick<StepNode, 'name' | 'file' | 'at'> {
  if (!owner || saysUndoing(fact)) return { name: fact.name, file, at: fact.at };
  return { name: owner.fact.name, file: owner.file, at: owner.fact.at };
}

function deedOf(actions: readonly FunctionNode[], { linking, bodyOf }: Reading): Deed | undefined {
  for (const fn of actions) {
    const found = lastingDeed(bodyOf(fn).effects, linking);
    if (found) return found;
  }
  for (const { file, fact } of actions) {
    for (const action of eachAction(fact.body)) {
      const found = action.kind === 'call' ? namedDeed(file, action, linking) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

interface Declared {
  readonly file: FilePath;
  readonly fact: StepFact;
  readonly owner: TypeNode | undefined;
}

function undoingOf({ file, fact, owner }: Declared, reading: Reading): readonly Undoing[] | 'no' | 'unknown' {
  const { compensation } = fact;
  if (fact.runner && compensation === undefined) return runnerUndoes(file, fact, reading);
  if (isNothing(compensation) || (compensation === null && !owner)) return 'no';
  if (compensation === undefined && !owner) return 'unknown';
  const isSaid = saysUndoing(fact);
  const functions = functionsOf(
    file,
    compensation ?? null,
    isSaid ? undefined : owner,
    undoingNames(owner, reading.linking),
    reading.linking,
  );
  const [first] = functions;
  if (!first) return isSaid ? 'unknown' : 'no';
  if (!functions.some((it) => undoesAnything(it, reading))) return 'no';
  return [{ ...nameOf(first), functions, known: 'always' }];
}

function nameOf({ file, fact }: FunctionNode): Pick<Undoing, 'name' | 'file' | 'at'> {
  return { name: fact.name || 'the compensation', file, at: fact.at };
}

function isNothing(compensation: StepFact['compensation']): boolean {
  return typeof compensation === 'object' && compensation !== null && compensation.kind === 'literal';
}

/** A compensation that is empty, or only logs, undoes nothing; one that throws at least tells who runs it. */
function undoesAnything(fn: FunctionNode, reading: Reading): boolean {
  if (reading.bodyOf(fn).effects.length > 0) return true;
  return [...eachAction(fn.fact.body)].some((action) => {
    if (action.kind === 'assign' || action.kind === 'throw') return true;
    if (action.kind === 'return') return action.value?.kind === 'function';
    if (action.kind !== 'call' || action.roles.some((it) => it.kind === 'log')) return false;
    const callees = reading.linking.calls.callees(fn.file, action.call);
    if (callees.length === 0) return mayUndo(action.call.callee);
    return callees.some((it) => it.fact !== fn.fact && undoesAnything(it, reading));
  });
}

/** Calls that only compute or print are not what undoes a step. */
function mayUndo(callee: Expr): boolean {
  return !/^(?:console|JSON|Math|Date|Object|String|Number|Array|Promise|setTimeout|Error)\b/.test(
    pathOf(callee),
  );
}

function functionsOf(
  file: FilePath,
  action: StepFact['action'],
  owner: TypeNode | undefined,
  methods: readonly string[],
  { files, calls, hierarchy }: Linking,
): readonly FunctionNode[] {
  if (typeof action === 'number') {
    const fact: FunctionFact | undefined = files.get(file)?.functions[action];
    return fact ? [{ file, fact }] : [];
  }
  if (owner) {
    const found = methods.map((it) => hierarchy.methodOf(owner, it)).find((it) => it !== undefined);
    return found ? [found] : [];
  }
  return action === null ? [] : calls.functionsOf(file, action);
}

function classOf(file: FilePath, expr: Expr, { calls, values }: Linking): TypeNode | undefined {
  if (expr.kind === 'new') return calls.typing.typeOf(file, expr);
  const value = values.evaluate(file, expr);
  if (value.kind === 'type') return value.node.fact.kind === 'class' ? value.node : undefined;
  if (value.kind === 'function') return undefined;
  const type = calls.typing.typeOf(file, expr);
  return type?.fact.kind === 'class' ? type : undefined;
}
