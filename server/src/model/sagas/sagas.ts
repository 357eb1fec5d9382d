// The sagas of the workspace with their steps: what each does, whether it can fail, whether something undoes it.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr } from '../../facts/expressions.ts';
import type { FileFacts, SagaFact } from '../../facts/facts.ts';
import { isOfPage } from '../../facts/pagePackages.ts';
import { sagaName } from '../../facts/sagaWords.ts';
import type { FilePath } from '../../text.ts';
import { placedCalls } from '../compensation/takingBack.ts';
import { undoes } from '../compensation/undoing.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, FunctionNode, SagaNode, StepNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { stemOf, wordsOf } from '../names/names.ts';
import type { Linking } from '../program.ts';
import type { Reading } from './deeds.ts';
import { stepsInBody } from './imperativeSagas.ts';
import { isSaga } from './sagaSigns.ts';
import { declaredStep, isStep, mentionsUndoing, stepAt } from './sagaSteps.ts';

/** All sagas of all files. */
export function sagasOf(linking: Linking, bodyOf: Reading['bodyOf']): readonly SagaNode[] {
  const reading: Reading = { linking, bodyOf };
  const { keeper, files } = linking;
  const steps = keeper.keep('steps', (file, fact: SagaFact): readonly StepNode[] => {
    const facts = files.get(file);
    return facts ? stepsOf(facts, fact, reading) : [];
  });
  const nodeOf = (file: FilePath, fact: SagaFact): SagaNode => lazySaga(file, fact, steps);
  const meant = saidOfFiles(linking, 'meant sagas', (facts) =>
    facts.sagas.flatMap((fact) =>
      isMeant(facts, nodeOf(facts.file, fact), reading) ? [{ file: facts.file, fact }] : [],
    ),
  );
  return meant.map(({ file, fact }) => nodeOf(file, fact));
}

/** Whether a candidate is a saga at all: other code runs steps and catches errors too. */
function isMeant(facts: FileFacts, { fact, steps }: SagaNode, reading: Reading): boolean {
  if (fact.form === 'step') return false;
  // What a page asks of servers is theirs to hold together.
  if (fact.form === 'imperative') return !isOfPage(facts) && isSaga(fact, facts.file, steps, facts);
  // A workflow that only reads or tells is a saga no more than any other job.
  if (fact.engine === 'temporal') return steps.some((it) => it.deed || it.compensation === 'yes');
  if (fact.form !== 'steps') return true;
  if (!fact.steps.every((it) => isStep(facts.file, it, reading))) return false;
  if (fact.steps.some((it) => mentionsUndoing(facts.file, it, reading))) return true;
  // Where nothing is ever taken back, names and deeds have to tell a saga from any other list of things to do.
  const file = facts.file.slice(facts.file.lastIndexOf('/') + 1);
  const isNamed = sagaName.test(`${fact.name} ${fact.owner ?? ''} ${file.replace(/workflow/i, '')}`);
  return isNamed && steps.filter((it) => it.deed).length > 1;
}

/** Steps are worked out when somebody asks for them. */
function lazySaga(
  file: FilePath,
  fact: SagaFact,
  steps: (file: FilePath, fact: SagaFact) => readonly StepNode[],
): SagaNode {
  return {
    name: fact.name,
    file,
    at: fact.at,
    fact,
    get steps() {
      return steps(file, fact);
    },
  };
}

function stepsOf(facts: FileFacts, fact: SagaFact, reading: Reading): readonly StepNode[] {
  if (fact.steps.length > 0) {
    const steps = fact.steps.map((it) => declaredStep(facts.file, it, reading));
    return steps.map((it) =>
      isTakenBackBeside(it, steps, reading) ? { ...it, compensation: 'unknown' } : it,
    );
  }
  const fn = fact.function === undefined ? undefined : facts.functions[fact.function];
  if (!fn || fact.form === 'stream') return [];
  if (fact.engine === 'medusa') return engineSteps(facts, fn.body, reading);
  return stepsInBody({ file: facts.file, fact: fn }, reading, fact.engine);
}

/** Whether what takes back another step says that it takes back this one: where a step that failed is compensated too, it may. */
function isTakenBackBeside(step: StepNode, steps: readonly StepNode[], reading: Reading): boolean {
  if (step.compensation !== 'no' || !step.deed) return false;
  const { program } = reading.linking;
  const said = step.effects.map(({ file, role, name }) =>
    role.kind === 'publish' ? commandNamed(program, file, role.event) : (saidOf(role) ?? name),
  );
  const others = steps.filter((it) => it !== step).flatMap((it) => it.undoing);
  const backs = others.flatMap((it) => it.functions.flatMap((fn) => backWords(fn, reading)));
  return backs.some((back) =>
    [step.deed?.name ?? '', ...said].some((it) => undoes(back, it) && isOfSame(back, it)),
  );
}

