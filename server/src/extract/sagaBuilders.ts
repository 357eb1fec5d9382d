// Steps of sagas that are written as calls: builder chains, runners that are called with a named step, Medusa's `createStep`.
import type { CallExpr, Expr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact, SagaFact, StepFact } from '../facts/facts.ts';
import { placeNameOf, sagaName } from '../facts/sagaWords.ts';
import { actionsIn } from '../facts/walk.ts';
import type { Span } from '../text.ts';
import type { Held } from './heldExpressions.ts';
import { spoken } from './paths.ts';
import { bodyOf, classStep, markNamed, objectBehind, saidBeside, stepIn, titleOf } from './sagaSteps.ts';

const stepCalls = new Set(['step', 'addStep', 'withStep', 'addSagaStep', 'registerStep', 'useStep']);
const runners = /^(?:run|execute|perform|process|do|invoke)\w*Step$/i;
const chainedAction = /^(?:invoke\w*|execute|action|run|do|perform|withAction|localInvoke|handler)$/;
const chainedUndo = /^(?:(?:with|on|and|or|set|add)\w*)?(?:com+pen|roll_?back|undo|revert)/i;

/** `.addStep({ … })`, `.step(name, execute, compensate)`, `.step(name).invoke(f).withCompensation(g)`. */
export function* builders(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  const calls = held.flatMap(({ expr }) => (expr.kind === 'call' ? [expr] : []));
  const next = new Map(
    calls.flatMap((it) => {
      const inner = it.callee.kind === 'member' ? it.callee.object : undefined;
      return inner?.kind === 'call' ? [[keyOf(inner.span), it] as const] : [];
    }),
  );
  const steps = calls
    .flatMap((call) => [...listedSteps(call), ...builtSteps(facts, call, next)])
    .filter((it) => !isBuilding(facts, it.at));
  const isTelling = steps.some((it) => saysUndoing(it) || isOfStepElsewhere(it));
  if (steps.length === 0 || !(isTelling || sagaName.test(placeNameOf(facts.file)))) return;
  const places = steps.map((it) => ({ step: it, place: placeOf(facts, it.at) }));
  for (const fn of new Set(places.map((it) => it.place.fn))) {
    const list = places.filter((it) => it.place.fn === fn);
    const first = list[0];
    if (!first) continue;
    const sorted = list.map((it) => it.step).toSorted((a, b) => a.at.start - b.at.start);
    const { owner } = first.place;
    // What a constructor lists is the saga of its class.
    const type = fn?.kind === 'constructor' ? facts.types.find((it) => it.name === owner) : undefined;
    const { name, at } = type ?? (fn?.name ? fn : { name: '', at: first.step.at });
    yield {
      ...titleOf(facts, name, at, owner),
      form: 'steps',
      steps: markNamed(sorted, held),
    };
  }
}

/** `this.saga.executeStep(id, 'charge-card', async () => { … })`: steps by name in the methods of one class. */
export function* runnerSagas(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  const byOwner = new Map<string | FunctionFact | undefined, StepFact[]>();
  for (const { expr } of held) {
    const step = expr.kind === 'call' ? namedStep(expr) : undefined;
    if (!step) continue;
    const { owner, fn } = placeOf(facts, step.at);
    const key = owner ?? fn;
    const found = byOwner.get(key);
    if (found) found.push(step);
    else byOwner.set(key, [step]);
  }
  for (const [key, steps] of byOwner) {
    const first = steps[0];
    if (!first) continue;
    const owner = typeof key === 'string' ? key : undefined;
    const fn = typeof key === 'object' ? key : undefined;
    const type = facts.types.find((it) => it.name === owner);
    yield {
      ...titleOf(facts, type?.name ?? fn?.name ?? '', type?.at ?? fn?.at ?? first.at, owner),
      form: 'class',
      steps: steps.toSorted((a, b) => a.at.start - b.at.start),
    };
  }
}

