// Whether a catch does more than log: what it keeps of a failure is brought to somebody afterwards, as `failed.push(step)` and then an
// alert for all of them; or it is given back to somebody who asked.
import type { Action, AssignAction, CallAction, TryAction } from '../../facts/actions.ts';
import type { Expr, NameExpr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, branchesOf, callsIn, exprsOf, namesIn, partsOf } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';

/** The methods of a controller or resolver. */
const serving = /^(?:Get|Post|Put|Patch|Delete|All|Mutation)$/;

/** `String(error)`, `JSON.stringify(error)`: part of what is printed. */
const computing = /^(?:String|JSON|Number|Date|Object|Array)(?:\.|$)/;

/** The catch itself, and the function it stands in. */
export interface Kept {
  readonly facts: FileFacts;
  readonly fn: FunctionFact;
  readonly tried: TryAction;
}

/** A handler that only prints, or keeps the error in memory: nobody retries, records or is called. */
export function isOnlyLogging(
  tried: TryAction,
  { model, fn, facts }: { readonly model: EventModel; readonly fn: FunctionNode; readonly facts: FileFacts },
): boolean {
  const kept = { facts, fn: fn.fact, tried };
  const handler = tried.handler ?? [];
  const printed = callsIn(handler).filter(isLog);
  if (actionsIn(tried.body).some((it) => isFlag(it) && isToldLater(kept, it))) return false;
  return handler.every((action) => {
    if (action.kind === 'assign') return !isToldLater(kept, action);
    if (action.kind === 'return') return !isAnswer(model, fn, action.value);
    if (action.kind !== 'call') return action.kind === 'continue';
    const { callee } = action.call;
    const isKept = callee.kind === 'member' && callee.name === 'push' && !isToldLater(kept, action);
    return isLog(action) || isKept || computing.test(pathOf(callee)) || isPrinted(action, printed);
  });
}

/** `released = true`, at the end of what may fail. */
function isFlag(action: Action): action is AssignAction {
  return action.kind === 'assign' && action.value.kind === 'literal';
}

function isLog({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'log');
}

/** `logger.error('undo failed', { id: step.getId() })`: what is called for the line in the log. */
function isPrinted({ call: { at }, settled }: CallAction, printed: readonly CallAction[]): boolean {
  return settled === 'collected' && printed.some((it) => holds(it.call.span, at));
}

/** Whether what the action fills is handed on, thrown, returned or asked about after the catch, here or in the function around. */
export function isToldLater({ facts, fn, tried }: Kept, action: CallAction | AssignAction): boolean {
  const target = action.kind === 'assign' ? action.target : action.call.callee;
  const root = rootOf(target);
  if (root === undefined) return false;
  const inside = new Set(actionsIn([tried]));
  for (let at: FunctionFact | undefined = fn; at && at.kind !== 'module'; at = outerOf(facts, at)) {
    const later = [...actionsIn(at.body)].filter(
      (it) => !inside.has(it) && startOf(it) > (tried.handlerAt?.start ?? tried.at.start),
    );
    if (later.some((it) => tells(it, root))) return true;
  }
  return false;
}

/** What is kept of a failure after the caller went on is read by nobody. */
export function staysInMemory({ handler }: TryAction): boolean {
  return (handler ?? []).every(
    (it) =>
      it.kind === 'assign' ||
      (it.kind === 'call' &&
        (it.settled === 'collected' ||
          calleeName(it.call.callee) === 'push' ||
          it.roles.some((role) => role.kind === 'log'))),
  );
}

/** A variable by its number, a field by its name. */
type Root = number | string;

/** `failed` of `failed.push(…)`, `saga` of `saga.status = …`, the field of `this.failed.push(…)`. */
function rootOf(expr: Expr): Root | undefined {
  if (expr.kind === 'name') return expr.binding;
  if (expr.kind !== 'member') return undefined;
  return rootOf(expr.object) ?? (expr.object.kind === 'this' ? expr.name : undefined);
}

function outerOf({ functions }: FileFacts, { outer }: FunctionFact): FunctionFact | undefined {
  return outer === undefined ? undefined : functions[outer];
}

function tells(action: Action, root: Root): boolean {
  if (action.kind === 'if') return mentions(action.condition, root) && branchesOf(action).flat().some(isMore);
  if (action.kind === 'call') return isMore(action) && action.call.args.some((it) => mentions(it, root));
  return (
    (action.kind === 'throw' || action.kind === 'return' || action.kind === 'loop') &&
    exprsOf(action).some((it) => mentions(it, root))
  );
}

/** More than a line in a log, and a value for one. */
function isMore(action: Action): boolean {
  if (action.kind !== 'call') return true;
  return action.settled !== 'collected' && !action.roles.some((it) => it.kind === 'log');
}

function mentions(expr: Expr, root: Root): boolean {
  if (typeof root === 'number') return [...namesIn(expr), ...askedIn(expr)].some((it) => it.binding === root);
  return JSON.stringify(expr).includes(`"name":"${root}"`);
}

/** `released` of `{ status: released ? 'CANCELLED' : 'RELEASE_FAILED' }`. */
function* askedIn(expr: Expr): Iterable<NameExpr> {
  if (expr.kind === 'choice' && expr.condition) yield* namesIn(expr.condition);
  for (const part of partsOf(expr)) yield* askedIn(part);
}

function startOf(action: Action): number {
  return action.kind === 'call' ? action.call.at.start : action.at.start;
}

/** What is said to whoever asked: a person behind a request, or a caller that takes the answer. */
export function isAnswer({ program }: EventModel, fn: FunctionNode, value: Expr | undefined): boolean {
  if (!value || (value.kind === 'literal' && /^(?:null|undefined|true)$/.test(value.text))) return false;
  if (fn.fact.decorators.some((it) => serving.test(it.name))) return true;
  const callers = fn.fact.name === '' ? [] : program.callersOf(fn);
  return (
    callers.length > 0 &&
    callers.every(({ action }) => action.result !== undefined || action.settled === 'returned')
  );
}
