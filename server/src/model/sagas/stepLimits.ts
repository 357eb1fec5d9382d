// Whether the time limit that a step names (`timeoutMs: 5_000`) is kept: some say it, and nobody ever reads it.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import { pathOf } from '../effects/effects.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel } from '../model.ts';
import { callsOfSteps, orchestratorsOf, type Orchestrator } from './orchestrators.ts';

/** `signal`: it only ends a signal, which the remote calls of the step have to take; `nobody`: no code reads it. */
export type Keeper = 'runner' | 'signal' | 'nobody';

/** Who keeps the limit of that name; what can't be read counts as a runner that does. */
export function keeperOf(model: EventModel, key: string): Keeper {
  model.keeper.noteEverything();
  const known = keepers(model);
  const found = known.get(key) ?? ask(model, key);
  known.set(key, found);
  return found;
}

const keepers = perModel((_: EventModel) => new Map<string, Keeper>());

function ask(model: EventModel, key: string): Keeper {
  const runners = orchestratorsOf(model);
  if (!model.isComplete || runners.length === 0 || runners.some((it) => handsOn(model, it))) return 'runner';
  const reads = saidOfFiles(model, `reads ${key}`, (facts) => readsIn(facts, key));
  if (reads.length === 0) return 'nobody';
  return reads.every((it) => it === 'signal') ? 'signal' : 'runner';
}

/** A step that goes as a whole to code of others: they may read all of it. */
function handsOn(model: EventModel, { file, functions }: Orchestrator): boolean {
  return functions.some((fact) => {
    const steps = new Set(callsOfSteps(fact).map(stepOf));
    return [...callsIn(fact.body)].some(({ call, roles, isNew }) => {
      if (isNew || roles.length > 0 || !call.args.some((it) => it.kind === 'name' && steps.has(it.name)))
        return false;
      return (
        !/\.(?:push|unshift|indexOf|includes)$/.test(pathOf(call.callee)) &&
        model.program.calleesOf(file, { file, fact }, call).length === 0
      );
    });
  });
}

function stepOf({ call: { callee } }: CallAction): string | undefined {
  const object = callee.kind === 'member' ? callee.object : undefined;
  return object?.kind === 'name' ? object.name : undefined;
}

function readsIn({ bindings, functions }: FileFacts, key: string): readonly ('signal' | 'other')[] {
  if (bindings.some((it) => it.name === key)) return ['other'];
  return functions.flatMap(({ body }) =>
    [...actionsIn(body)].flatMap((action) =>
      (action.kind === 'call' ? [action.call] : exprsOf(action)).flatMap((it) => readsOf(it, key)),
    ),
  );
}

function readsOf(expr: Expr, key: string): readonly ('signal' | 'other')[] {
  const own = expr.kind === 'member' && expr.name === key ? (['other'] as const) : [];
  if (expr.kind === 'call' && pathOf(expr.callee) === 'AbortSignal.timeout')
    return expr.args.flatMap((it) => readsOf(it, key)).map(() => 'signal');
  return [...own, ...partsOf(expr).flatMap((it) => readsOf(it, key))];
}
