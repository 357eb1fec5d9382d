// What in a function handed to an operator of RxJS can fail, with nobody inside to catch it.
import type { Action } from '../../facts/actions.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import { branchesOf } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { rootOf } from '../resolution/values.ts';

/** What may fail: `this.payments.charge`, or a throw. */
export interface Danger {
  readonly file: FilePath;
  readonly at: Span;
  readonly name: string;
}

interface Looking {
  readonly model: EventModel;
  readonly fn: FunctionNode;
  readonly depth: number;
}

const deepest = 4;
/** Makes a stream of what may fail itself. */
const joining = /^(?:from|defer|concat|merge|forkJoin|zip|combineLatest|iif|race|scheduled)$/;
const telling = /log|console|metric|tracer|span/i;
const pure =
  /^(?:map|filter|find|some|every|slice|split|join|trim|includes|startsWith|endsWith|toString|toISOString|toLowerCase|toUpperCase|now|stringify|keys|values|entries|assign|String|Number|Boolean|Date|concat|push|has|randomUUID|uuid|v4|uuidv4|nanoid)$/;

/** `inner`: the function gives a stream or promise of its own; `plain`: it gives a value at once. */
export function dangerIn(
  model: EventModel,
  fn: FunctionNode,
  projection: Expr,
  form: 'inner' | 'plain',
): Danger | undefined {
  const [found, ...others] = functionsBehind({ model, fn, depth: 0 }, projection);
  if (!found || others.length > 0 || found.fact.isAbstract) return undefined;
  // Nobody waits for the promise of `tap(async …)`: its failure never reaches the stream.
  if (form === 'plain' && found.fact.isAsync) return undefined;
  const looking = { model, fn: found, depth: 0 };
  return form === 'inner' ? ofFunction(looking) : thrownIn(looking);
}

/** Whether a name comes from RxJS, so that `map` of an array is not taken for an operator. */
export function isFromRxjs({ program }: EventModel, file: FilePath, callee: Expr): boolean {
  const root = callee.kind === 'member' ? callee.object : callee;
  return root.kind === 'name' && /^rxjs(?:\/|$)/.test(program.packageOf(file, root.name) ?? '');
}

/** The last name of a callee or object. */
export function nameOf(expr: Expr): string {
  return expr.kind === 'name' || expr.kind === 'member' ? expr.name : '';
}

function functionsBehind({ model, fn }: Looking, expr: Expr): readonly FunctionNode[] {
  const fact = expr.kind === 'function' ? model.files.get(fn.file)?.functions[expr.function] : undefined;
  return fact ? [{ file: fn.file, fact }] : model.program.functionsOf(fn.file, expr);
}

/** An async function by what it awaits, another by what it returns. */
function ofFunction(looking: Looking): Danger | undefined {
  const { body, isAsync } = looking.fn.fact;
  if (looking.depth > deepest) return undefined;
  const thrown = thrownIn(looking);
  if (thrown) return thrown;
  for (const action of escaping(body)) {
    const isAwaited = isAsync && action.kind === 'call' && action.settled === 'awaited';
    const value = action.kind === 'return' ? action.value : isAwaited ? action.call : undefined;
    const danger = value && ofValue(looking, value);
    if (danger) return danger;
  }
  return undefined;
}

/** A throw, or `JSON.parse`, that leaves the function. */
function thrownIn({ model, fn, depth }: Looking): Danger | undefined {
  if (depth > deepest) return undefined;
  for (const action of escaping(fn.fact.body)) {
    if (action.kind === 'throw') return { file: fn.file, at: wordAt(action.at.start), name: 'throw' };
    if (action.kind !== 'call' || action.isNew) continue;
    const found = { file: fn.file, at: action.call.at, name: pathOf(action.call.callee) };
    if (found.name === 'JSON.parse') return found;
    const [callee] = model.program.calleesOf(fn.file, fn, action.call);
    if (callee && !callee.fact.isAsync && thrownIn({ model, fn: callee, depth: depth + 1 })) return found;
  }
  return undefined;
}

/** The word `throw`, since a statement may take several lines. */
function wordAt(start: number): Span {
  return { start, end: start + 'throw'.length };
}

