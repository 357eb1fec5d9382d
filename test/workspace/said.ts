// What a state says, as plain data: two ways to one state have to agree in all of it.
import type { Snapshot } from '../../server/src/workspace/snapshot.ts';

/** Everything that rules, views and reports can see of a state, as plain data. */
export function saidBy({ findings, failures, model }: Snapshot): unknown {
  return {
    findings,
    failures,
    facts: [...model.files.values()],
    events: model.events.map((it) => [it.key, it.name, it.wireNames, it.place, it.isProduced, it.isConsumed]),
    producers: model.producers.map(({ file, at, event }) => [file, at, event?.key]),
    consumers: model.consumers.map((it) => [
      it.file,
      it.at,
      it.name,
      it.transport,
      it.events.map(({ key }) => key),
    ]),
    functions: [...model.files.values()].flatMap(({ file, functions }) =>
      functions.map((fact) => [model.bodyOf({ file, fact }), model.program.callersOf({ file, fact }).length]),
    ),
    effects: model.consumers.map((it) => model.bodyOfConsumer(it)),
    sagas: model.sagas.map(({ name, file, at, steps }) => [
      name,
      file,
      at,
      steps.map((it) => [it.name, it.at, it.compensation, it.canFail, it.effects.length, it.undoing.length]),
    ]),
    sites: model.sites,
  };
}