/** `createStep('reserve-stock', invoke, compensate)`: the engine undoes what has a third argument. */
export function* createdSteps(facts: FileFacts, held: readonly Held[]): Iterable<SagaFact> {
  for (const { expr, name, at } of held) {
    if (expr.kind !== 'call' || expr.callee.kind !== 'name' || expr.callee.name !== 'createStep') continue;
    const [config, action, undo] = expr.args;
    if (!config || !action) continue;
    const id = objectBehind(facts, config) ?? config;
    const entryOf = (key: string): Expr | undefined =>
      id.kind === 'object' ? id.entries.find((it) => it.key === key)?.value : undefined;
    const needsNone = entryOf('noCompensation');
    const label = entryOf('name') ?? id;
    const step: StepFact = {
      name: label.kind === 'string' ? label.value : name,
      at: label.kind === 'object' ? at : label.at,
      span: expr.span,
      action: bodyOf(action),
      compensation: undo ? bodyOf(undo) : null,
      ...(entryOf('timeout') ? { hasTimeLimit: true } : {}),
      ...(isTrue(entryOf('async')) && givesNothing(facts, action) ? { isEndedElsewhere: true } : {}),
      ...(entryOf('maxRetries') ? { isRetried: true } : {}),
      ...(isTrue(needsNone) ? { isReadOnly: true } : {}),
    };
    yield { name, at, form: 'step', engine: 'medusa', steps: [step] };
  }
}

function isTrue(value: Expr | undefined): boolean {
  return value?.kind === 'literal' && value.text === 'true';
}

/** An `async` step of Medusa that gives nothing goes on when somebody sets it: https://docs.medusajs.com/learn/fundamentals/workflows/long-running-workflow */
function givesNothing({ functions }: FileFacts, action: Expr): boolean {
  const body = action.kind === 'function' ? functions[action.function]?.body : undefined;
  return body !== undefined && ![...actionsIn(body)].some((it) => it.kind === 'return' && it.value);
}

/** The class and the outermost function around a place. */
function placeOf(facts: FileFacts, at: Span): { readonly owner?: string; readonly fn?: FunctionFact } {
  const isAround = (span: Span): boolean => span.start <= at.start && at.end <= span.end;
  const owner = facts.types.find((it) => it.kind === 'class' && isAround(it.span))?.name;
  const around = facts.functions.filter((it) => it.kind !== 'module' && isAround(it.span));
  const fn = around.toSorted((a, b) => a.span.start - b.span.start)[0];
  return { ...(owner === undefined ? {} : { owner }), ...(fn && { fn }) };
}

function namedStep(call: CallExpr): StepFact | undefined {
  const { callee } = call;
  if ((callee.kind !== 'member' && callee.kind !== 'name') || !runners.test(callee.name)) return undefined;
  const name = call.args.find((it) => it.kind === 'string');
  const [action, undo] = call.args.filter((it) => it.kind === 'function');
  if (!name || !action) return undefined;
  return {
    name: name.value,
    at: name.at,
    span: call.span,
    action: bodyOf(action),
    ...(undo ? { compensation: bodyOf(undo) } : {}),
    runner: call,
  };
}

function saysUndoing({ compensation }: StepFact): boolean {
  return compensation !== null && compensation !== undefined;
}

/** Whether a class of steps, or a step that stands elsewhere, takes itself back is for the model to see. */
function isOfStepElsewhere({ action, name }: StepFact): boolean {
  if (typeof action !== 'object' || action === null) return false;
  if (action.kind === 'name' || action.kind === 'member') return /Step$/.test(action.name);
  return action.kind === 'new' && /Step$/.test(name);
}

