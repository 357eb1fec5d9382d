// Sagas as one file shows them, read from its facts: step arrays, builder chains, imperative try/catch, orchestrator classes,
// durable workflows, NestJS streams. What a step does and whether its undoing undoes anything is the model's to say.
import type { Action } from '../facts/actions.ts';
import type { CallExpr, Expr, ObjectExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact, SagaFact, StepFact } from '../facts/facts.ts';
import { callsIn } from '../facts/walk.ts';
import type { Span } from '../text.ts';
import { allExpressions, type Held } from './heldExpressions.ts';
import { pathOf, spoken } from './paths.ts';


const sagaName = /(saga|orchestrat|process_?manager|workflow|coordinator)/i;
const doing = [
  'execute',
  'invoke',
  'action',
  'run',
  'do',
  'forward',
  'perform',
  'handler',
  'handle',
  'transaction',
  'up',
  'call',
  'process',
  'fn',
];
const undoing = [
  'compensate',
  'compensation',
  'rollback',
  'undo',
  'revert',
  'compensateFn',
  'onRollback',
  'onCompensate',
  'withCompensation',
  'compensationAction',
  'down',
  'cancel',
  'backward',
];
const undoWord = /(compensat|rollback|undo|revert|refund|release|cancel|void|restore|unreserve|reverse)/i;

/** The sagas of a file. */
export function readSagas(facts: FileFacts): readonly SagaFact[] {
  const held = allExpressions(facts);
  const steps = [...stepArrays(facts, held), ...builders(facts, held)];
  return [...steps, ...workflows(facts), ...streams(facts), ...imperative(facts, steps)];
}

function* stepArrays(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  for (const { expr, name, at, owner } of held) {
    if (expr.kind !== 'array' || expr.items.length === 0) continue;
    const objects = expr.items.filter((it) => it.kind === 'object');
    const isTelling = sagaName.test(`${name} ${owner ?? ''} ${facts.file}`) || /steps?$/i.test(name);
    const hasUndo = objects.some((it) => keyed(it, undoing));
    const isSteps = objects.length > 0 && objects.every((it) => keyed(it, doing)) && (hasUndo || isTelling);
    if (isSteps && (hasUndo || objects.length > 1)) {
      yield { ...titleOf(facts, name, at, owner), form: 'steps', steps: objects.map(stepOf) };
      continue;
    }
    const classes = expr.items.filter(
      (it) => it.kind === 'new' || it.kind === 'name' || it.kind === 'member',
    );
    const areClasses =
      classes.length === expr.items.length &&
      classes.length > 1 &&
      classes.every((it) => /Step$/i.test(nameOf(it)));
    if (areClasses)
      yield { ...titleOf(facts, name, at, owner), form: 'steps', steps: classes.map(classStep) };
  }
}

function titleOf(
  facts: FileFacts,
  name: string,
  at: Span,
  owner: string | undefined,
): Pick<SagaFact, 'name' | 'at' | 'owner'> {
  const type = owner === undefined ? undefined : facts.types.find((it) => it.name === owner);
  if (type && sagaName.test(type.name)) return { name: type.name, at: type.at, owner: type.name };
  return { name: name || 'saga', at, ...(owner === undefined ? {} : { owner }) };
}

function keyed(expr: Expr, keys: readonly string[]): Expr | undefined {
  if (expr.kind !== 'object') return undefined;
  for (const key of keys) {
    const entry = expr.entries.find((it) => it.key === key);
    if (entry) return entry.value;
  }
  return undefined;
}

function stepOf(object: ObjectExpr): StepFact {
  const label = object.entries.find((it) =>
    ['name', 'id', 'stepName', 'step', 'key', 'title'].includes(it.key),
  );
  const action = keyed(object, doing) ?? null;
  const undo = keyed(object, undoing);
  const first = object.entries[0];
  const named = label?.value.kind === 'string' ? { name: label.value.value, at: label.value.at } : undefined;
  const place = named ?? {
    name: action ? nameOf(action) : 'step',
    at: label?.value.at ?? first?.at ?? object.at,
  };
  return {
    ...place,
    span: object.at,
    action: bodyOf(action),
    compensation: undo
      ? isNothing(undo)
        ? null
        : bodyOf(undo)
      : object.spreads.length > 0
        ? undefined
        : null,
    ...flags(object),
  };
}

