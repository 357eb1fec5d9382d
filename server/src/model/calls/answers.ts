// What a function reads of the answer that a call gives: `total` of `const order = await orders.get(id); … order.total`.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { actionsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import type { EventModel, FunctionNode } from '../model.ts';

export interface Answer {
  /** The names of the fields that are read. */
  readonly fields: readonly string[];
  /** The answer goes on as a whole, so that more may be read elsewhere. */
  readonly isPassedOn: boolean;
  /** What a variable that holds the answer is declared as. */
  readonly type?: TypeExpr;
}

/** What is read of the answer in the function that asks, and in the functions inside it. */
export function answerOf(model: EventModel, { file, fact }: FunctionNode, action: CallAction): Answer {
  const facts = model.files.get(file);
  if (!facts) return { fields: [], isPassedOn: true };
  const reading: Reading = { facts, action, fields: new Set(), isPassedOn: false };
  for (const it of facts.bindings) if (holds(fact.span, it.at)) ofBinding(reading, it);
  const own = facts.functions.filter((it) => holds(fact.span, it.span));
  for (const it of own.flatMap((fn) => [...actionsIn(fn.body)])) {
    for (const expr of exprsOf(it)) visit(reading, expr);
  }
  const { isPassedOn, type } = reading;
  return { fields: [...reading.fields], isPassedOn, ...(type && { type }) };
}

interface Reading {
  readonly facts: FileFacts;
  readonly action: CallAction;
  readonly fields: Set<string>;
  isPassedOn: boolean;
  type?: TypeExpr;
}

/** What an HTTP client puts around the answer, and what it says of the way there. */
const holders = /^(?:data|body|payload|result)$/;
const ofTransport = /^(?:json|text|ok|status|statusText|statusCode|headers|pipe|then|catch)$/;
const tests = new Set(['!', '===', '!==', '==', '!=', '&&', '||', 'instanceof', 'typeof']);

/** `const { total } = await orders.get(id)`. */
function ofBinding(reading: Reading, { init, kind, type, takenAs }: BindingFact): void {
  if (!init || kind === 'parameter') return;
  const declared = type ?? takenAs;
  if (!isAnswer(reading, init)) visit(reading, init);
  else if (declared) reading.type = declared;
}

function visit(reading: Reading, expr: Expr): void {
  if (expr.kind === 'member' && isAnswer(reading, expr.object)) {
    if (!holders.test(expr.name) && !ofTransport.test(expr.name)) reading.fields.add(expr.name);
    return;
  }
  if (expr.kind === 'name' && isAnswer(reading, expr)) {
    reading.isPassedOn = true;
    return;
  }
  // Whether there is an answer says nothing of what is in it.
  const isTest = expr.kind === 'operation' && tests.has(expr.operator);
  for (const it of partsOf(expr)) if (!isTest || !isAnswer(reading, it)) visit(reading, it);
}

function isAnswer(reading: Reading, expr: Expr, depth = 0): boolean {
  if (depth > 6) return false;
  const inner = (it: Expr): boolean => isAnswer(reading, it, depth + 1);
  if (expr.kind === 'call') {
    const { callee, span, args } = expr;
    if (span.start === reading.action.call.span.start && span.end === reading.action.call.span.end)
      return true;
    if (callee.kind === 'member' && /^(?:json|pipe)$/.test(callee.name)) return inner(callee.object);
    return (
      callee.kind === 'name' && /^(?:last|first)ValueFrom$/.test(callee.name) && args.slice(0, 1).some(inner)
    );
  }
  if (expr.kind === 'member') return holders.test(expr.name) && inner(expr.object);
  if (expr.kind === 'choice') return expr.of.some(inner);
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? reading.facts.bindings[expr.binding] : undefined;
  return binding?.init !== undefined && binding.kind !== 'parameter' && inner(binding.init);
}
