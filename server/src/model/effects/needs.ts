// What a function's parameters have to be for an effect to be reached: a call that hands something else never gets there.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { calleeName, eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { parameterOf, pathOf } from '../resolution/origins.ts';
import { entryOf, rootOf } from '../resolution/values.ts';

/** One thing that is asked of a parameter, or of what lies at a path of keys below it. */
interface Asked {
  readonly parameter: number;
  readonly path: readonly string[];
  /** Whether it has to hold, or has not to. */
  readonly holds: boolean;
  /** The literal that it is compared with, as `literalIn` spells it; absent where it only has to be something. */
  readonly equals?: string;
  /** Where nothing is handed something else takes its place. */
  readonly hasDefault: boolean;
}

/** One of these has to be so. */
export type Need = readonly Asked[];

export interface Asking {
  readonly facts: FileFacts;
  readonly fn: FunctionNode;
  readonly linking: Linking;
}

const maxDepth = 6;
const falsy = /^(?:false|null|undefined|-?0n?|NaN|'')$/;
const comparisons = /^([=!])==?$/;

/** What a condition asks of the parameters where it holds, or where it does not; empty where it asks something else too. */
export function needsIn(condition: Expr, holds: boolean, asking: Asking, depth = 0): readonly Need[] {
  if (depth > maxDepth) return [];
  if (condition.kind !== 'operation') {
    const asked = askedOf(condition, asking);
    return asked ? [[{ ...asked, holds }]] : [];
  }
  const { operator, of } = condition;
  const [left, right] = of;
  if (operator === '!' && left) return needsIn(left, !holds, asking, depth + 1);
  if (operator === '&&' || operator === '||') {
    const parts = of.map((it) => needsIn(it, holds, asking, depth + 1));
    if ((operator === '&&') === holds) return parts.flat();
    const firsts = parts.flatMap(([it]) => (it ? [it] : []));
    return firsts.length === parts.length ? [firsts.flat()] : [];
  }
  const isEqual = comparisons.exec(operator)?.[1];
  return isEqual && left && right ? compared(left, right, (isEqual === '=') === holds, asking) : [];
}

/** What a case of a switch asks of the parameters; `others` are the tests of the other cases, where it is the default. */
export function needsOfCase(
  on: Expr,
  tests: readonly Expr[],
  others: readonly Expr[],
  asking: Asking,
): readonly Need[] {
  if (tests.length === 0) return others.flatMap((it) => compared(on, it, false, asking));
  const needs = tests.map((it) => compared(on, it, true, asking));
  return needs.every((it) => it.length > 0) ? [needs.flat(2)] : [];
}

function compared(left: Expr, right: Expr, holds: boolean, asking: Asking): readonly Need[] {
  const [value, literal] = [literalIn(left, asking), literalIn(right, asking)];
  const asked = askedOf(value === undefined ? left : right, asking);
  const equals = literal ?? value;
  // `== null` also means what is not there.
  if (!asked || equals === undefined || /^(?:null|undefined)$/.test(equals)) return [];
  return [[{ ...asked, equals, holds }]];
}

/** What a call with these arguments leaves open of what a function needs; undefined where it never gets there. */
export function needsLeft(
  needs: readonly Need[] | undefined,
  callee: FunctionNode,
  call: CallExpr,
  caller: Asking,
): readonly Need[] | undefined {
  // Whoever goes by another name may have been bound to other arguments.
  const isItself = callee.fact.kind === 'constructor' || calleeName(call.callee) === callee.fact.name;
  if (!needs || needs.length === 0 || !isItself || call.hasSpread) return [];
  const left: Need[] = [];
  for (const need of needs) {
    const answers = need.map((it) => answered(it, call.args[it.parameter], caller));
    if (answers.every((it) => it === false)) return undefined;
    // What nobody knows may be so.
    if (answers.includes(true) || answers.includes(undefined)) continue;
    left.push(answers.flatMap((it) => (typeof it === 'object' ? [it] : [])));
  }
  return left;
}

