// The function that an expression stands for where a handler is wanted: a function, a method of an object, what a maker gives.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';

const handlerMethods = [
  'handle',
  'execute',
  'onMessage',
  'process',
  'consume',
  'handleMessage',
  'handleEvent',
  'run',
];

/** Goes through wrappers down to the innermost handler. */
export function handlerBehind(
  file: FilePath,
  expr: Expr,
  linking: Linking,
  depth: number,
): FunctionNode | undefined {
  const wrapped = wrappedIn(file, expr, linking);
  if (wrapped) return wrapped;
  const [named] = linking.calls.functionsOf(file, expr);
  if (named && named.fact.kind !== 'constructor') return named;
  const type = linking.calls.typing.typeOf(file, expr) ?? classNamed(file, expr, linking);
  for (const method of type ? handlerMethods : []) {
    const found = type && linking.hierarchy.methodOf(type, method);
    if (found) return found;
  }
  if (expr.kind !== 'call' || depth > 3) return undefined;
  for (const arg of [...expr.args].reverse()) {
    const inner = handlerBehind(file, arg, linking, depth + 1);
    if (inner) return inner;
  }
  return madeBy(file, expr, linking);
}

/** `traced({ name: 'ship' })(async (job) => …)`. */
function wrappedIn(file: FilePath, expr: Expr, { files }: Linking): FunctionNode | undefined {
  if (expr.kind !== 'call' || expr.callee.kind !== 'call') return undefined;
  const [only, ...others] = expr.args;
  const fact = only?.kind === 'function' ? files.get(file)?.functions[only.function] : undefined;
  return fact && others.length === 0 ? { file, fact } : undefined;
}

/** `eachMessage: makeOnPlaced({ stripe })`: the function that a maker of the workspace gives. */
function madeBy(file: FilePath, call: CallExpr, { calls, files }: Linking): FunctionNode | undefined {
  for (const maker of calls.callees(file, call)) {
    const given = maker.fact.body.findLast((it) => it.kind === 'return')?.value;
    const fact = given?.kind === 'function' ? files.get(maker.file)?.functions[given.function] : undefined;
    if (fact) return { file: maker.file, fact };
  }
  return undefined;
}

function classNamed(file: FilePath, expr: Expr, { values }: Linking): TypeNode | undefined {
  const value = values.evaluate(file, expr);
  return value.kind === 'type' && value.node.fact.kind === 'class' ? value.node : undefined;
}
