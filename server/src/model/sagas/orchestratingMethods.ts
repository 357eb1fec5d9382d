// What classes that call themselves orchestrators or sagas ask of other services, whether or not one method alone makes a saga.
import type { FunctionFact } from '../../facts/facts.ts';
import { durableEngines, sagaName, undoingCall } from '../../facts/sagaWords.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';

/** A method, and what it has others do by itself. */
export interface OrchestratingMethod {
  readonly fn: FunctionNode;
  readonly owner: string;
  readonly asked: readonly Effect[];
}

/** The methods of classes that have at least two things done elsewhere, each by a call that waits for an answer. */
export function orchestratingMethods(model: EventModel): readonly OrchestratingMethod[] {
  return saidOfFiles(model, 'methods of orchestrators', ({ file, imports, functions }) => {
    if (imports.some((it) => durableEngines.test(it.from))) return [];
    const owners = new Set(functions.flatMap((it) => (isOrchestrating(it) ? [it.owner] : [])));
    return [...owners].flatMap((owner) => {
      const own = functions.filter((it) => it.owner === owner);
      // Many things are orchestrated by requests; what takes back is a saga.
      const isUndone = own.some((it) => undoingCall.test(it.name));
      const methods = own.map((fact) => ({
        ...{ fn: { file, fact }, owner: owner ?? '' },
        asked: model
          .bodyOf({ file, fact })
          .effects.filter((it) => asks(it, fact, file) || (isUndone && requests(it, fact, file))),
      }));
      const names = new Set(methods.flatMap(({ asked }) => asked.map((it) => it.name)));
      return isUndone || names.size > 1 ? methods : [];
    });
  });
}

function isOrchestrating({ owner }: FunctionFact): boolean {
  return owner !== undefined && sagaName.test(owner);
}

/** A command to another service that answers, in the method's own body. */
function asks(effect: Effect, fn: FunctionFact, own: string): boolean {
  if (!isHere(effect, fn, own)) return false;
  const { role } = effect;
  if (role.kind === 'publish') return role.isRequest === true && role.isDetached !== true;
  return role.kind === 'remote' && role.what === 'rpc' && role.isRead !== true;
}

/** A request over HTTP, in the method's own body. */
function requests(effect: Effect, fn: FunctionFact, own: string): boolean {
  const { role } = effect;
  return role.kind === 'remote' && role.what === 'http' && isHere(effect, fn, own);
}

function isHere({ via, file, at }: Effect, { span }: FunctionFact, own: string): boolean {
  return via.length === 0 && file === own && span.start <= at.start && at.end <= span.end;
}
