// Which functions may run again for one message: what brokers call, what sagas resume, with all that these call.
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import { pathOf as nameOf } from '../effects/effects.ts';
import { indexOf } from '../fileIndex.ts';
import { aboutFunctions, saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';

/** What runs a function again: a consumer of a broker, or a saga. */
export interface Repeater {
  readonly name: string;
  readonly consumer?: ConsumerNode;
}

const deepest = 6;

/** What may run a function again. */
export type Repeaters = (fact: FunctionFact) => readonly Repeater[];

/** Few functions are asked about, so each is looked for among all that is run again. */
export const repeatersOf = perModel((model: EventModel): Repeaters => {
  const runs = [...runAgain(model)].map(({ fn, ...repeater }) => ({
    repeater,
    facts: factsOf(reachedFrom(model, fn)),
  }));
  const known = new Map<FunctionFact, readonly Repeater[]>();
  return (fact) => {
    const found =
      known.get(fact) ?? runs.filter(({ facts }) => facts.has(fact)).map(({ repeater }) => repeater);
    known.set(fact, found);
    return found;
  };
});

const factsOf = once(
  (functions: readonly FunctionNode[]): ReadonlySet<FunctionFact> => new Set(functions.map((it) => it.fact)),
);

/** Handlers of brokers, what sagas run, and sagas that are one function. */
function* runAgain(model: EventModel): Iterable<Repeater & { readonly fn: FunctionNode }> {
  for (const consumer of model.consumers) {
    const { handler, transport, name } = consumer;
    if (handler && transport === 'broker') yield { fn: handler, name, consumer };
  }
  yield* saidOfFiles(model, 'run by sagas', (it) => runBySagas(model, it));
  for (const { file, name, fact: saga } of model.sagas) {
    const id = saga.function;
    const fact = id === undefined ? undefined : model.files.get(file)?.functions[id];
    if (fact && saga.form === 'imperative') yield { fn: { file, fact }, name };
  }
}

function* runBySagas(
  model: EventModel,
  { file, sagas, functions }: FileFacts,
): Iterable<{ readonly fn: FunctionNode; readonly name: string }> {
  for (const { form, name, function: run, steps } of sagas) {
    if (form === 'stream' || form === 'imperative') continue;
    for (const body of [run, ...steps.flatMap((it) => [it.action, it.compensation])]) {
      const inner = typeof body === 'number' ? functions[body] : undefined;
      const named = typeof body === 'object' && body ? model.program.functionsOf(file, body) : [];
      for (const fn of inner ? [{ file, fact: inner }] : named) yield { fn, name };
    }
  }
}

/** What a retry runs again: every attempt must bear the key of the first. */
export function retriedBy(model: EventModel): ReadonlyMap<FunctionFact, Repeater> {
  return new Map(saidOfFiles(model, 'retried', (facts) => retriedIn(model, facts)));
}

function* retriedIn(model: EventModel, facts: FileFacts): Iterable<[FunctionFact, Repeater]> {
  for (const { action } of indexOf(facts).withRoles) {
    for (const role of action.roles) {
      if (role.kind !== 'retry' || !role.body) continue;
      const name = nameOf(action.call.callee);
      for (const fn of model.program.functionsOf(facts.file, role.body))
        for (const { fact } of reachedFrom(model, fn)) yield [fact, { name }];
    }
  }
}

/** A function, those written inside it, and the functions of the workspace that they call. */
export function reachedFrom(model: EventModel, { file, fact }: FunctionNode): readonly FunctionNode[] {
  return aboutFunctions(model, 'reached from', () => [...reaching(model, { file, fact })])(file, fact);
}

function reaching(model: EventModel, start: FunctionNode): Iterable<FunctionNode> {
  const seen = new Map<FunctionFact, FunctionNode>();
  const enter = (fn: FunctionNode, depth: number): void => {
    if (seen.has(fn.fact) || depth > deepest) return;
    const inside = model.files.get(fn.file)?.functions.filter((it) => holds(fn.fact.span, it.span)) ?? [];
    for (const fact of inside) seen.set(fact, { file: fn.file, fact });
    for (const fact of inside) {
      for (const { call } of callsIn(fact.body))
        for (const callee of model.program.calleesOf(fn.file, { file: fn.file, fact }, call))
          enter(callee, depth + 1);
    }
  };
  enter(start, 0);
  return seen.values();
}
