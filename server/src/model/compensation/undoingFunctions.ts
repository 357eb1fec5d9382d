// The functions that take steps of sagas back.
import type { FunctionFact } from '../../facts/facts.ts';
import { sagaName, undoingCall } from '../../facts/sagaWords.ts';
import type { FilePath } from '../../text.ts';
import { saidOfFiles, saidOfSagas } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { orchestratorsOf } from '../sagas/orchestrators.ts';

/** What takes the steps of sagas back, and what a saga calls to take back all of them. */
export const undoingFunctions = perModel((model: EventModel): ReadonlyMap<FunctionFact, FunctionNode> => {
  const ofSteps = saidOfSagas(model, 'functions that take its steps back', ({ steps }) =>
    steps.flatMap(({ undoing }) => undoing.flatMap((it) => it.functions)),
  ).map(({ said }) => said);
  const ofClasses = saidOfSagas(model, 'undoing methods of its class', ({ file, fact: { owner } }) =>
    owner === undefined
      ? []
      : undoingIn(
          file,
          (model.files.get(file)?.functions ?? []).filter((it) => it.owner === owner),
        ),
  ).map(({ said }) => said);
  const ofNamed = saidOfFiles(model, 'undoing methods of sagas', ({ file, functions }) =>
    undoingIn(
      file,
      functions.filter((it) => it.owner !== undefined && sagaName.test(it.owner)),
    ),
  );
  const ofRunners = orchestratorsOf(model).flatMap((it) => undoingIn(it.file, it.functions));
  const all = [...ofSteps, ...ofClasses, ...ofNamed, ...ofRunners];
  return new Map(all.map((it) => [it.fact, it]));
});

function undoingIn(file: FilePath, functions: readonly FunctionFact[]): readonly FunctionNode[] {
  return functions.filter((it) => undoingCall.test(it.name)).map((fact) => ({ file, fact }));
}
