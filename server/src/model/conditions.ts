// What a condition says about a repeat: a lost claim, a processed message, a state already reached, a newer version, an existing row.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { Place } from '../text.ts';
import type { Verdict } from './frames.ts';
import type { FunctionNode } from './model.ts';
import type { Linking } from './program.ts';
import { type States, tokensOf } from './states.ts';
import { rootOf } from './values.ts';

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
}

const progress = /process|complet|handled|seen|applied|done|executed|consumed|finished/i;
const versions = /version|sequence|revision|^seq$|^offset$|^nonce$|position|occurred|updatedAt|timestamp/i;
const membership = /^(?:has|includes|contains|some|find|get|exists)$/;
/** What runs a query or asks more of it, and gives what was read. */
const queryWords =
  /^(?:exec|execute\w*|lean|session|select|populate|setLock|lock|forUpdate|first|getOne\w*|getRawOne|orFail)$/;
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
  if (isEqual) return ofState(left, right, context);
  return isUnequal ? inverted(ofState(left, right, context)) : undefined;
}

/** `order.status === 'paid'` where the body sets `paid`, or `=== 'pending'` where it sets anything else. */
function ofState(left: Expr, right: Expr, context: ConditionContext): Duplicate | undefined {
  const [field, value] = left.kind === 'member' ? [left, right] : [right, left];
  if (field.kind !== 'member') return undefined;
  const produced = context.states().get(field.name);
  if (!produced || produced.size === 0) return undefined;
  const tested = tokensOf(context.facts.file, value, context.linking);
  const place = placeOf(field, context);
  if (tested.some((it) => it !== '?' && produced.has(it))) return { ...place, sense: 'onTrue', level: 'yes' };
  const isLeft = [...produced].some((it) => !tested.includes(it));
  return isLeft ? { ...place, sense: 'onFalse', level: 'yes' } : undefined;
}

function ofCall(call: Expr & { kind: 'call' }, context: ConditionContext): Duplicate | undefined {
  const verdict = verdictOf(call, context.verdicts);
  if (verdict) return ofVerdict(verdict);
  const { callee } = call;
  if (callee.kind !== 'member' || !membership.test(callee.name)) return undefined;
  const { object } = callee;
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
    return verdict && counts.test(value.name) ? ofVerdict(verdict) : undefined;
  }
  return verdict && ofVerdict(verdict);
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

/** The verdict of the call whose result a name holds. */
function verdictBehind(value: Expr, context: ConditionContext): Verdict | undefined {
  const root = rootOf(context.facts, value);
  let init = root?.init;
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
  return found.find((it) => it.level === 'yes') ?? found[0];
}

function inverted(found: Duplicate | undefined): Duplicate | undefined {
  if (!found || found.sense === 'either') return found;
  return { ...found, sense: found.sense === 'onTrue' ? 'onFalse' : 'onTrue' };
}

function placeOf(expr: Expr, { facts }: ConditionContext): Place {
  return { file: facts.file, at: expr.at };
}
