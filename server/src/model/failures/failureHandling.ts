// Whether code runs because something failed, and whether it counts its tries or waits between them.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { Role } from '../../facts/roles.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { pathOf } from '../effects/effects.ts';
import { indexOf } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';

const countWords =
  /redeliver|retr(?:y|ies|ied)|attempt|x-death|deliver(?:y|ies)[-_]?(?:count|limit)|(?:^|_)tries|deaths?$|receive_?count|max_?(?:tries|count)|(?:^|_)try_?(?:count|number|left)/i;
/** `maxTries`, `jobTryCount`, and not `entries` or `countries`. */
const camelTries = /[a-z](?:Tries|Try(?:Count|Number))|^tries(?:Left|Count)/;
const pauses = /sleep|delay|wait|pause|backoff|setTimeout|timeout/i;
const errorNames = /^(?:e|err|error|ex|exception|reason|cause|failure)$|(?:Error|Err|Exception)$/;
const outcomes = /(?:valid|success|succeeded|ok|error|failed|failure|result|processed|handled)(?:\b|$)/i;
const failing = /error|fail|reject|exception|retry/i;

/** In a `catch`, in a callback for errors, or in a function that these call. */
export function isOfFailure(model: EventModel, fn: FunctionNode, action: CallAction, depth = 0): boolean {
  if (isOfCatch(fn, action) || isOfCheck(fn.fact.body, action)) return true;
  if (takesError(model, fn) || isErrorCallback(model, fn)) return true;
  const outer = outerOf(model, fn);
  const handing = callHanding(model, fn);
  if (outer && handing && depth < 2 && isOfFailure(model, outer, handing, depth + 1)) return true;
  if (depth > 1 || fn.fact.name === '') return false;
  const callers = model.program.callersOf(fn);
  return callers.length > 0 && callers.every((it) => isOfFailure(model, it.caller, it.action, depth + 1));
}

/** In the `catch` of its own function. */
export function isOfCatch({ fact }: FunctionNode, action: CallAction): boolean {
  return callsOfCatches(fact).has(action);
}

/** The calls in the `catch` blocks of a function. */
export const callsOfCatches = once(
  ({ body }: FunctionFact): ReadonlySet<CallAction> =>
    new Set(actionsIn(body).flatMap((it) => (it.kind === 'try' ? callsIn(it.handler ?? []) : []))),
);

/** `if (!isValid) channel.nack(message)`: the branch for what went wrong. */
function isOfCheck(body: readonly Action[], action: CallAction): boolean {
  return [...actionsIn(body)].some(
    (it) =>
      it.kind === 'if' &&
      outcomes.test(pathsIn(it.condition)) &&
      [...callsIn([...it.then, ...it.otherwise])].includes(action),
  );
}

function pathsIn(condition: Expr): string {
  if (condition.kind === 'operation' || condition.kind === 'choice')
    return condition.of.map(pathsIn).join(' ');
  return pathOf(condition);
}

function takesError({ files }: EventModel, { file, fact }: FunctionNode): boolean {
  const bindings = files.get(file)?.bindings ?? [];
  const isNamed = fact.parameters.some((it) => errorNames.test(bindings[it]?.name ?? ''));
  return isNamed && (failing.test(fact.name) || fact.name === '');
}

/** `.catch(() => channel.nack(message))`. */
function isErrorCallback(model: EventModel, fn: FunctionNode): boolean {
  const { callee } = callHanding(model, fn)?.call ?? {};
  return callee?.kind === 'member' && callee.name === 'catch';
}

function outerOf({ files }: EventModel, { file, fact }: FunctionNode): FunctionNode | undefined {
  const outer = fact.outer === undefined ? undefined : files.get(file)?.functions[fact.outer];
  return outer && { file, fact: outer };
}

/** The call that is given a function as an argument. */
function callHanding({ files }: EventModel, { file, fact }: FunctionNode): CallAction | undefined {
  const facts = files.get(file);
  return facts && indexOf(facts).handed.get(fact.id)?.action;
}

/** Whether a function, those around it or its callers speak of tries, redelivery or a number of deaths. */
export function counts(model: EventModel, fn: FunctionNode): boolean {
  const around: FunctionNode[] = [];
  for (let it: FunctionNode | undefined = fn; it && it.fact.kind !== 'module'; it = outerOf(model, it))
    around.push(it);
  const callers = around.flatMap((it) => (it.fact.name === '' ? [] : model.program.callersOf(it)));
  // That a function is called `processWithRetry` counts nothing.
  const own = new Set(around.map((it) => it.fact.name));
  return [...around, ...callers.map((it) => it.caller)].some((it) => namesCount(model, it, own));
}