/** `this.steps.push({ execute, compensate })`, `this.steps.set('reserve-stock', new ReserveStockStep())`: not what has run already. */
function listedSteps({ callee, args }: CallExpr): readonly StepFact[] {
  if (callee.kind !== 'member' || !/^(?:push|unshift|add|set)$/.test(callee.name)) return [];
  const list = spoken(callee.object);
  if (!/steps$/i.test(list) || /complet|execut|done|finish|succe|ran|undo|compensat/i.test(list)) return [];
  return args.flatMap((it) => stepIn(it) ?? (it.kind === 'new' ? [classStep(it)] : []));
}

function builtSteps(...[facts, call, next]: Parameters<typeof builtStep>): readonly StepFact[] {
  const step = builtStep(facts, call, next);
  return step ? [step] : [];
}

function builtStep(
  facts: FileFacts,
  call: CallExpr,
  next: ReadonlyMap<string, CallExpr>,
): StepFact | undefined {
  if (call.callee.kind !== 'member' || !stepCalls.has(call.callee.name)) return undefined;
  const first = call.args[0];
  if (first?.kind === 'object') return stepIn(first);
  const name =
    first?.kind === 'string' ? { name: first.value, at: first.at } : { name: call.callee.name, at: call.at };
  const [action, undo] = first?.kind === 'string' ? call.args.slice(1) : call.args;
  if (action?.kind === 'object') {
    const step = stepIn(action);
    return step && { ...step, ...name, span: call.span };
  }
  if (action && isParameter(facts, action)) return undefined;
  const chain = chainBehind(call, next);
  if (action && action.kind !== 'string')
    return { ...name, span: call.span, action: bodyOf(action), ...besides(undo, chain) };
  return chainedStep(call, name, chain);
}

/** What takes the step back, or options that hold it: `.step('reserve-stock', reserve, { compensate, timeoutMs })`. */
function besides(undo: Expr | undefined, chain: Chain): Partial<StepFact> {
  if (chain.undo) return { compensation: bodyOf(chain.undo), ...undoneBy(chain) };
  if (undo?.kind === 'object') return saidBeside(undo);
  return { compensation: undo ? bodyOf(undo) : null };
}

function undoneBy({ undoneBy: name }: Chain): Partial<StepFact> {
  return name === undefined ? {} : { undoneBy: name };
}

function isBuilding(facts: FileFacts, at: Span): boolean {
  return /builder|definition|dsl$/i.test(placeOf(facts, at).owner ?? '');
}

/** Inside a builder's own code a step is handed on, not declared. */
function isParameter(facts: FileFacts, expr: Expr): boolean {
  return (
    expr.kind === 'name' && expr.binding !== undefined && facts.bindings[expr.binding]?.kind === 'parameter'
  );
}

interface Chain {
  readonly action?: Expr;
  readonly undo?: Expr;
  readonly undoneBy?: string;
}

/** What the chain behind `.step()` says up to the next `.step()`. */
function chainBehind(call: CallExpr, next: ReadonlyMap<string, CallExpr>): Chain {
  let chain: Chain = {};
  for (let it = next.get(keyOf(call.span)); it; it = next.get(keyOf(it.span))) {
    const member = it.callee.kind === 'member' ? it.callee.name : '';
    const value = it.args[0];
    if (stepCalls.has(member)) break;
    if (value && chainedUndo.test(member)) chain = { ...chain, undo: value, undoneBy: member };
    else if (value && chainedAction.test(member)) chain = { ...chain, action: value };
  }
  return chain;
}

function chainedStep(call: CallExpr, name: { name: string; at: Span }, chain: Chain): StepFact | undefined {
  const { action, undo } = chain;
  if (!action) return undefined;
  const said =
    action.kind === 'member' || action.kind === 'name' ? { name: action.name, at: action.at } : name;
  const isNamed = name.at.start !== call.at.start;
  const step = {
    span: call.span,
    action: bodyOf(action),
    compensation: bodyOf(undo ?? null),
    isChained: true,
    ...undoneBy(chain),
  };
  return { ...(isNamed ? name : said), ...step };
}

function keyOf(span: Span): string {
  return `${span.start} ${span.end}`;
}
