// What is told of things that each model makes anew: the very finding of before, as long as nothing changes that it is made of.
import type { EventModel } from '../model/model.ts';
import type { RuleFinding } from './rule.ts';

export interface Telling<Thing> {
  readonly question: string;
  /** Says of a thing all that is read of it, other than what stands in the file of the finding and what the model is asked. */
  readonly keyOf: (thing: Thing) => string;
  readonly findingOf: (thing: Thing) => RuleFinding;
}

/** Keeps the findings from model to model. */
export function keptFindings<Thing>(
  { keeper }: Pick<EventModel, 'keeper'>,
  { question, keyOf, findingOf }: Telling<Thing>,
): (thing: Thing) => RuleFinding {
  return keeper.keepBy(question, keyOf, (thing) => {
    const finding = findingOf(thing);
    keeper.noteFile(finding.file);
    return finding;
  });
}
