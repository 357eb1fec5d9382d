// The sagas of the workspace with their steps: what each does, whether it can fail, whether something undoes it.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts, SagaFact, StepFact } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { eachAction } from './fileIndex.ts';
import { stepsInBody } from './imperativeSagas.ts';
import type { Answer, Body, Effect, FunctionNode, SagaNode, StepNode, TypeNode } from './model.ts';
import type { Linking } from './program.ts';

const sagaName = /saga|orchestrat|process_?manager|workflow|coordinator/i;

type BodyOf = (fn: FunctionNode) => Body;

const doing = [
  'execute',
  'invoke',
  'run',
  'perform',
  'handle',
  'process',
  'forward',
  'do',
  'action',
  'call',
  'transaction',
  'up',
];
const undoing = [
  'compensate',
  'withCompensation',
  'compensation',
  'rollback',
  'undo',
  'revert',
  'cancel',
  'backward',
  'down',
];

/** All sagas of all files. */
export function sagasOf(linking: Linking, bodyOf: BodyOf): readonly SagaNode[] {
  const sagas: SagaNode[] = [];
  for (const facts of linking.files.values()) {
    for (const fact of facts.sagas) {
      const saga = lazySaga(facts, fact, linking, bodyOf);
      if (fact.form !== 'imperative' || isSaga(saga)) sagas.push(saga);
    }
  }
  return sagas;
}

/** A function that works through other services, and says that it is a saga or takes back some of what it did. */
function isSaga({ name, fact, steps }: SagaNode): boolean {
  const abroad = steps.filter(({ effects }) => effects.some((it) => it.role.kind === 'remote'));
  if (steps.length < 2 || abroad.length === 0) return false;
  if (steps.some((it) => it.compensation === 'yes')) return true;
  return (
    abroad.length > 1 &&
    sagaName.test(`${name} ${fact.owner ?? ''}`) &&
    !/manager|store|repository/i.test(fact.owner ?? '')
  );
}

/** Steps are worked out when somebody asks for them. */
function lazySaga(facts: FileFacts, fact: SagaFact, linking: Linking, bodyOf: BodyOf): SagaNode {
  let steps: readonly StepNode[] | undefined;
  return {
    name: fact.name,
    file: facts.file,
    at: fact.at,
    fact,
    get steps() {
      return (steps ??= stepsOf(facts, fact, linking, bodyOf));
    },
  };
}

function stepsOf(facts: FileFacts, fact: SagaFact, linking: Linking, bodyOf: BodyOf): readonly StepNode[] {
  if (fact.steps.length > 0) return fact.steps.map((it) => stepNode(facts.file, it, linking, bodyOf));
  const fn = fact.function === undefined ? undefined : facts.functions[fact.function];
  if (!fn || fact.form === 'stream') return [];
  return stepsInBody({ file: facts.file, fact: fn }, linking, bodyOf);
}

function stepNode(file: FilePath, fact: StepFact, linking: Linking, bodyOf: BodyOf): StepNode {
  const owner =
    typeof fact.action === 'object' && fact.action !== null ? classOf(file, fact.action, linking) : undefined;
  const actions = functionsOf(file, fact.action, owner, doing, linking);
  const bodies = actions.map(bodyOf);
  const effects = fact.isReadOnly ? [] : bodies.flatMap((it) => it.effects).filter(changes);
  return {
    name: fact.name,
    file,
    at: fact.at,
    fact,
    effects,
    canFail: actions.length === 0 || actions.some((it) => canFail(it, bodyOf)),
    isPivot: fact.isPivot === true,
    isRetriable: fact.isRetriable === true,
    hasTimeLimit: fact.hasTimeLimit === true,
    undoing: [],
    compensation: compensationOf(file, fact, owner, linking, bodyOf),
  };
}

function compensationOf(
  file: FilePath,
  fact: StepFact,
  owner: TypeNode | undefined,
  linking: Linking,
  bodyOf: BodyOf,
): Answer {
  if (fact.compensation === null) return 'no';
  if (fact.compensation === undefined && !owner) return 'unknown';
  const given = fact.compensation === undefined ? null : fact.compensation;
  const functions = functionsOf(file, given, owner, undoing, linking);
  if (functions.length === 0) return owner && given === null ? 'no' : 'unknown';
  return functions.some((it) => undoesAnything(it, bodyOf, linking)) ? 'yes' : 'no';
}

/** A compensation that is empty, or only logs, undoes nothing. */
function undoesAnything(fn: FunctionNode, bodyOf: BodyOf, linking: Linking): boolean {
  if (bodyOf(fn).effects.length > 0) return true;
  for (const action of eachAction(fn.fact.body)) {
    // One that throws takes nothing back, but says so to whoever runs it.
    if (action.kind === 'assign' || action.kind === 'throw') return true;
    if (action.kind === 'return' && action.value?.kind === 'function') return true;
    if (action.kind !== 'call' || action.roles.some((it) => it.kind === 'log')) continue;
    const callees = linking.calls.callees(fn.file, action.call);
    if (callees.length === 0 && isTelling(action.call.callee)) return true;
    if (callees.some((it) => it.fact !== fn.fact && undoesAnything(it, bodyOf, linking))) return true;
  }
  return false;
}

/** Calls that only compute or print are not what undoes a step. */
function isTelling(callee: Expr): boolean {
  const root = callee.kind === 'member' ? callee.object : callee;
  const name = root.kind === 'name' ? root.name : '';
  return !/^(?:console|JSON|Math|Date|Object|String|Number|Array|Promise|setTimeout|Error)$/.test(name);
}

function functionsOf(
  file: FilePath,
  action: StepFact['action'],
  owner: TypeNode | undefined,
  methods: readonly string[],
  { files, calls, hierarchy }: Linking,
): readonly FunctionNode[] {
  if (typeof action === 'number') {
    const fact = files.get(file)?.functions[action];
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

/** Whether a function can throw or be refused: a remote call, a write, a throw, or code that nobody knows. */
export function canFail(fn: FunctionNode, bodyOf: BodyOf): boolean {
  const body = bodyOf(fn);
  if (body.isOpen || body.effects.some((it) => it.role.kind !== 'publish' || it.role.transport === 'broker'))
    return true;
  for (const action of eachAction(fn.fact.body)) if (action.kind === 'throw') return true;
  return false;
}

/** Whether an effect changes something, here or elsewhere. */
export function changes(effect: Effect): boolean {
  return effect.role.kind !== 'remote' || effect.role.isRead !== true;
}
