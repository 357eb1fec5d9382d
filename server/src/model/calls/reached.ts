// The calls that a handler leads to, each with the way there.
import { callsIn } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { eachAction } from '../fileIndex.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import type { Handling } from './handling.ts';

/** A way whose last level is the function that was reached, with a call in it. */
export type Reached = Handling & { readonly fn: FunctionNode };

const deepest = 4;
const enclosing: ReadonlySet<string> = new Set(['transaction', 'guard', 'retry', 'time-limit']);

/** The calls in a function, in callbacks that are a part of it, in what it calls, and in what handles a command that it has executed. */
export function reached(model: EventModel, fn: FunctionNode): Iterable<Reached> {
  return below({ model, levels: [] }, fn, new Set());
}

function* below(before: Handling, fn: FunctionNode, seen: Set<FunctionNode['fact']>): Iterable<Reached> {
  if (seen.has(fn.fact) || before.levels.length > deepest) return;
  seen.add(fn.fact);
  const { model } = before;
  const inside = model.files.get(fn.file)?.functions.filter((it) => holds(fn.fact.span, it.span)) ?? [];
  const around = enclosed(inside);
  for (const fact of inside) {
    for (const action of eachAction(fact.body)) {
      if (action.kind !== 'call') continue;
      const here = { model, levels: [...before.levels, { entry: fn, action }] };
      if (fact === fn.fact) yield { ...here, fn };
      else if (around.has(fact.id)) yield { ...here, fn: { file: fn.file, fact } };
      const callees = model.program.calleesOf(fn.file, fn, action.call);
      for (const callee of [...callees, ...model.answerersOf(fn.file, action)])
        yield* below(here, callee, seen);
    }
  }
}

/** Callbacks that run where they stand, as a part of the function: in a transaction, a guard, a retry. */
function enclosed(functions: readonly FunctionNode['fact'][]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { call, roles } of functions.flatMap((it) => [...callsIn(it.body)])) {
    if (!roles.some((it) => enclosing.has(it.kind))) continue;
    for (const arg of call.args) if (arg.kind === 'function') found.add(arg.function);
  }
  return found;
}
