// What a value is made of that is another one each time: the time, chance, or what the broker counts and gives anew.
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel, FunctionNode } from '../model.ts';

export interface Changing {
  readonly file: FilePath;
  /** Where the changing part stands, and all of it. */
  readonly at: Span;
  readonly span: Span;
  /** As a reader calls it: `Date.now()`. */
  readonly name: string;
  readonly kind: 'time' | 'chance' | 'delivery' | 'attempt';
  /** Nothing else is in the value. */
  readonly isWhole: boolean;
}

const chance =
  /^(?:randomUUID|uuid|uuidv4|uuidV4|v1|v4|v7|uuidv1|uuidv7|nanoid|ulid|cuid|cuid2|createId|generateId|newId|generateUuid|generateUUID|randomBytes|randomInt|ObjectId)$/;
const deliveries = /^(?:deliveryTag|receiptHandle|receivedAt|receiveTime|ackToken|lockToken)$/i;
const attempts =
  /^(?:attemptsMade|attemptsStarted|attempts?|attemptNumber|retryCount|retries|retryAttempt|redelivered|redeliveryCount|deliveryCount|deliveryAttempt|approximateReceiveCount|x-retry-count|x-retries|x-delivery-count)$/i;
/** What only gives a value another form. */
const forming =
  /^(?:String|toString|toISOString|toJSON|getTime|valueOf|encodeURIComponent|stringify|concat|join|from|encode|digest|update|createHash|createHmac|uuidv5|v5|trim|toLowerCase|toUpperCase|replace|replaceAll)$|hash|sha\d|md5/i;
const deepest = 8;

/** The changing part of a value, or undefined where none is seen. */
export function changingIn(model: EventModel, fn: FunctionNode, expr: Expr, depth = 0): Changing | undefined {
  if (depth > deepest) return undefined;
  const inside = (it: Expr): Changing | undefined => changingIn(model, fn, it, depth + 1);
  const part = (parts: readonly Expr[]): Changing | undefined => {
    const found = firstOf(parts, inside);
    return found && parts.length > 1 ? { ...found, isWhole: false } : found;
  };
  switch (expr.kind) {
    case 'call':
    case 'new':
      return ofCall(model, fn, expr, depth);
    case 'template': {
      const found = firstOf(
        expr.parts.filter((it) => typeof it !== 'string'),
        inside,
      );
      return (
        found && { ...found, isWhole: expr.parts.filter((it) => it !== '').length === 1 && found.isWhole }
      );
    }
    case 'array':
      return part(expr.items);
    case 'operation':
      return expr.operator === '+' ? part(expr.of) : undefined;
    case 'choice':
      return expr.of.every((it) => inside(it)) ? firstOf(expr.of, inside) : undefined;
    case 'name':
      return ofName(model, fn, expr, depth);
    case 'member':
      return ofMember(fn, expr);
    default:
      return undefined;
  }
}

function firstOf(parts: readonly Expr[], inside: (it: Expr) => Changing | undefined): Changing | undefined {
  for (const it of parts) {
    const found = inside(it);
    if (found) return found;
  }
  return undefined;
}

function ofCall(
  model: EventModel,
  fn: FunctionNode,
  expr: Expr & { kind: 'call' | 'new' },
  depth: number,
): Changing | undefined {
  const { callee, args } = expr;
  const path = pathOf(callee);
  const found = { file: fn.file, at: expr.at, span: expr.span, isWhole: true };
  if (path === 'Date.now' || path === 'performance.now' || path === 'process.hrtime')
    return { ...found, name: `${path}()`, kind: 'time' };
  if (path === 'Date' && args.length === 0)
    return { ...found, name: expr.kind === 'new' ? 'new Date()' : 'Date()', kind: 'time' };
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (path === 'Math.random' || (chance.test(name) && isDrawn(args)))
    return { ...found, name: `${expr.kind === 'new' ? 'new ' : ''}${path}()`, kind: 'chance' };
  if (expr.kind === 'new') return undefined;
  const inside = (it: Expr): Changing | undefined => changingIn(model, fn, it, depth + 1);
  const own = returnedBy(model, fn, expr, depth);
  if (own) return own;
  if (!forming.test(name)) return undefined;
  const object = callee.kind === 'member' ? inside(callee.object) : undefined;
  return object ?? firstOf(args, inside);
}

/** `nanoid(12)`, `randomBytes(16)`: a size, no content. */
function isDrawn(args: readonly Expr[]): boolean {
  return args.every((it) => it.kind === 'literal');
}

/** `keyOf(order)` of the workspace, by what it returns. */
function returnedBy(
  model: EventModel,
  fn: FunctionNode,
  call: Expr & { kind: 'call' },
  depth: number,
): Changing | undefined {
  const [callee, ...others] = model.program.calleesOf(fn.file, fn, call);
  if (!callee || others.length > 0 || callee.fact.isAsync) return undefined;
  const returns = [...actionsIn(callee.fact.body)].flatMap((it) =>
    it.kind === 'return' && it.value ? [it.value] : [],
  );
  const [value, ...more] = returns;
  return value && more.length === 0 ? changingIn(model, callee, value, depth + 2) : undefined;
}

function ofName(
  model: EventModel,
  fn: FunctionNode,
  expr: Expr & { kind: 'name' },
  depth: number,
): Changing | undefined {
  const binding = bindingOf(model, fn, expr);
  if (!binding) return undefined;
  if (binding.kind === 'const' && binding.init && !binding.isTopLevel)
    return changingIn(model, fn, binding.init, depth + 1);
  return undefined;
}

function bindingOf(
  model: EventModel,
  fn: FunctionNode,
  expr: Expr & { kind: 'name' },
): BindingFact | undefined {
  return expr.binding === undefined ? undefined : model.files.get(fn.file)?.bindings[expr.binding];
}

function ofMember(fn: FunctionNode, expr: Expr & { kind: 'member' }): Changing | undefined {
  const name = expr.index?.kind === 'string' ? expr.index.value : expr.name;
  const kind = deliveries.test(name) ? 'delivery' : attempts.test(name) ? 'attempt' : undefined;
  if (!kind) return undefined;
  const start = startOf(expr);
  const span = { start, end: expr.at.end };
  return { file: fn.file, at: expr.at, span, name: pathOf(expr), kind, isWhole: true };
}

function startOf(expr: Expr): number {
  if (expr.kind === 'member') return startOf(expr.object);
  return expr.kind === 'call' || expr.kind === 'new' ? expr.span.start : expr.at.start;
}
