// What consumers take hold of and give back, by the names of what they call.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { isRunByClock } from '../delivery/clockJobs.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel } from '../model.ts';
import { saidBy } from '../sagas/deeds.ts';
import { isUndoing, namesSubject, undoes } from './undoing.ts';

/** Verb and noun have one root: `reserveStock`, `cancelReservation`. */
const roots = /reserv|alloc|charg|book(?!mark)|debit|deduct/i;
/** Verbs that take hold of what others may want. */
export const taking =
  /^(?:reserve|allocate|charge|book(?!mark)|debit|deduct|redeem|capture|authori[sz]e|hold)/i;
/** What is held ends by itself: `set(key, value, 'EX', 600)`. */
const ending = /"(?:EX|PX|EXAT)"|(?<![a-z])ttl(?![a-z])|setex|"p?expire(?:at)?"/i;
/** Somebody looks for what is held too long. */
const sweeping = /expir|stale|overdue|sweep|time_?out/i;

export interface Taking {
  readonly file: string;
  readonly fact: FunctionFact;
  /** What it takes back; nothing where what is held ends by itself. */
  readonly what: string;
}

/** What a consumer calls, with all that these call. */
export function namesIn(model: EventModel, { handler }: ConsumerNode): readonly string[] {
  return handler ? reachedFrom(model, handler).flatMap(({ fact }) => callsIn(fact.body).flatMap(doneBy)) : [];
}

/** `stock.reserve`, `reserveStockUseCase.execute`: what a path says that is done. */
function doneBy(action: CallAction): readonly string[] {
  if (action.isNew || action.roles.some((it) => it.kind === 'log')) return [];
  const parts = saidBy(action).split('.');
  const name = parts.at(-1) ?? '';
  const isEmpty = /^(?:execute|run|handle|process|perform|invoke|call|send)$/.test(name);
  return [(isEmpty ? (parts.at(-2) ?? name) : name).replace(/(?:_?use_?case|command|handler|service)$/i, '')];
}

/** Whether a name says what it takes back. */
export function takesBack(name: string): boolean {
  return isUndoing(name) && namesSubject(name);
}

/** Whether a name gives back what the other took hold of. */
export function gives(back: string, forth: string): boolean {
  const root = roots.exec(forth)?.[0].toLowerCase();
  return (root !== undefined && root === roots.exec(back)?.[0].toLowerCase()) || undoes(back, forth);
}

/** Whether what a consumer takes hold of is let go of after a while. */
export function endsByItself(model: EventModel, { handler }: ConsumerNode): boolean {
  return (
    handler !== undefined &&
    reachedFrom(model, handler).some(({ fact }) => ending.test(JSON.stringify(fact.body)))
  );
}

/** All that takes something back, in any file. */
export function takings(model: EventModel): readonly Taking[] {
  return saidOfFiles(model, 'takes back or lets expire', (facts) => [...takingBackIn(facts)]);
}

function* takingBackIn({ file, functions }: FileFacts): Iterable<Taking> {
  for (const fact of functions) {
    for (const action of callsIn(fact.body))
      for (const what of doneBy(action)) if (takesBack(what)) yield { file, fact, what };
    if (sweeping.test(fact.name) || isRunByClock(fact)) yield { file, fact, what: '' };
  }
}