function namesCount(
  { files }: EventModel,
  { file, fact }: FunctionNode,
  ignored: ReadonlySet<string>,
): boolean {
  if (fact.kind === 'module') return false;
  const bindings = files.get(file)?.bindings ?? [];
  if (fact.parameters.some((it) => isCount(bindings[it]?.name ?? ''))) return true;
  return holdsWord(fact.body, '', ignored);
}

function isCount(word: string): boolean {
  return countWords.test(word) || camelTries.test(word);
}

/** Names, keys and headers; a text that only tells of another try does not count it. */
function holdsWord(value: unknown, key: string, ignored: ReadonlySet<string>): boolean {
  if (typeof value === 'string') {
    const isWord = key === 'name' || key === 'key' || key === 'value';
    return isWord && !/\s/.test(value) && !ignored.has(value) && isCount(value);
  }
  if (typeof value !== 'object' || value === null || isOnlyTold(value)) return false;
  const isList = Array.isArray(value);
  return Object.entries(value).some(([inner, it]) => holdsWord(it, isList ? key : inner, ignored));
}

/** `if (job.left > 0) send({ ...job, left: job.left - 1 })`: what is sent counts by a name of its own, and the name is compared. */
export function countsInMessage(
  { files }: EventModel,
  { file, fact }: FunctionNode,
  { call }: CallAction,
): boolean {
  const facts = files.get(file);
  const changed = facts ? new Set(call.args.flatMap((it) => changedByOne(facts, it))) : new Set<string>();
  if (changed.size === 0) return false;
  const isCompared = (condition: Expr): boolean =>
    condition.kind === 'operation' &&
    (/^(?:[<>]=?|[!=]==?)$/.test(condition.operator)
      ? condition.of.some((it) => changed.has(lastName(it)))
      : condition.of.some(isCompared));
  return actionsIn(fact.body).some((it) => it.kind === 'if' && isCompared(it.condition));
}

/** The keys under which a message holds one more or one less than it held. */
function changedByOne(facts: FileFacts, expr: Expr, depth = 0): readonly string[] {
  if (depth > 5) return [];
  const inner = (it: Expr): readonly string[] => changedByOne(facts, it, depth + 1);
  if (expr.kind === 'call') return expr.args.flatMap(inner);
  if (expr.kind === 'array') return expr.items.flatMap(inner);
  if (expr.kind === 'object')
    return expr.entries.flatMap((it) => (isStep(it.value) ? [it.key] : inner(it.value)));
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? facts.bindings[expr.binding] : undefined;
  return binding?.kind === 'const' && binding.init ? inner(binding.init) : [];
}

function isStep(expr: Expr): boolean {
  const [from, by] = expr.kind === 'operation' && /^[+-]$/.test(expr.operator) ? expr.of : [];
  return from !== undefined && lastName(from) !== '' && by?.kind === 'literal' && by.text === '1';
}

/** What is logged counts nothing, and what a queue's declaration says of tries holds for that queue alone. */
function isOnlyTold(value: object): boolean {
  const { kind, roles }: { kind?: unknown; roles?: readonly Role[] } = value;
  const isTold = (it: Role): boolean =>
    it.kind === 'log' || (it.kind === 'queue' && it.library === 'amqplib');
  return kind === 'call' && roles?.some(isTold) === true;
}

/** A pause before the call in its function, or a timer that runs the function. */
export function isDelayed(
  model: EventModel,
  fn: FunctionNode,
  action: CallAction | undefined,
  body: readonly Action[] = fn.fact.body,
): boolean {
  for (const { call } of callsIn(body)) {
    const isBefore = action === undefined || call.at.start < action.call.at.start;
    if (isBefore && (pauses.test(lastName(call.callee)) || call.args.some(isTimer))) return true;
  }
  const handing = callHanding(model, fn);
  return handing !== undefined && /^(?:setTimeout|setInterval|schedule)$/.test(lastName(handing.call.callee));
}

/** `new Promise((resolve) => setTimeout(resolve, 100))` is a call whose callback waits. */
function isTimer(expr: Expr): boolean {
  return pathOf(expr).includes('setTimeout');
}

function lastName(callee: Expr): string {
  return callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
}
