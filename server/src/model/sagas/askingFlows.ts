// Functions that do one thing after the other and have other services do some of it: a flow, whether or not it calls itself a saga.
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { commandNamed } from '../names/commandNames.ts';
import { asks } from './deeds.ts';
import { isCommand } from './sagaSigns.ts';

/** A function, and what it asks others to do by messages that are answered, or by calls that have no end of their own. */
export interface AskingFlow {
  readonly fn: FunctionNode;
  readonly asked: readonly Effect[];
}

/** All of them: each does at least two things that last, of which others do one. */
export function askingFlows(model: EventModel): readonly AskingFlow[] {
  return saidOfFiles(model, 'flows that ask', ({ file, functions }) => {
    if (model.isOfScreen(file)) return [];
    return functions.flatMap((fact): readonly AskingFlow[] => {
      const fn = { file, fact };
      if (fact.kind === 'module') return [];
      const done = model.bodyOf(fn).effects.filter((it) => !it.inCatch && !it.runs && changes(model, it));
      const asked = done.filter((it) => isAnsweredOverBroker(it) || waitsForEver(it));
      const places = new Set(done.map((it) => placeOf(it)));
      return asked.length > 0 && places.size > 1 ? [{ fn, asked }] : [];
    });
  });
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
