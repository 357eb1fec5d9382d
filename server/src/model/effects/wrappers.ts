// Functions that are handed a function and give one that calls it: `withInbox(handle)`, `logged(handle)`, and what they lay around it.
import type { CallAction } from '../../facts/actions.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds, type FilePath } from '../../text.ts';
import { handlerBehind } from '../consumers/handlers.ts';
import type { FunctionNode } from '../model.ts';
import { parameterOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';
import type { Guard, Walking } from './frames.ts';
import { stronger } from './frames.ts';

export type Wrapping = Pick<Walking, 'linking' | 'summaryOf'>;

const guardName = /idempot|dedup|inbox|exactly_?once|^once$|processedOnce/i;

/** `logged(withInbox(handle))`, `compose(logged, (next) => withInbox('orders', next))(handle)`: the guard of any wrapper around a handler. */
export function guardOfWrappers(
  place: { readonly file: FilePath; readonly handler: FunctionNode | undefined },
  expr: Expr,
  wrapping: Wrapping,
  depth = 0,
): Guard | undefined {
  const { file, handler } = place;
  const call = depth > 4 ? undefined : callBehind(file, expr, wrapping);
  if (!call) return undefined;
  const inside = (it: Expr): Guard | undefined => guardOfWrappers(place, it, wrapping, depth + 1);
  const isAround = (it: Expr): boolean =>
    handlerBehind(file, it, wrapping.linking, depth)?.fact === handler?.fact;
  return (
    guardOfCall(file, call, wrapping) ??
    firstOf(call.args.filter(isAround), inside) ??
    guardOfComposed(file, call, wrapping)
  );
}

/** What the function that a call gives has done before it calls the one that stands in that place of the call's arguments. */
export function guardOfGiven(
  { file, call, index }: { readonly file: FilePath; readonly call: CallExpr; readonly index: number },
  callees: readonly FunctionNode[],
  wrapping: Wrapping,
): Guard | undefined {
  return (
    firstOf(callees, (it) => guardOfWrapped(it, index, wrapping)) ?? guardOfComposed(file, call, wrapping)
  );
}

/** What is called a guard but whose body in the workspace reaches no store at all. */
export function isOnlyMemory(file: FilePath, { call }: CallAction, wrapping: Wrapping): boolean {
  const callees = wrapping.linking.calls.callees(file, call);
  // `withInbox(handle)(message)`: what it gives asks the store.
  const bodies = callees
    .filter((it) => !it.fact.isAbstract)
    .flatMap((it) => withInside(it, wrapping).map(wrapping.summaryOf));
  return bodies.length > 0 && bodies.every((it) => !it.isDurable && !it.isOpen);
}

/** A function with all that are written inside it. */
function withInside({ file, fact }: FunctionNode, { linking }: Wrapping): readonly FunctionNode[] {
  const all = linking.files.get(file)?.functions ?? [];
  return all.flatMap((it) => (it === fact || holds(fact.span, it.span) ? [{ file, fact: it }] : []));
}

function guardOfWrapped(wrapper: FunctionNode, index: number, wrapping: Wrapping): Guard | undefined {
  const facts = wrapping.linking.files.get(wrapper.file);
  if (!facts) return undefined;
  let found: Guard | undefined;
  for (const inner of withInside(wrapper, wrapping)) {
    for (const action of callsIn(inner.fact.body)) {
      const root = rootOf(facts, action.call.callee);
      const parameter = root && parameterOf(facts, root);
      if (parameter?.fn !== wrapper.fact || parameter.index !== index) continue;
      found = stronger(found, wrapping.summaryOf(inner).sites.get(action.call.at.start)?.guard);
    }
  }
  return found;
}

function callBehind(file: FilePath, expr: Expr, { linking }: Wrapping): CallExpr | undefined {
  const facts = linking.files.get(file);
  const value = expr.kind === 'name' && facts ? rootOf(facts, expr)?.init : expr;
  return value?.kind === 'call' ? value : undefined;
}

/** By the name of the wrapper, or by what its body does before it calls anything. */
function guardOfCall(file: FilePath, call: CallExpr, wrapping: Wrapping): Guard | undefined {
  const { callee } = call;
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (guardName.test(name)) return { file, at: call.at, level: 'yes' };
  return firstOf(wrapping.linking.calls.callees(file, call), (it) => guardInside(it, wrapping));
}

function guardInside(wrapper: FunctionNode, wrapping: Wrapping): Guard | undefined {
  return firstOf(withInside(wrapper, wrapping), (it) =>
    firstOf([...wrapping.summaryOf(it).sites.values()], ({ guard }) => guard),
  );
}

/** `withInbox('orders')(handle)`, and the wrappers that `compose(logged, withInbox)(handle)` lays around one another. */
function guardOfComposed(file: FilePath, { callee }: CallExpr, wrapping: Wrapping): Guard | undefined {
  if (callee.kind !== 'call') return undefined;
  return (
    guardOfCall(file, callee, wrapping) ?? firstOf(callee.args, (it) => guardOfWrapper(file, it, wrapping))
  );
}

function guardOfWrapper(file: FilePath, expr: Expr, wrapping: Wrapping): Guard | undefined {
  const [wrapper] = wrapping.linking.calls.functionsOf(file, expr);
  if (!wrapper) return undefined;
  const given = wrapper.fact.body.findLast((it) => it.kind === 'return')?.value;
  return given?.kind === 'call' ? guardOfCall(wrapper.file, given, wrapping) : guardInside(wrapper, wrapping);
}

function firstOf<Item, Found>(
  items: readonly Item[],
  find: (it: Item) => Found | undefined,
): Found | undefined {
  for (const it of items) {
    const found = find(it);
    if (found !== undefined) return found;
  }
  return undefined;
}
