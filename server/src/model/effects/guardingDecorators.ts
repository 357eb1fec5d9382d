// What decorators and interceptors of the workspace lay around a method: the circumstances in which they run the original.
import type { CallAction } from '../../facts/actions.ts';
import type { DecoratorFact, Expr } from '../../facts/expressions.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds, type FilePath } from '../../text.ts';
import type { FunctionNode } from '../model.ts';
import type { Guard, Walking } from './frames.ts';

/** The guard under which a decorator, or the interceptor it names, calls what it wraps. */
export function guardAround(
  file: FilePath,
  decorators: readonly DecoratorFact[],
  walking: Walking,
): Guard | undefined {
  for (const decorator of decorators) {
    const name: Expr = { kind: 'name', name: decorator.name, at: decorator.at };
    for (const expr of [name, ...decorator.args]) {
      const found = wrappersBehind(file, expr, walking)
        .map((it) => guardOf(it, walking))
        .find((it) => it !== undefined);
      if (found) return { ...found, file, at: decorator.at };
    }
  }
  return undefined;
}

/** A decorator with the functions inside of it, or the `intercept` of a class. */
function wrappersBehind(file: FilePath, expr: Expr, { linking }: Walking): readonly FunctionNode[] {
  const value = linking.values.evaluate(file, expr);
  const intercept = value.kind === 'type' ? linking.hierarchy.methodOf(value.node, 'intercept') : undefined;
  if (intercept) return [intercept];
  if (value.kind !== 'function') return [];
  const { node } = value;
  const inner = linking.files.get(node.file)?.functions.filter((it) => holds(node.fact.span, it.span)) ?? [];
  return inner.map((fact) => ({ file: node.file, fact }));
}

function guardOf(wrapper: FunctionNode, walking: Walking): Guard | undefined {
  for (const action of callsIn(wrapper.fact.body)) {
    if (!isOriginal(action)) continue;
    const guard = walking.summaryOf(wrapper).sites.get(action.call.at.start)?.guard;
    if (guard) return guard;
  }
  return undefined;
}

/** `original.apply(this, args)` of a decorator, `next.handle()` of an interceptor. */
function isOriginal({ call: { callee } }: CallAction): boolean {
  if (callee.kind !== 'member') return false;
  if (callee.name === 'apply' || callee.name === 'call') return true;
  return callee.name === 'handle' && callee.object.kind === 'name' && callee.object.name === 'next';
}