/** Of a bare `cancel` nobody knows what it cancels. */
function isOfSame(one: string, other: string): boolean {
  const things = new Set(
    wordsOf(one)
      .filter((it) => !holders.test(it))
      .map(stemOf),
  );
  return wordsOf(other).some((it) => !holders.test(it) && things.has(stemOf(it)));
}

/** What calls hang on, whatever they are about. */
const holders = /^(?:this|services?|clients?|api|http|gateways?|repositor(?:y|ies)|managers?|providers?|id)$/;

function saidOf(role: Effect['role']): string | undefined {
  return role.kind === 'remote' ? role.asks : undefined;
}

/** What a compensation does, each in its own words. */
function backWords(fn: FunctionNode, { bodyOf, linking }: Reading): readonly string[] {
  return bodyOf(fn).effects.flatMap(({ file, role, name, via }) => [
    role.kind === 'publish' ? commandNamed(linking.program, file, role.event) : (saidOf(role) ?? name),
    ...via.map((it) => it.name),
  ]);
}

/** The `createStep`s that a workflow calls, wherever they stand. Its events are held back by the engine until all have ended. */
function engineSteps(
  facts: FileFacts,
  body: Parameters<typeof placedCalls>[1],
  reading: Reading,
  depth = 0,
): readonly StepNode[] {
  const placed = placedCalls(facts, body);
  return placed.flatMap(({ action }) => {
    const isEvent = action.roles.some((it) => it.kind === 'publish');
    const found = isEvent ? undefined : stepAt(facts.file, action.call.callee, reading.linking);
    if (!found)
      return (
        (depth < deepest ? flowAsStep(facts.file, action, reading, depth + 1) : undefined) ??
        stepOfEngine(facts, action)
      );
    const step = declaredStep(found.file, found.fact, reading);
    return [isLimitedThere(action.call, placed) ? { ...step, hasTimeLimit: true } : step];
  });
}

/** How many flows may run one another as a step. */
const deepest = 3;

/** The steps of `payWorkflow.runAsStep(…)`, which the engine runs and takes back with those of the flow that runs it. */
function flowAsStep(
  file: FilePath,
  { call: { callee } }: CallAction,
  reading: Reading,
  depth: number,
): readonly StepNode[] | undefined {
  if (callee.kind !== 'member' || callee.name !== 'runAsStep') return undefined;
  const { values, files } = reading.linking;
  const made = values.evaluate(file, callee.object);
  const facts = made.kind === 'expr' && made.expr.kind === 'call' ? files.get(made.file) : undefined;
  if (!facts || made.kind !== 'expr' || made.expr.kind !== 'call') return undefined;
  const { span } = made.expr;
  const composed = facts.sagas
    .filter((it) => it.form === 'workflow' && it.function !== undefined)
    .map((it) => facts.functions[it.function ?? -1])
    .find((it) => it && span.start <= it.span.start && it.span.end <= span.end);
  const steps = composed ? engineSteps(facts, composed.body, reading, depth) : [];
  return steps.length > 0 ? steps : undefined;
}

/** `createRemoteLinkStep(links)` of the engine's own flows, `payWorkflow.runAsStep(…)`: it can fail, and the engine takes it back. */
function stepOfEngine(
  { file, imports }: FileFacts,
  { call: { callee, at } }: CallAction,
): readonly StepNode[] {
  const isRun = callee.kind === 'member' && callee.name === 'runAsStep' && callee.object.kind === 'name';
  const named = isRun ? callee.object : callee;
  if (named.kind !== 'name') return [];
  const isOwn = imports.some((it) => it.local === named.name && /core-flows$/.test(it.from));
  if (!isRun && !(isOwn && changingStep.test(named.name))) return [];
  const unsaid = { isPivot: false, isRetriable: false, hasTimeLimit: true, compensation: 'unknown' } as const;
  return [{ name: named.name, file, at, effects: [], canFail: true, undoing: [], ...unsaid }];
}

/** The others look something up, check it, or tell somebody. */
const changingStep =
  /^(?:create|update|delete|dismiss|add|remove|link|authorize|capture|reserve|cancel)\w*Step$/;

/** `chargeStep(input).config({ timeout: 10 })`: what the workflow says of the step that it calls. */
function isLimitedThere({ at }: CallExpr, placed: ReturnType<typeof placedCalls>): boolean {
  return placed.some(({ action: { call } }) => {
    const { callee, args } = call;
    const object = callee.kind === 'member' && callee.name === 'config' ? callee.object : undefined;
    const isOf = object?.kind === 'call' && object.at.start === at.start;
    return isOf && args.some((it) => it.kind === 'object' && it.entries.some(({ key }) => key === 'timeout'));
  });
}