/** What runs outside of every `try` that catches. */
function* escaping(actions: readonly Action[]): Iterable<Action> {
  for (const action of actions) {
    yield action;
    if (action.kind === 'try' && action.handler !== null)
      yield* escaping([...action.handler, ...action.finalizer]);
    else for (const inner of branchesOf(action)) yield* escaping(inner);
  }
}

/** What a stream, promise or value may fail with. */
function ofValue(looking: Looking, value: Expr): Danger | undefined {
  if (value.kind === 'choice') return firstOf(looking, value.of);
  if (value.kind === 'array') return firstOf(looking, value.items);
  if (value.kind === 'call') return ofCall(looking, value);
  if (value.kind !== 'name') return undefined;
  const binding =
    value.binding === undefined
      ? undefined
      : looking.model.files.get(looking.fn.file)?.bindings[value.binding];
  return binding?.kind === 'const' && binding.init && !binding.isAwaited
    ? ofValue(looking, binding.init)
    : undefined;
}

function firstOf(looking: Looking, values: readonly Expr[]): Danger | undefined {
  for (const it of values) {
    const danger = ofValue(looking, it);
    if (danger) return danger;
  }
  return undefined;
}

function ofCall(looking: Looking, call: CallExpr): Danger | undefined {
  const { model, fn } = looking;
  const name = nameOf(call.callee);
  if (isFromRxjs(model, fn.file, call.callee))
    return joining.test(name) ? ofArguments(looking, call) : undefined;
  if (call.callee.kind === 'member' && name === 'pipe') return ofPipe(looking, call, call.callee.object);
  if (call.callee.kind === 'member' && name === 'catch') return undefined;
  if (call.callee.kind === 'member' && /^(?:then|finally)$/.test(name))
    return call.args.length > 1 ? undefined : ofValue(looking, call.callee.object);
  return ofOther(looking, call, name);
}

function ofArguments(looking: Looking, { args }: CallExpr): Danger | undefined {
  for (const arg of args) {
    const [inner] = arg.kind === 'function' ? functionsBehind(looking, arg) : [];
    const danger = inner
      ? ofFunction({ ...looking, fn: inner, depth: looking.depth + 1 })
      : ofValue(looking, arg);
    if (danger) return danger;
  }
  return undefined;
}

/** `from(…).pipe(catchError(…))` is safe; another pipe is as safe as what goes in, and as its own operators. */
function ofPipe(looking: Looking, call: CallExpr, source: Expr): Danger | undefined {
  const { model, fn } = looking;
  const operators = call.args.filter((it) => it.kind === 'call');
  if (
    operators.some((it) => /^(?:catchError|onErrorResumeNext|onErrorResumeNextWith)$/.test(nameOf(it.callee)))
  )
    return undefined;
  const own = ofValue(looking, source);
  if (own) return own;
  for (const operator of operators) {
    const isFlattening = /^(?:merge|flat|switch|concat|exhaust)Map$/.test(nameOf(operator.callee));
    const [projection] = operator.args;
    const danger = projection && dangerIn(model, fn, projection, isFlattening ? 'inner' : 'plain');
    if (danger) return danger;
  }
  return undefined;
}

/** `event.toCommands()`: what the function is given tells of itself. */
function isOfEvent({ model, fn }: Looking, { callee }: CallExpr): boolean {
  const facts = model.files.get(fn.file);
  const root = facts && callee.kind === 'member' ? rootOf(facts, callee.object) : undefined;
  return root?.kind === 'parameter' && root.function === fn.fact.id;
}

/** A call of the workspace fails as its body does, one of a package or of code that is not seen may always fail. */
function ofOther(looking: Looking, call: CallExpr, name: string): Danger | undefined {
  const { model, fn, depth } = looking;
  const path = pathOf(call.callee);
  if (pure.test(name) || telling.test(path)) return undefined;
  const found = { file: fn.file, at: call.at, name: path };
  const callees = model.program.calleesOf(fn.file, fn, call);
  if (callees.length === 0) return isOfEvent(looking, call) ? undefined : found;
  const isDangerous = callees.some((it) => ofFunction({ model, fn: it, depth: depth + 1 }) !== undefined);
  return isDangerous ? found : undefined;
}
