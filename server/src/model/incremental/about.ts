// Questions about one thing of a model whose answers are kept from model to model, as long as nothing changes that was looked at.
// The answers must hold no events, consumers or producers: these are made anew for each model.
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { areSame } from '../../same.ts';
import type { FilePath } from '../../text.ts';
import type { EventModel, EventNode, SagaNode } from '../model.ts';
import type { Subjects } from './kept.ts';
import type { Said } from './keptLists.ts';

type About = Pick<EventModel, 'keeper'>;

/** About events. */
export function aboutEvents<Value>(
  { keeper }: About,
  question: string,
  ask: (event: EventNode) => Value,
): (event: EventNode) => Value {
  return keeper.keepBy(question, (it: EventNode) => it.key, ask);
}

/** What is said of each event, as a list over all; who reads it depends on everything. */
export function saidOfEvents<Item>(
  model: EventModel,
  question: string,
  ask: (event: EventNode) => Iterable<Item>,
): readonly Said<EventNode, Item>[] {
  return model.keeper.list(question, eventsOf(model), ask);
}

/** The same of sagas. */
export function saidOfSagas<Item>(
  model: EventModel,
  question: string,
  ask: (saga: SagaNode) => Iterable<Item>,
): readonly Said<SagaNode, Item>[] {
  return model.keeper.list(question, sagasOf(model), ask);
}

const eventsOf = once(({ events }: EventModel) => subjectsBy(events, (it) => it.key));
const sagasOf = once(({ sagas }: EventModel) => subjectsBy(sagas, (it) => it.fact));

/** Things of a model by what they are known by. */
export function subjectsBy<Subject>(
  subjects: readonly Subject[],
  keyOf: (subject: Subject) => unknown,
): Subjects<Subject> {
  const byKey = new Map(subjects.map((it) => [keyOf(it), it]));
  const of = (key: unknown): Subject => {
    const found = byKey.get(key);
    if (found === undefined) throw new Error(`No subject is known by ${String(key)}.`);
    return found;
  };
  return { keys: [...byKey.keys()], of };
}

/** About files. */
export function aboutFiles<Value>(
  { keeper }: About,
  question: string,
  ask: (facts: FileFacts) => Value,
): (facts: FileFacts) => Value {
  const kept = keeper.keep(question, (_, facts: FileFacts) => ask(facts));
  return (facts) => kept(facts.file, facts);
}

/** About functions. */
export function aboutFunctions<Value>(
  { keeper }: About,
  question: string,
  ask: (file: FilePath, fact: FunctionFact) => Value,
): (file: FilePath, fact: FunctionFact) => Value {
  return keeper.keep(question, ask);
}

/** What is said of each file, as a list over all; who reads it depends on all files. */
export function saidOfFiles<Item>(
  { keeper, files }: Pick<EventModel, 'keeper' | 'files'>,
  question: string,
  ask: (facts: FileFacts) => Iterable<Item>,
): readonly Item[] {
  return keeper.gather(files, question, ask);
}

/**
 * What each file says by itself, whatever stands in others, as a list over all; who reads it depends on what is said and on
 * nothing else. As with `Indexed`, the question is no part of a function that is given a model.
 */
export function foundInFiles<Item>(
  { keeper, files }: Pick<EventModel, 'keeper' | 'files'>,
  question: string,
  ask: (facts: FileFacts) => readonly Item[],
): readonly Item[] {
  const said = (facts: FileFacts): ReadonlyMap<string, readonly Item[]> => {
    const items = ask(facts);
    return items.length > 0 ? new Map([['', items]]) : nothing;
  };
  return keeper.index(files, { question, of: said, isSame: areAllSame })('').flat();
}

/** What is made of a list of names, kept as long as the list says the same. It must see nothing of the model that it was made for. */
export function madeOfNames<Made>(
  { keeper }: About,
  question: string,
  names: readonly string[],
  make: (names: readonly string[]) => Made,
): Made {
  const noted = keeper.lookUp(`names of ${question}`, () => new Map([['', names]]), areAllSame);
  const made = keeper.keepBy(
    question,
    () => '',
    () => make(noted('') ?? []),
  );
  return made('');
}

/** A list that is made anew of the same items is the same. */
function areAllSame<Item>(one: readonly Item[], other: readonly Item[]): boolean {
  return areSame(one, other, Object.is);
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();
