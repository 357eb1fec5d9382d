// Whether what a saga does leaves a trace: a log line, a span, a line in a saga's log. A row that is overwritten leaves none.
import type { CallAction } from '../../facts/actions.ts';
import type { FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { aboutFunctions } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode, SagaNode } from '../model.ts';
import { orchestratorsOf, type Orchestrator } from './orchestrators.ts';

const tracing =
  /(?:^|[._])(?:console|log(?:s|ger|ging)?|tracer?|tracing|span|audit|telemetry|metrics?|journal|history|timeline)(?:$|[._A-Z])|(?:Log(?:ger)?|Journal|History|Audit)\b|recordEvent|addEvent/;
const logStore = /log|journal|history|audit|trail|event|timeline/i;
const maxDepth = 3;

/** What runs steps and takes them back. */
export type Runner = Pick<Orchestrator, 'file' | 'at' | 'name' | 'functions'>;

/** Those of which neither the runner nor any step of the workspace leaves a trace. */
export function untraced(model: EventModel): readonly Runner[] {
  const runners = [...(isAnyStepTraced(model) ? [] : orchestratorsOf(model)), ...imperativeRunners(model)];
  return runners.filter(({ file, functions }) => !isTraced(model, file, functions));
}

/** Functions that are sagas themselves, with the methods of their class, and take back at least one step. */
function imperativeRunners(model: EventModel): readonly Runner[] {
  return model.sagas.flatMap(({ file, at, name, fact, steps }) => {
    const all = model.files.get(file)?.functions ?? [];
    const own = fact.function === undefined ? undefined : all[fact.function];
    const isMeant = fact.form === 'imperative' && fact.engine === undefined;
    if (!own || !isMeant || !steps.some((it) => it.compensation === 'yes')) return [];
    const functions = all.filter((it) => it === own || (own.owner !== undefined && it.owner === own.owner));
    return [{ file, at, name, functions }];
  });
}

/** A runner serves all steps: where steps speak for themselves it need not. */
const isAnyStepTraced = perModel((model: EventModel) => model.sagas.some((it) => isSagaTraced(model, it)));

function isSagaTraced(model: EventModel, { file, steps }: SagaNode): boolean {
  const functions = model.files.get(file)?.functions ?? [];
  const own = steps.flatMap(({ fact }) => {
    const action = fact?.action;
    return typeof action === 'number' ? functions.filter((it) => it.id === action) : [];
  });
  return isTraced(model, file, own);
}

function isTraced(model: EventModel, file: FilePath, functions: readonly FunctionFact[]): boolean {
  const leaves = aboutFunctions(model, 'leaves a trace', (own, fact) =>
    leavesTrace(model, { file: own, fact }, maxDepth),
  );
  return functions.some((fact) => leaves(file, fact));
}

function leavesTrace(model: EventModel, fn: FunctionNode, depth: number): boolean {
  for (const action of callsIn(fn.fact.body)) {
    if (isTrace(action)) return true;
    if (depth === 0) continue;
    const callees = model.program.calleesOf(fn.file, fn, action.call);
    if (callees.some((it) => it.fact !== fn.fact && leavesTrace(model, it, depth - 1))) return true;
  }
  return false;
}

function isTrace({ call, roles }: CallAction): boolean {
  const isLog = roles.some(
    (it) =>
      it.kind === 'log' ||
      (it.kind === 'write' && it.operation === 'insert' && logStore.test(it.store ?? '')),
  );
  return isLog || tracing.test(pathOf(call.callee));
}
