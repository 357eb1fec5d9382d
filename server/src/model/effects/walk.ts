// Goes through a function's body in order and gathers its effects, each with what guards it at that point.
import type { Action, CallAction, IfAction, SwitchAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { guardFrom, takesAway } from '../idempotency/checkedGuards.ts';
import { duplicateIn, type Duplicate } from '../idempotency/conditions.ts';
import { verdictIn } from '../idempotency/givenVerdicts.ts';
import { setsAsked } from '../idempotency/setsAsked.ts';
import type { FunctionNode } from '../model.ts';
import {
  guardedBy,
  plain,
  stronger,
  type Context,
  type Flow,
  type Guard,
  type Summary,
  type Walk,
  type Walking,
} from './frames.ts';
import { guardAround } from './guardingDecorators.ts';
import { needsIn, needsOfCase, type Asking, type Need } from './needs.ts';
import { statesBeside } from './states.ts';
import { walkCall } from './walkCall.ts';

const transactional =
  /^(?:Transactional|Transaction|UseTransaction|InTransaction|WithTransaction|EnsureTransaction)$/i;
const guarding = /idempot|dedup|inbox|exactly_?once|^once$|processed/i;
const duplicateCode =
  /^(?:P2002|23505|ER_DUP_ENTRY|SQLITE_CONSTRAINT\w*|11000|E11000|ConditionalCheckFailed|TransactionCanceled)|unique|duplicate/i;
const duplicateName =
  /unique|duplicate|conflict|alreadyexist|already_exist|alreadyprocessed|E11000|P2002|ConditionalCheckFailed|TransactionCanceled/i;

/** The summary of one function, over the summaries of those it calls. */
export function walkFunction(
  fn: FunctionNode,
  facts: FileFacts,
  walking: Walking,
  states: Walk['states'],
): Summary {
  const walk: Walk = {
    fn,
    facts,
    walking,
    states,
    drafts: [],
    callbacks: new Map(),
    sites: new Map(),
    verdicts: new Map(),
    isOpen: false,
    marks: false,
    isDurable: false,
    runScope: (body, context) => walkScope(walk, body, context),
  };
  walkScope(walk, fn.fact.body, initialContext(fn, facts, walking));
  const { drafts, isOpen, callbacks, sites, after, verdict, marks, isDurable } = walk;
  return { drafts, isOpen, callbacks, sites, after, verdict, marks, isDurable };
}

/** Walks what is one transaction if it is any: a mark inside it covers all its writes. */
function walkScope(walk: Walk, body: readonly Action[], context: Context): Flow {
  if (!context.inTransaction) return walkBlock(walk, body, context);
  const from = walk.drafts.length;
  const hadMark = walk.marks;
  walk.marks = false;
  const flow = walkBlock(walk, body, context);
  if (walk.marks) coverTransaction(walk, from);
  walk.marks ||= hadMark;
  return flow;
}

/** Walks actions in order; gives the circumstances at the end. */
function walkBlock(walk: Walk, actions: readonly Action[], context: Context): Flow {
  const flow: Flow = { ...context };
  for (const [index, action] of actions.entries()) walkAction(walk, action, flow, actions.slice(index + 1));
  return flow;
}

function walkAction(walk: Walk, action: Action, flow: Flow, rest: readonly Action[]): void {
  switch (action.kind) {
    case 'call':
      return walkCall(walk, action, flow);
    case 'if':
      return walkIf(walk, action, flow, rest);
    case 'switch':
      return walkSwitch(walk, action, flow);
    case 'loop':
      walkBlock(walk, action.body, flow);
      return;
    case 'try':
      return walkTry(walk, action, flow);
    case 'return':
      return walkReturn(walk, action.value);
    default:
      return;
  }
}

function walkSwitch(walk: Walk, { on, cases }: SwitchAction, flow: Flow): void {
  const all = cases.flatMap((it) => it.tests);
  const whole = walk.states;
  for (const [index, { tests, body }] of cases.entries()) {
    const isFallenInto = index > 0 && !endsWithExit(cases[index - 1]?.body ?? []);
    const needs = isFallenInto ? [] : needsOfCase(on, tests, all, askingOf(walk));
    const others = cases.filter((it) => it.body !== body).flatMap((it) => it.body);
    const isAlone = !isFallenInto && (endsWithExit(body) || index === cases.length - 1);
    if (isAlone) walk.states = () => statesBeside(others, walk.fn, whole(), walk.walking);
    walkBlock(walk, body, needing(flow, needs));
    walk.states = whole;
  }
}

function walkIf(walk: Walk, action: IfAction, flow: Flow, rest: readonly Action[]): void {
  const { condition, then, otherwise } = action;
  const [held, failed] = [true, false].map((it) => needsIn(condition, it, askingOf(walk)));
  const duplicate = duplicateIn(action.condition, {
    linking: walk.walking.linking,
    facts: walk.facts,
    fn: walk.fn,
    verdicts: walk.verdicts,
    states: walk.states,
  });
  const exits = endsWithExit(action.then);
  const guard = duplicate && guardFrom(walk, duplicate, { flow, action, rest });
  const isAnswer = exits && condition.kind === 'name' && duplicate?.level === 'yes' && onlyTells(then);
  const inThen = guard && (isAnswer ? duplicate.sense !== 'onFalse' : !exits && duplicate.sense !== 'onTrue');
  const inElse = guard && duplicate.sense !== 'onFalse';
  walkBlock(walk, then, needing(inThen ? { ...flow, guard: stronger(flow.guard, guard) } : flow, held));
  const last = inElse ? { ...flow, guard: stronger(flow.guard, guard) } : flow;
  walkBlock(walk, otherwise, needing(last, failed));
  if (exits) flow.needs = needing(flow, failed).needs;
  if (endsWithExit(otherwise)) flow.needs = needing(flow, held).needs;
  if (guard && exits && duplicate.sense === 'onFalse' && takesAway(rest, duplicate, flow))
    flow.guard = stronger(flow.guard, { ...guard, level: 'yes' });
  if (!guard || !exits || duplicate.sense === 'onFalse') return;
  flow.guard = stronger(flow.guard, guard);
  if (endsWithThrow(action.then)) walk.after = stronger(walk.after, guard);
  noteClaim(walk, action, duplicate, guard, rest);
}

/** `if (isDone) return this.client.emit('order.refused', { id })`: whoever repeats the message is told so, and nothing else is done. */
function onlyTells(list: readonly Action[]): boolean {
  return callsIn(list).every(({ roles }) => roles.some((it) => it.kind === 'publish' || it.kind === 'log'));
}

/** `if (this.status === 'paid') return false`: who asks learns that it was done before. */
function noteClaim(
  walk: Walk,
  action: IfAction,
  { isCheckThenAct }: Duplicate,
  { file, at, level }: Guard,
  rest: readonly Action[],
): void {
  if (level !== 'yes' || isCheckThenAct || !givesAnswer(action.then) || !setsAsked(action, rest)) return;
  walk.verdict = { file, at, kind: 'claim', isVolatile: false };
}

function needing(context: Context, needs: readonly Need[] = []): Context {
  return needs.length > 0 ? { ...context, needs: [...(context.needs ?? []), ...needs] } : context;
}

function askingOf({ facts, fn, walking: { linking } }: Walk): Asking {
  return { facts, fn, linking };
}

function walkTry(walk: Walk, action: TryAction, flow: Flow): void {
  const handler = action.handler ?? [];
  const knowsDuplicates = namesDuplicate(handler, walk);
  const inTry = action.handler !== null || flow.inTry;
  const inner: Context = { ...flow, inTry, catchesDuplicates: flow.catchesDuplicates || knowsDuplicates };
  const end = walkBlock(walk, action.body, inner);
  if (knowsDuplicates && end.guard && end.guard !== flow.guard && givesAnswer(handler))
    walk.verdict = { file: end.guard.file, at: end.guard.at, kind: 'claim', isVolatile: false };
  walkBlock(walk, handler, { ...flow, inCatch: true });
  if (
    knowsDuplicates ||
    action.handler === null ||
    handler.some((it) => it.kind === 'throw' || it.kind === 'return')
  ) {
    flow.guard = stronger(flow.guard, end.guard);
  }
  flow.inTransaction = end.inTransaction;
  walkBlock(walk, action.finalizer, flow);
}

/** `catch (error) { if (isUniqueViolation(error)) return false; throw error; }`: who asks learns that it was there. */
function givesAnswer(handler: readonly Action[]): boolean {
  return handler.some((it) => {
    if (it.kind === 'if') return givesAnswer([...it.then, ...it.otherwise]);
    return it.kind === 'return' && it.value?.kind === 'literal';
  });
}

/** What the function gives says about a repeat what the returned call says. */
function walkReturn(walk: Walk, value: Expr | undefined): void {
  const verdict = value && verdictIn(value, walk);
  if (verdict && (verdict.kind !== 'read' || walk.verdict?.kind !== 'claim')) walk.verdict = verdict;
}

/** A catch that asks for the code or class of a unique violation. */
function namesDuplicate(actions: readonly Action[], walk: Walk): boolean {
  return actions.some((it) => {
    if (it.kind === 'if')
      return mentionsDuplicate(it.condition, 0) || namesDuplicate([...it.then, ...it.otherwise], walk);
    if (it.kind === 'call') return mentionsDuplicate(it.call, 0) && /^(?:is|has)/i.test(nameOf(it));
    return (
      it.kind === 'switch' &&
      it.cases.some((branch) => branch.tests.some((test) => mentionsDuplicate(test, 0)))
    );
  });
}

/** Whether a condition asks for the code or class of a unique violation. */
export function mentionsDuplicate(expr: Expr, depth: number): boolean {
  if (depth > 6) return false;
  const deeper = (it: Expr): boolean => mentionsDuplicate(it, depth + 1);
  switch (expr.kind) {
    case 'string':
      return duplicateCode.test(expr.value);
    case 'literal':
      return duplicateCode.test(expr.text);
    case 'name':
      return duplicateName.test(expr.name);
    case 'member':
      return duplicateName.test(expr.name) || deeper(expr.object);
    case 'call':
      return deeper(expr.callee) || expr.args.some(deeper);
    case 'operation':
    case 'choice':
      return expr.of.some(deeper);
    default:
      return false;
  }
}

function nameOf({ call }: CallAction): string {
  return call.callee.kind === 'name' || call.callee.kind === 'member' ? call.callee.name : '';
}

/** Decorators say it for the whole function: `@Transactional()`, `@Idempotent()`, `@UseInterceptors(InboxInterceptor)`. */
function initialContext(fn: FunctionNode, facts: FileFacts, walking: Walking): Context {
  const described = fn.fact.guardedAt;
  const owner = facts.types.find((it) => it.kind === 'class' && it.name === fn.fact.owner);
  const decorators = [...fn.fact.decorators, ...(owner?.decorators ?? [])];
  const guard = decorators.find(
    (it) =>
      guarding.test(it.name) ||
      it.args.some((arg) => (arg.kind === 'name' || arg.kind === 'new') && guarding.test(named(arg))),
  );
  const said = described ?? guard?.at;
  const around = said
    ? ({ file: fn.file, at: said, level: 'yes' } as const)
    : guardAround(fn.file, decorators, walking);
  return {
    ...plain,
    inTransaction: fn.fact.decorators.some((it) => transactional.test(it.name)),
    ...(around && { guard: around }),
  };
}

function named(expr: Expr): string {
  if (expr.kind === 'new') return named(expr.callee);
  return expr.kind === 'name' ? expr.name : '';
}

/** The mark fails together with the writes, or is stored together with them. */
function coverTransaction(walk: Walk, from: number): void {
  const mark: Guard = { file: walk.fn.file, at: walk.fn.fact.at, level: 'yes' };
  for (let index = from; index < walk.drafts.length; index++) {
    const draft = walk.drafts[index];
    if (!draft || !draft.effect.inTransaction) continue;
    const { role } = draft.effect;
    const isStored = role.kind === 'write' || (role.kind === 'publish' && role.transport === 'outbox');
    if (isStored)
      walk.drafts[index] = {
        effect: guardedBy(draft.effect, mark),
        ...(draft.needs && { needs: draft.needs }),
      };
  }
}

function endsWithExit(actions: readonly Action[]): boolean {
  const last = actions.at(-1);
  return last !== undefined && ['return', 'throw', 'continue', 'break'].includes(last.kind);
}

function endsWithThrow(actions: readonly Action[]): boolean {
  return actions.at(-1)?.kind === 'throw';
}
