// What a condition says about a repeat: a lost claim, a processed message, a state already reached, a newer version, an existing row.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { Place } from '../../text.ts';
import type { Verdict } from '../effects/frames.ts';
import { type States, tokensOf } from '../effects/states.ts';
import { tagKeys } from '../messages/messageWords.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { rootOf } from '../resolution/values.ts';
import { conditionBehind, fieldBehind } from './namedConditions.ts';
import { asksForTransition, stateName } from './transitions.ts';
import { isReached, isWaiting } from './waitingRows.ts';

/** `onTrue`: the condition holds for a repeat; `onFalse`: it fails for one; `either`: by its names it can't mean anything else. */
export interface Duplicate extends Place {
  readonly sense: 'onTrue' | 'onFalse' | 'either';
  readonly level: 'yes' | 'weak';
  /** Only a look at stored data before acting: two deliveries at once both pass. */
  readonly isCheckThenAct?: boolean;
  /** The table that was looked into. */
  readonly store?: string;
}

export interface ConditionContext {
  readonly linking: Linking;
  readonly facts: FileFacts;
  readonly fn: FunctionNode;
  readonly verdicts: ReadonlyMap<number, Verdict>;
  readonly states: () => States;
  /** The names whose conditions are being read: one that speaks of itself says nothing. */
  readonly followed?: readonly number[];
}

const progress = /process|complet|handled|seen|applied|done|executed|consumed|finished/i;
const versions = /version|sequence|revision|^seq$|^offset$|^nonce$|position|occurred|updatedAt|timestamp/i;
const membership = /^(?:has|includes|contains|some|find|get|exists)$/;
/** What runs a query or asks more of it, and gives what was read. */
const queryWords =
  /^(?:exec|execute\w*|lean|session|select|populate|setLock|lock|forUpdate|first|getOne\w*|getRawOne|orFail|from|where|andWhere|\w+Join|orderBy|limit)$/;
const counts = /^(?:length|count|size|n|rowCount|affected|affectedRows|deletedCount|numDeletedRows|changes)$/;
const empty = /^(?:null|undefined|0|false)$/;

/** Reads a condition; undefined when it says nothing about repeats. */
export function duplicateIn(condition: Expr, context: ConditionContext): Duplicate | undefined {
  switch (condition.kind) {
    case 'operation':
      return ofOperation(condition.operator, condition.of, context);
    case 'choice':
      return firstOf(condition.of, context);
    case 'call':
      return ofCall(condition, context);
    case 'name':
    case 'member':
      return ofValue(condition, context);
    default:
      return undefined;
  }
}

function ofOperation(
  operator: string,
  of: readonly Expr[],
  context: ConditionContext,
): Duplicate | undefined {
  const [left, right] = of;
  if (!left) return undefined;
  if (operator === '!') return inverted(duplicateIn(left, context));
  if (operator === '&&' || operator === '||') return firstOf(of, context);
  if (!right || !/^[!=<>]/.test(operator)) return undefined;
  if (isVersion(left) && isVersion(right))
    return { ...placeOf(left, context), sense: 'either', level: 'yes' };
  const isEqual = operator === '===' || operator === '==';
  const isUnequal = operator === '!==' || operator === '!=';
  const constant = right.kind === 'literal' && empty.test(right.text);
  if (constant) {
    const found = duplicateIn(left, context);
    const isNegative = isEqual || operator === '<=' || operator === '<';
    return isNegative ? inverted(found) : found;
  }
  const held = right.kind === 'literal' ? duplicateIn(left, context) : undefined;
  if (held) return held;
  if (!isEqual && !isUnequal) return undefined;
  const said = ofAnswer(left, right, context) ?? ofState(left, right, context);
  if (said) return isEqual ? said : inverted(said);
  return ofChange(left, right, context);
}

/** `reservation !== Reservation.Won`: one of the answers that a claim or a look at processed messages may give. */
function ofAnswer(left: Expr, right: Expr, context: ConditionContext): Duplicate | undefined {
  const isAnswer =
    right.kind === 'string' ||
    (right.kind === 'member' && right.object.kind === 'name' && /^[A-Z]/.test(right.object.name));
  const verdict = isAnswer && left.kind === 'name' ? verdictBehind(left, context) : undefined;
  return verdict && verdict.kind !== 'read' && !verdict.isCount && !verdict.isFlag
    ? ofVerdict(verdict)
    : undefined;
}

/** `before !== order.status`, where `before` was the status: whether anything changes, by what was there a moment ago. */
function ofChange(left: Expr, right: Expr, context: ConditionContext): Duplicate | undefined {
  // Of two fields that are compared where they stand, one is often what the message asks for: `order.customerId !== event.customerId`.
  if (left.kind !== 'name' && right.kind !== 'name') return undefined;
  const [before, after] = [fieldBehind(left, context), fieldBehind(right, context)];
  if (!before || !after || before.name !== after.name || before.object === after.object) return undefined;
  return { ...placeOf(left, context), sense: 'either', level: 'weak', isCheckThenAct: true };
}

