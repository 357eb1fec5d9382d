// Compensations that somebody wrote and nobody calls: `releaseReservation` stands beside `reserve`, the flow reserves, and whatever fails
// after it finds nothing to give back with. Both are known by their names and by what they do.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { FilePath } from '../../text.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import type { Caller } from '../failures/followingFailure.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { gives, taking, takings } from './spokenHolds.ts';
import { isGoneOn, isInTransaction } from './surroundings.ts';
import { givesBack, isUndoing } from './undoing.ts';

export interface DeadUndoing {
  /** What would give back. */
  readonly undoing: FunctionNode;
  /** What takes hold beside it, and where it is called. */
  readonly holding: FunctionNode;
  readonly caller: FunctionNode;
  readonly action: CallAction;
}

/** All of them, once the whole workspace was read; what a library offers others may call. */
export function deadUndoings(model: EventModel): readonly DeadUndoing[] {
  if (!model.isComplete) return [];
  const pairs = saidOfFiles(model, 'compensations beside holds', (facts) => [...pairsIn(model, facts)]);
  const unheard = pairs.filter(({ undoing }) => model.program.callersOf(undoing).length === 0);
  if (unheard.length === 0) return [];
  const named = new Set([...model.files.values()].flatMap((it) => [...backsNamed(it)]));
  return unheard.flatMap(({ undoing, holding }) => {
    if (named.has(undoing.fact.name) || isGivenBackElsewhere(model, holding)) return [];
    const site = model.program.callersOf(holding).find((it) => isLeft(model, holding, it));
    return site ? [{ undoing, holding, ...site }] : [];
  });
}

type Pair = Pick<DeadUndoing, 'undoing' | 'holding'>;

/** Functions of one file, or methods of one class, of which one gives back what the other takes. */
function* pairsIn(model: EventModel, { file, functions }: FileFacts): Iterable<Pair> {
  if (model.isOfLibrary(file) || model.isOfScreen(file)) return;
  for (const fact of functions) {
    if (!givesBack(fact.name) || !isPlain(fact) || !changes(model, file, fact)) continue;
    const holding = functions.find(
      (it) =>
        it.owner === fact.owner &&
        takesHold(it.name) &&
        !isUndoing(it.name) &&
        gives(fact.name, it.name) &&
        changes(model, file, it),
    );
    if (holding) yield { undoing: { file, fact }, holding: { file, fact: holding } };
  }
}

/** `checkAndReserve`: one of its words is the very verb. */
function takesHold(name: string): boolean {
  return wordsOf(name).some((it) => taking.exec(it)?.[0] === it);
}

/** What is held stays held when it goes wrong: no transaction is rolled back, and something may go wrong after it. */
function isLeft(model: EventModel, holding: FunctionNode, { caller, action }: Caller): boolean {
  if (isInTransaction(model, caller, action)) return false;
  const isTold = model.bodyOf(holding).effects.some((it) => it.role.kind === 'publish');
  return isTold || isGoneOn(model, caller, action) || isOfConsumer(model, caller);
}

/** The flow that a message belongs to goes on elsewhere. */
function isOfConsumer(model: EventModel, { fact }: FunctionNode): boolean {
  return model.consumers.some(
    ({ handler }) => handler && reachedFrom(model, handler).some((it) => it.fact === fact),
  );
}

/** Nobody but code calls it: no route, no handler, nothing that a subclass fills in. */
function isPlain({ decorators, isAbstract, name }: FunctionFact): boolean {
  return decorators.length === 0 && isAbstract !== true && name !== '';
}

function changes(model: EventModel, file: FilePath, fact: FunctionFact): boolean {
  return model.bodyOf({ file, fact }).effects.some(isLasting);
}

function isLasting({ role }: Effect): boolean {
  return role.kind === 'write' || (role.kind === 'remote' && !role.isRead);
}

/** Somebody calls by another name what gives it back. */
function isGivenBackElsewhere(model: EventModel, { fact }: FunctionNode): boolean {
  return takings(model).some(({ what }) => what !== '' && gives(what, fact.name));
}

/** The names of compensations that code of a file mentions, called or handed over. */
const backsNamed = once((facts: FileFacts): ReadonlySet<string> => {
  const found = new Set<string>();
  const queue: unknown[] = [facts];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const isMention = 'kind' in value && /^(?:name|member)$/.test(String(value.kind));
    if (isMention && 'name' in value && typeof value.name === 'string' && givesBack(value.name))
      found.add(value.name);
    for (const it of Object.values(value)) if (typeof it === 'object') queue.push(it);
  }
  return found;
});
