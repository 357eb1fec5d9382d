import type { Expr } from '../facts/expressions.ts';
import type { ConsumerNode, EventModel, EventNode } from '../model/model.ts';
import { statesFact } from '../model/names/names.ts';

/**
 * The events that a message speaks of as what comes to a consumer: a fact that its registration names says more than the type of its
 * parameter, and what it waits for on its way starts nothing.
 */
export function startingEvents(
  { file, fact, events }: ConsumerNode,
  model: EventModel,
): readonly EventNode[] {
  const named = (by: readonly Expr[]): readonly EventNode[] => {
    const names = by.flatMap((it) => model.program.stringOf(file, it) ?? []);
    return events.filter((it) => names.some((name) => it.name === name || it.wireNames.includes(name)));
  };
  const waitedFor = named(fact.waitsFor ?? []);
  const started = events.filter((it) => !waitedFor.includes(it));
  const told = named(fact.events).filter((it) => started.includes(it));
  const isSaid = told.some((it) => [it.name, ...it.wireNames].some(statesFact));
  if (isSaid) return told;
  return started.length > 0 ? started : events;
}