function flags(object: ObjectExpr): Partial<StepFact> {
  const isTrue = (pattern: RegExp): boolean =>
    object.entries.some(
      (it) => pattern.test(it.key) && it.value.kind === 'literal' && it.value.text === 'true',
    );
  const kind = object.entries.find((it) => it.key === 'kind' || it.key === 'type')?.value;
  const says = (word: RegExp): boolean => kind?.kind === 'string' && word.test(kind.value);
  return {
    ...(isTrue(/pivot|pointOfNoReturn/i) || says(/pivot/i) ? { isPivot: true } : {}),
    ...(isTrue(/retr(i|y)able|retryable/i) || says(/retr(i|y)able/i) ? { isRetriable: true } : {}),
    ...(isTrue(/readOnly|noCompensation|isQuery/i) || says(/read|query/i) ? { isReadOnly: true } : {}),
    ...(object.entries.some((it) => /timeout|deadline/i.test(it.key)) ? { hasTimeLimit: true } : {}),
  };
}

function isNothing(expr: Expr): boolean {
  return expr.kind === 'literal' && (expr.text === 'null' || expr.text === 'undefined');
}

function bodyOf(expr: Expr | null): StepFact['action'] {
  return expr?.kind === 'function' ? expr.function : expr;
}

function nameOf(expr: Expr): string {
  if (expr.kind === 'new') return pathOf(expr.callee).at(-1) ?? 'step';
  if (expr.kind === 'function') return 'step';
  return spoken(expr) || 'step';
}

/** `[new ReserveStockStep(), …]`: whether a class undoes itself stands in the class. */
function classStep(expr: Expr): StepFact {
  return { name: nameOf(expr), at: expr.at, span: expr.kind === 'new' ? expr.span : expr.at, action: expr };
}

/** `.addStep({ … })`, `.step(name, execute, compensate)`, `.step(name).invoke(f).withCompensation(g)`. */
function* builders(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  const calls = held.flatMap(({ expr }) => (expr.kind === 'call' ? [expr] : []));
  const steps = calls.flatMap((call) => builtStep(call, calls) ?? []);
  const hasUndo = steps.some((it) => it.compensation !== null && it.compensation !== undefined);
  if (steps.length === 0 || !(hasUndo || sagaName.test(facts.file))) return;
  for (const owner of new Set(steps.map((it) => ownerAt(facts, it.at)))) {
    const list = steps.filter((it) => ownerAt(facts, it.at) === owner);
    const first = list[0];
    if (!first) continue;
    yield {
      ...titleOf(facts, '', first.at, owner),
      form: 'steps',
      steps: list.toSorted((a, b) => a.at.start - b.at.start),
    };
  }
}

function ownerAt(facts: FileFacts, at: Span): string | undefined {
  return facts.types.find((it) => it.kind === 'class' && it.span.start <= at.start && at.end <= it.span.end)
    ?.name;
}

const stepCalls = new Set(['step', 'addStep', 'withStep', 'addSagaStep', 'registerStep', 'useStep']);

function builtStep(call: CallExpr, calls: readonly CallExpr[]): StepFact | undefined {
  if (call.callee.kind !== 'member' || !stepCalls.has(call.callee.name)) return undefined;
  const first = call.args[0];
  if (first?.kind === 'object') return keyed(first, doing) ? stepOf(first) : undefined;
  const name =
    first?.kind === 'string' ? { name: first.value, at: first.at } : { name: call.callee.name, at: call.at };
  const rest = first?.kind === 'string' ? call.args.slice(1) : call.args;
  if (rest[0] && rest[0].kind !== 'object' && rest[0].kind !== 'new') {
    const undo = rest[1];
    return { ...name, span: call.span, action: bodyOf(rest[0]), compensation: undo ? bodyOf(undo) : null };
  }
  return chainedStep(call, name, calls);
}

