// Functions of the workspace that run a callback and keep its promise to themselves:
// `run(id: string, callback: () => void): void { this.storage.run({ id }, callback); }`. Whoever awaits them waits for nothing.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { BindingId, Expr } from '../../facts/expressions.ts';
import { actionsIn, callsIn, namesIn } from '../../facts/walk.ts';
import { holds, type Span } from '../../text.ts';
import { calleeName } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';

/** Whether a call hands over an async callback around a place to a function of the workspace that drops the promise. */
export function dropsGiven(
  model: EventModel,
  fn: FunctionNode,
  { call }: CallAction,
  place: number,
): boolean {
  const functions = model.files.get(fn.file)?.functions ?? [];
  const index = call.args.findIndex((it) => {
    const callback = it.kind === 'function' ? functions[it.function] : undefined;
    return callback?.isAsync && callback.span.start <= place && place < callback.span.end;
  });
  if (index < 0) return false;
  const [callee, ...others] = model.program.calleesOf(fn.file, fn, call);
  const taken = callee?.fact.parameters[index];
  return callee !== undefined && others.length === 0 && taken !== undefined && drops(model, callee, taken);
}

/** Every mention of the parameter stands in a call that runs it, and that nobody waits for. */
function drops({ files }: EventModel, { file, fact }: FunctionNode, taken: BindingId): boolean {
  const inside = files.get(file)?.functions.filter((it) => holds(fact.span, it.span)) ?? [];
  const mentioned = inside.flatMap(({ body }) =>
    actionsIn(body).flatMap((it) => exprsOf(it).flatMap((expr) => mentionsIn(expr, taken))),
  );
  const dropping = callsIn(fact.body).filter(
    ({ settled, call }) => settled === 'dropped' && (isIt(call.callee, taken) || runs(call.callee)),
  );
  return mentioned.length > 0 && mentioned.every((at) => dropping.some(({ call }) => holds(call.span, at)));
}

/** `storage.run(store, callback)` of AsyncLocalStorage and its like gives what the callback gives. */
function runs(callee: Expr): boolean {
  return callee.kind === 'member' && calleeName(callee) === 'run';
}

function isIt(expr: Expr, taken: BindingId): boolean {
  return expr.kind === 'name' && expr.binding === taken;
}

function mentionsIn(expr: Expr, taken: BindingId): readonly Span[] {
  return [...namesIn(expr)].flatMap((it) => (isIt(it, taken) ? [it.at] : []));
}

/** Where a callback may be called or go; that it is there may be asked anywhere. */
function exprsOf(action: Action): readonly Expr[] {
  if (action.kind === 'call') return [action.call.callee, ...action.call.args];
  if (action.kind === 'assign') return [action.value];
  return (action.kind === 'return' || action.kind === 'throw') && action.value ? [action.value] : [];
}
