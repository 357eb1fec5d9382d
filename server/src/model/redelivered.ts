// Which functions may run again for one message: what brokers call, what sagas resume, with all that these call.
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import { callsIn } from '../facts/walk.ts';
import { aboutFunctions, saidOfFiles } from './about.ts';
import { pathOf as nameOf } from './effects.ts';
import { indexOf } from './fileIndex.ts';
import { holds } from './handling.ts';
import type { ConsumerNode, EventModel, FunctionNode } from './model.ts';
import { perModel } from './perModel.ts';

/** What runs a function again: a consumer of a broker, or a saga. */
export interface Repeater {
  readonly name: string;
  readonly consumer?: ConsumerNode;
}

const deepest = 6;

/** By function: what may run it again. */
export const repeatersOf = perModel((model: EventModel): ReadonlyMap<FunctionFact, readonly Repeater[]> => {
  const found = new Map<FunctionFact, Repeater[]>();
  const note = (start: FunctionNode, repeater: Repeater): void => {
    for (const { fact } of reachedFrom(model, start)) {
      const known = found.get(fact);
      if (known) known.push(repeater);
      else found.set(fact, [repeater]);
    }
  };
  for (const consumer of model.consumers) {
    if (consumer.handler && consumer.transport === 'broker')
      note(consumer.handler, { name: consumer.name, consumer });
  }
  for (const { fn, name } of saidOfFiles(model, 'run by sagas', (it) => runBySagas(model, it)))
    note(fn, { name });
  for (const saga of model.sagas) {
    const id = saga.fact.function;
    const fact = id === undefined ? undefined : model.files.get(saga.file)?.functions[id];
    if (fact && saga.fact.form === 'imperative') note({ file: saga.file, fact }, { name: saga.name });
  }
  return found;
});

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