/** `order.status === 'paid'` where the body sets `paid`, or `=== 'pending'` where it sets anything else. */
function ofState(left: Expr, right: Expr, context: ConditionContext): Duplicate | undefined {
  const [named, value] = left.kind === 'member' ? [left, right] : [right, left];
  if (named.kind === 'member') return ofField(named, value, context);
  // `const { status } = found.rows[0]`
  const field = partOfRow(left, context);
  return field && ofField(field, right, context);
}

/** The field that was put aside under its own name from what was read. */
function partOfRow(expr: Expr, context: ConditionContext): (Expr & { kind: 'member' }) | undefined {
  const { bindings } = context.facts;
  const named = expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding] : undefined;
  const field = named?.kind === 'const' ? named.init : undefined;
  if (field?.kind !== 'member' || !stateName.test(field.name)) return undefined;
  return verdictBehind(field.object, context)?.kind === 'read' ? field : undefined;
}

function ofField(
  field: Expr & { kind: 'member' },
  value: Expr,
  context: ConditionContext,
): Duplicate | undefined {
  // What tells one message from another (`message.event === 'order.placed'`) is no state.
  if (tagKeys.includes(field.name) && verdictBehind(field.object, context)?.kind !== 'read') return undefined;
  const produced = context.states().get(field.name);
  if (!produced || produced.size === 0) return undefined;
  const tested = tokensOf(context.facts.file, value, context.linking);
  const place = placeOf(field, context);
  // `order.status !== 'pending'`, in a body that makes the row as `pending` and then sets it `paid`.
  const isBegun = tested.every(isWaiting) && [...produced].some(isReached);
  if (isBegun) return { ...place, sense: 'either', level: 'yes' };
  if (tested.some((it) => it !== '?' && produced.has(it))) return { ...place, sense: 'onTrue', level: 'yes' };
  const isLeft = [...produced].some((it) => !tested.includes(it));
  return isLeft ? { ...place, sense: 'onFalse', level: 'yes' } : undefined;
}

function ofCall(call: Expr & { kind: 'call' }, context: ConditionContext): Duplicate | undefined {
  if (asksForTransition(call)) return { ...placeOf(call, context), sense: 'onFalse', level: 'yes' };
  const verdict = verdictOf(call, context.verdicts);
  if (verdict) return ofVerdict(verdict);
  const { callee, args } = call;
  if (callee.kind !== 'member' || !membership.test(callee.name)) return undefined;
  const { object } = callee;
  // `['delivered', 'cancelled'].includes(order.status)` asks for several states at once.
  const [asked] = args;
  if (callee.name === 'includes' && asked?.kind === 'member' && stateName.test(asked.name))
    return ofField(asked, object, context);
  const name = object.kind === 'member' || object.kind === 'name' ? object.name : '';
  if (!progress.test(name)) return undefined;
  return {
    ...placeOf(callee, context),
    sense: 'either',
    level: isInMemory(object, context) ? 'weak' : 'yes',
  };
}

/** A set or map made by this process forgets everything when it restarts. */
function isInMemory(object: Expr, { facts, linking }: ConditionContext): boolean {
  const value = linking.values.evaluate(facts.file, object);
  return value.kind === 'expr' && value.expr.kind === 'new';
}

function ofValue(value: Expr, context: ConditionContext): Duplicate | undefined {
  const asked = conditionBehind(value, context);
  if (asked) return duplicateIn(asked.condition, { ...context, followed: asked.followed });
  const found = verdictBehind(value, context);
  if (found?.isFlag && tellsIfMade(value, context))
    return { file: found.file, at: found.at, sense: 'onFalse', level: 'yes' };
  const verdict = found?.isFlag ? undefined : found;
  if (verdict?.isCount && !isCount(value, context)) return undefined;
  if (verdict && verdict.kind !== 'read') return ofVerdict(verdict);
  if (value.kind === 'member') {
    const produced = context.states().get(value.name);
    const isSet = produced && [...produced].some((it) => it !== 'false' && it !== 'null');
    if (isSet) return { ...placeOf(value, context), sense: 'onTrue', level: 'yes' };
    if (verdict && value.name === 'empty') return inverted(ofVerdict(verdict));
    if (verdict && (counts.test(value.name) || value.name === 'exists')) return ofVerdict(verdict);
    return ofRest(value, context) ?? ofComparison(value, context);
  }
  return verdict ? ofVerdict(verdict) : ofComparison(value, context);
}