/** Whether it is so, what the caller's own caller has to hand for it, or undefined. */
function answered(asked: Asked, arg: Expr | undefined, caller: Asking): boolean | Asked | undefined {
  let at = arg;
  let { path } = asked;
  while (at?.kind === 'object' && path.length > 0) {
    if (at.spreads.length > 0 || at.entries.some((it) => it.key === '[]')) return undefined;
    at = entryOf(at, path[0] ?? '');
    path = path.slice(1);
  }
  if (at && (at.kind === 'name' || at.kind === 'member')) {
    const outer = askedOf(at, caller);
    if (outer) {
      const hasDefault = asked.hasDefault || outer.hasDefault;
      return { ...asked, ...outer, path: [...outer.path, ...path], hasDefault };
    }
  }
  if (at && path.length > 0) return undefined;
  return judged(asked, at, caller);
}

function judged(
  { equals, holds, hasDefault }: Asked,
  at: Expr | undefined,
  caller: Asking,
): boolean | undefined {
  const literal = at ? literalIn(at, caller) : 'undefined';
  if (literal === 'undefined' && hasDefault) return undefined;
  if (literal !== undefined)
    return (equals === undefined ? !falsy.test(literal) : equals === literal) === holds;
  const isMade = at && /^(?:object|array|function|new)$/.test(at.kind);
  return isMade ? (equals === undefined) === holds : undefined;
}

/** The text of a literal, or of a constant; strings in quotes. */
function literalIn(expr: Expr, { facts, linking }: Asking): string | undefined {
  if (expr.kind === 'literal') return expr.text;
  if (expr.kind === 'string') return `'${expr.value}'`;
  if ((expr.kind !== 'name' && expr.kind !== 'member') || isOfThis(expr)) return undefined;
  const root = rootOf(facts, expr);
  if (root && !/^(?:const|import|enum|class)$/.test(root.kind)) return undefined;
  const text = linking.values.stringOf(facts.file, expr);
  return text === undefined ? undefined : `'${text}'`;
}

function isOfThis(expr: Expr): boolean {
  return expr.kind === 'this' || (expr.kind === 'member' && isOfThis(expr.object));
}

/** The parameter of the function that a name or member stands for, unless it is set anew. */
function askedOf(
  expr: Expr,
  asking: Asking,
  depth = 0,
): Pick<Asked, 'parameter' | 'path' | 'hasDefault'> | undefined {
  const { facts, fn } = asking;
  const first = preferredIn(facts, expr);
  if (first && depth < maxDepth) {
    const asked = askedOf(first, asking, depth + 1);
    return asked && { ...asked, hasDefault: true };
  }
  if (expr.kind !== 'name' && expr.kind !== 'member') return undefined;
  const root = rootOf(facts, expr);
  const parameter = root && parameterOf(facts, root);
  if (!root || parameter?.fn !== fn.fact) return undefined;
  const path = pathOf(facts, expr);
  const names = namesTo(facts, expr);
  // How long something is, or what stands at an index, no literal tells.
  if (path.some((it) => it === '[]' || it === 'length')) return undefined;
  if (names.some((it) => assignedIn(facts).has(it))) return undefined;
  return { parameter: parameter.index, path, hasDefault: names.some(isDefaulted) };
}

/** `options.mode` of `options.mode ?? settings.mode`, also where a constant holds that. */
function preferredIn({ bindings }: FileFacts, expr: Expr): Expr | undefined {
  const held = expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding] : undefined;
  const value = held?.kind === 'const' ? held.init : expr;
  if (value?.kind !== 'choice' || value.condition) return undefined;
  return value.of.length === 2 ? value.of[0] : undefined;
}

/** The names that lead from an expression to a parameter; `const a = b, b = a` leads nowhere. */
function namesTo(facts: FileFacts, expr: Expr): readonly BindingFact[] {
  const names = new Set<BindingFact>();
  for (let at: Expr | undefined = expr; at !== undefined;) {
    if (at.kind === 'member') {
      at = at.object;
      continue;
    }
    const binding: BindingFact | undefined =
      at.kind === 'name' && at.binding !== undefined ? facts.bindings[at.binding] : undefined;
    if (!binding || names.has(binding)) break;
    names.add(binding);
    at = binding.index === undefined ? binding.init : undefined;
  }
  return [...names];
}

function isDefaulted({ isDefaulted: inPattern, index, init }: BindingFact): boolean {
  return inPattern === true || (index !== undefined && init !== undefined);
}

/** Names that are set after their declaration, or below which something is. */
const assignedIn = once((facts: FileFacts): ReadonlySet<BindingFact> => {
  const targets = facts.functions.flatMap(({ body }) =>
    eachAction(body).flatMap((it) => (it.kind === 'assign' ? namesTo(facts, it.target) : [])),
  );
  return new Set(targets);
});
