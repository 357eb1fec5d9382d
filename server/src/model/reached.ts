// The calls that a handler leads to, each with the way there.
import { eachAction } from './fileIndex.ts';
import { holds, type Handling } from './handling.ts';
import type { EventModel, FunctionNode } from './model.ts';

/** A way whose last level is the function that was reached, with a call in it. */
export type Reached = Handling & { readonly fn: FunctionNode };

const deepest = 4;

/** The calls in a function itself and in what it calls, in the order of the text. */
export function reached(model: EventModel, fn: FunctionNode): Iterable<Reached> {
  return below({ model, levels: [] }, fn, new Set());
}

function* below(before: Handling, fn: FunctionNode, seen: Set<FunctionNode['fact']>): Iterable<Reached> {
  if (seen.has(fn.fact) || before.levels.length > deepest) return;
  seen.add(fn.fact);
  const { model } = before;
  const inside = model.files.get(fn.file)?.functions.filter((it) => holds(fn.fact.span, it.span)) ?? [];
  for (const fact of inside) {
    for (const action of eachAction(fact.body)) {
      if (action.kind !== 'call') continue;
      const here = { model, levels: [...before.levels, { entry: fn, action }] };
      if (fact === fn.fact) yield { ...here, fn };
      for (const callee of model.program.calleesOf(fn.file, fn, action.call))
        yield* below(here, callee, seen);
    }
  }
}