/** Follows the chain behind `.step()` up to the next `.step()`. */
function chainedStep(
  call: CallExpr,
  name: { name: string; at: Span },
  calls: readonly CallExpr[],
): StepFact | undefined {
  let action: Expr | null = null;
  let undo: Expr | null = null;
  let current: CallExpr | undefined = call;
  while (current) {
    const before: CallExpr = current;
    current = calls.find(
      (it) =>
        it.callee.kind === 'member' &&
        it.callee.object.kind === 'call' &&
        sameSpan(it.callee.object.span, before.span),
    );
    const member = current?.callee.kind === 'member' ? current.callee.name : '';
    if (stepCalls.has(member)) break;
    const value = current?.args[0];
    if (!value) continue;
    if (/^(invoke|execute|action|run|do|perform|withAction)$/.test(member)) action = value;
    if (/^(withCompensation|compensate|compensateWith|compensation|rollback|undo|onRollback)$/.test(member))
      undo = value;
  }
  if (!action) return undefined;
  return { ...name, span: call.span, action: bodyOf(action), compensation: bodyOf(undo) };
}

function sameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}

/** Durable engines, by import: Temporal workflows, Medusa workflows. */
function* workflows(facts: FileFacts): Iterable<SagaFact> {
  const engine = engineOf(facts);
  if (!engine) return;
  for (const fn of facts.functions) {
    if (fn.kind === 'module' || fn.outer !== undefined || !fn.isExported || !fn.isAsync) continue;
    yield { name: fn.name, at: fn.at, form: 'workflow', engine, steps: [], function: fn.id };
  }
}

function engineOf(facts: FileFacts): string | undefined {
  const from = (pattern: RegExp): boolean => facts.imports.some((it) => pattern.test(it.from));
  if (facts.imports.some((it) => it.from === '@temporalio/workflow' && it.name === 'proxyActivities'))
    return 'temporal';
  return from(/^@medusajs\/(framework\/)?workflows-sdk$/) ? 'medusa' : undefined;
}

/** `@Saga() orderPlaced = (events$: Observable<any>) => events$.pipe(…)`. */
function* streams(facts: FileFacts): Iterable<SagaFact> {
  for (const type of facts.types) {
    for (const member of type.members) {
      if (!member.decorators?.some((it) => it.name === 'Saga')) continue;
      const fn = facts.functions.find((it) => it.owner === type.name && it.name === member.name);
      yield {
        name: member.name,
        at: member.at,
        form: 'stream',
        steps: [],
        owner: type.name,
        ...(fn ? { function: fn.id } : {}),
      };
    }
  }
  for (const fn of facts.functions) {
    if (!fn.decorators.some((it) => it.name === 'Saga') || fn.owner === undefined) continue;
    yield { name: fn.name, at: fn.at, form: 'stream', steps: [], owner: fn.owner, function: fn.id };
  }
}

/** A function whose failure path undoes something, or a saga's main method that runs several steps in order. */
function* imperative(facts: FileFacts, others: readonly SagaFact[]): Iterable<SagaFact> {
  if (engineOf(facts)) return;
  for (const fn of facts.functions) {
    if (fn.kind === 'module' || fn.kind === 'constructor' || others.some((it) => runsSteps(it, fn))) continue;
    const isNamed = sagaName.test(`${fn.name} ${fn.owner ?? ''}`);
    const tries = triesIn(fn.body);
    const undoes = tries.some((it) =>
      [...callsIn(it.handler ?? [])].some((call) => undoWord.test(spoken(call.call.callee))),
    );
    const steps = [...callsIn(fn.body)].filter((it) => it.settled === 'awaited').length;
    if (steps < 2 || !(undoes || (isNamed && tries.length > 0))) continue;
    yield {
      name: fn.name || fn.owner || 'saga',
      at: fn.at,
      form: 'imperative',
      steps: [],
      function: fn.id,
      ...(fn.owner === undefined ? {} : { owner: fn.owner }),
    };
  }
}

/** Whether a function belongs to a step saga's own class or steps, so that it is not a saga of its own. */
function runsSteps(saga: SagaFact, fn: FunctionFact): boolean {
  if (saga.owner !== undefined && saga.owner === fn.owner) return true;
  return saga.steps.some((it) => it.span.start <= fn.span.start && fn.span.end <= it.span.end);
}

function triesIn(actions: readonly Action[]): readonly Extract<Action, { kind: 'try' }>[] {
  return actions.flatMap((it) => {
    if (it.kind === 'try') return [it, ...triesIn(it.body)];
    if (it.kind === 'if') return [...triesIn(it.then), ...triesIn(it.otherwise)];
    return it.kind === 'loop' ? triesIn(it.body) : [];
  });
}
