// What a state says, as plain data: two ways to one state have to agree in all of it.
import { hoverAt } from '../../server/src/views/hover.ts';
import type { Snapshot } from '../../server/src/workspace/snapshot.ts';

/** Everything that rules, views and reports can see of a state, as plain data. */
export function saidBy(snapshot: Snapshot): unknown {
  const { findings, failures, model } = snapshot;
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
    hovers: hoversOf(snapshot),
  };
}

/** What is told over each name of the model. */
export function hoversOf(snapshot: Snapshot): unknown {
  const { events, producers, consumers, sagas } = snapshot.model;
  const places = [
    ...events.map((it) => it.place),
    ...[...producers, ...consumers],
    ...sagas.flatMap((it) => [it, ...it.steps]),
  ];
  return places.map(({ file, at }) => hoverAt(snapshot, file, at.start));
}