/** `users.filter((id) => !notified.has(id)).length`: those of whom what was read says nothing yet. */
function ofRest(
  { name, object }: Expr & { kind: 'member' },
  context: ConditionContext,
): Duplicate | undefined {
  const init = counts.test(name) ? rootOf(context.facts, object)?.init : undefined;
  if (init?.kind !== 'call' || init.callee.kind !== 'member' || init.callee.name !== 'filter')
    return undefined;
  const [keeps] = init.args;
  const body = keeps?.kind === 'function' ? context.facts.functions[keeps.function]?.body : undefined;
  const last = body?.at(-1);
  const kept = last?.kind === 'return' ? last.value : undefined;
  const asked = kept?.kind === 'operation' && kept.operator === '!' ? kept.of[0] : undefined;
  if (asked?.kind !== 'call' || asked.callee.kind !== 'member' || !membership.test(asked.callee.name))
    return undefined;
  const verdict = verdictBehind(asked.callee.object, context);
  return verdict && inverted({ ...ofVerdict(verdict), level: 'weak' });
}

const formerly = /^(?:prev|previous|old|former|before|last)(?![a-z])/i;

/** `decision.isMaterial` of `decide(previous, now)`: what was there before is compared with what comes. */
function ofComparison(value: Expr, context: ConditionContext): Duplicate | undefined {
  const init = rootOf(context.facts, value)?.init;
  if (init?.kind !== 'call') return undefined;
  const isBefore = (it: Expr): boolean =>
    it.kind === 'name' && formerly.test(it.name) && verdictBehind(it, context)?.kind === 'read';
  if (
    !init.args.some(
      (it) => isBefore(it) || (it.kind === 'object' && it.entries.some((one) => isBefore(one.value))),
    )
  )
    return undefined;
  return { ...placeOf(value, context), sense: 'either', level: 'weak', isCheckThenAct: true };
}

/** `count` of what a delete gives, or the row that it gives itself. */
function isCount(value: Expr, { facts }: ConditionContext): boolean {
  if (value.kind === 'member') return counts.test(value.name);
  const init = rootOf(facts, value)?.init;
  return init?.kind !== 'member' || init.name === '[]' || counts.test(init.name);
}

/** `created` of `const [order, created] = await Order.findOrCreate(…)`. */
function tellsIfMade(value: Expr, { facts }: ConditionContext): boolean {
  const root = value.kind === 'name' ? rootOf(facts, value) : undefined;
  const isPart = root?.init?.kind === 'member' && root.init.name === '[]';
  return isPart && /^(?:is|was|has)?_?(?:been)?(?:new|created|inserted|made|fresh|first)/i.test(root.name);
}

/** The verdict of the call whose result a name holds, or that stands there: `(await processed.get()).exists`. */
function verdictBehind(value: Expr, context: ConditionContext): Verdict | undefined {
  const root = rootOf(context.facts, value);
  let init = root ? root.init : value.kind === 'member' ? value : undefined;
  while (init?.kind === 'member') init = init.object;
  return init && verdictOf(init, context.verdicts);
}

/** What a chain of calls says about a repeat: `tx.insert(inbox).values(…).onConflictDoNothing().returning()` is what its head is. */
export function verdictOf(value: Expr, verdicts: ReadonlyMap<number, Verdict>): Verdict | undefined {
  if (value.kind === 'template') return verdicts.get(value.at.start);
  let isPlain = true;
  for (let at: Expr = value; at.kind === 'call';) {
    const found = verdicts.get(at.at.start);
    if (found && (found.kind !== 'read' || isPlain)) return found;
    if (at.callee.kind !== 'member') return undefined;
    isPlain &&= queryWords.test(at.callee.name);
    at = at.callee.object;
  }
  return undefined;
}

function ofVerdict(verdict: Verdict): Duplicate {
  const place = { file: verdict.file, at: verdict.at };
  if (verdict.kind === 'read') {
    const store = verdict.store === undefined ? {} : { store: verdict.store };
    const level = verdict.isUnique ? 'yes' : 'weak';
    return { ...place, sense: 'onTrue', level, isCheckThenAct: true, ...store };
  }
  return { ...place, sense: 'either', level: verdict.isVolatile ? 'weak' : 'yes' };
}

function isVersion(expr: Expr): boolean {
  if (expr.kind === 'operation') return expr.of.some(isVersion);
  return (expr.kind === 'member' || expr.kind === 'name') && versions.test(expr.name);
}

/** What says most: `!order || order.status === 'paid'` is more than a look at stored data. */
function firstOf(parts: readonly Expr[], context: ConditionContext): Duplicate | undefined {
  const found = parts.flatMap((it) => duplicateIn(it, context) ?? []);
  const sure = found.filter((it) => it.level === 'yes');
  return sure.find((it) => !it.isCheckThenAct) ?? sure[0] ?? found[0];
}

function inverted(found: Duplicate | undefined): Duplicate | undefined {
  if (!found || found.sense === 'either') return found;
  return { ...found, sense: found.sense === 'onTrue' ? 'onFalse' : 'onTrue' };
}

function placeOf(expr: Expr, { facts }: ConditionContext): Place {
  return { file: facts.file, at: expr.at };
}
