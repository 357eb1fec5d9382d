// Calls that start something and do not wait for it: their promise is dropped.
import type { CallAction } from '../../facts/actions.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import type { Level } from './handling.ts';

/** It gives a promise, whatever else a store or a broker may give. */
function isRequest({ call, roles }: CallAction): boolean {
  const isFetch = call.callee.kind === 'name' && call.callee.name === 'fetch';
  return roles.some(
    (it) => it.kind === 'remote' && it.what === 'http' && (isFetch || it.confidence === 'type'),
  );
}

/** These store at once, or with the next flush. */
const synchronous = /^(?:better-sqlite3|(?:node|bun):sqlite|lowdb)$|^@mikro-orm\//;

/** `this.orders.save(order);`: what a database does is a promise, but for the few that store at once. */
function isStored({ files, program }: EventModel, entry: FunctionNode, { call, roles }: CallAction): boolean {
  const isWrite = roles.some((it) => it.kind === 'write' && it.library === 'database');
  if (!isWrite || program.calleesOf(entry.file, entry, call).length > 0) return false;
  return !files.get(entry.file)?.imports.some((it) => synchronous.test(it.from));
}

/** A call whose promise is dropped: of an async function of the workspace, a request, a write to a database. */
export function isStarted(
  model: EventModel,
  entry: FunctionNode,
  action: CallAction,
  next: Level | undefined,
): boolean {
  if (action.settled === 'dropped' && (isRequest(action) || isStored(model, entry, action))) return true;
  const isGuess = action.roles.every((it) => it.kind === 'remote' && it.confidence === 'name');
  const leads = action.settled === 'dropped' && isGuess && next?.entry.fact.isAsync === true;
  const callees = leads ? model.program.calleesOf(entry.file, entry, action.call) : [];
  return callees.length > 0 && callees.every((it) => it.fact.isAsync || it.fact.isAbstract);
}
