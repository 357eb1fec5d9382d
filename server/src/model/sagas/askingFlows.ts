// Functions that do one thing after the other and have other services do some of it: a flow, whether or not it calls itself a saga.
import type { FunctionFact } from '../../facts/facts.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { asks } from './deeds.ts';
import { askedInPromise } from './replyPromises.ts';
import { isCommand } from './sagaSigns.ts';

/** A function, and what it asks others to do by messages that are answered, or by calls that have no end of their own. */
export interface AskingFlow {
  readonly fn: FunctionNode;
  readonly asked: readonly Effect[];
  /** It handles a message and does nothing else that lasts. */
  readonly isOfMessage?: true;
}

/** All of them: each does at least two things that last, of which others do one, or handles a message that no other can pass meanwhile. */
export function askingFlows(model: EventModel): readonly AskingFlow[] {
  return saidOfFiles(model, 'flows that ask', ({ file, functions }) => {
    if (model.isOfScreen(file)) return [];
    return functions.flatMap((fact): readonly AskingFlow[] => {
      const fn = { file, fact };
      if (fact.kind === 'module') return [];
      const all = model.bodyOf(fn).effects.filter((it) => !it.inCatch && !it.runs);
      const waiting = all.filter((it) => isWaitedFor(model, it));
      if (waiting.length === 0) return [];
      const done = all.filter((it) => changes(model, it));
      const isFlow = new Set(done.map((it) => placeOf(it))).size > 1;
      if (isHandler(model, fact)) return [{ fn, asked: waiting, ...(!isFlow && { isOfMessage: true }) }];
      const asked = waiting.filter((it) => done.includes(it));
      return asked.length > 0 && isFlow ? [{ fn, asked }] : [];
    });
  });
}

function isWaitedFor(model: EventModel, effect: Effect): boolean {
  return isAnsweredOverBroker(effect) || waitsForEver(effect) || askedInPromise(model, effect) !== undefined;
}

/** A broker waits for its handlers: while one hangs, the messages behind it stay where they are. */
function isHandler(model: EventModel, fact: FunctionFact): boolean {
  return model.consumersBy(fact).some((it) => it.transport === 'broker');
}

/** Where the function itself does it. */
function placeOf(effect: Effect): string {
  const { file, at } = effect.via[0] ?? effect;
  return `${file} ${at.start}`;
}

function isAnsweredOverBroker(effect: Effect): boolean {
  const { role } = effect;
  if (role.kind !== 'publish' || !isCommand(effect)) return false;
  return role.transport !== 'in-process' && role.isDetached !== true;
}

/** A call of gRPC has no deadline of its own. */
function waitsForEver({ role }: Effect): boolean {
  return role.kind === 'remote' && role.endedBy !== undefined;
}

/** Not a request that only wants to know: `send('get_user', id)`. */
function changes({ program }: EventModel, effect: Effect): boolean {
  const { role, file } = effect;
  if (role.kind === 'remote') return role.isRead !== true;
  return !isCommand(effect) || role.kind !== 'publish' || !asks(commandNamed(program, file, role.event));
}
