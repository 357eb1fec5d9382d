// Events that hold something which lives only as long as a call or a connection: they are hooks within a process.
import type { Expr } from '../../facts/expressions.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';
import { typeStatesFact } from '../names/names.ts';

/** Open transactions, requests and connections of libraries. */
const live =
  /^(?:Transaction|TransactionClient|QueryRunner|EntityManager|ClientSession|PoolClient|Request|Response|IncomingMessage|ServerResponse|Socket|WebSocket|ExecutionContext)$/;

/** Whether a field of a declared event is one of them. */
export function bearsLive({ program }: EventModel, node: TypeNode): boolean {
  return [...program.fieldsOf(node.file, node).fields.values()].some(({ file, member: { type } }) => {
    if (type?.kind !== 'ref' || !live.test(type.name.split('.').at(-1) ?? '')) return false;
    return program.packageOf(file, type.name) !== undefined;
  });
}

/** Whether an object literal hands on the transaction that it was made in: `{ invoiceId, trx }`. */
export function handsLive(object: Expr): boolean {
  return (
    object.kind === 'object' &&
    object.entries.some(
      ({ key, value }) =>
        /^(?:trx|tx|transaction|queryRunner|entityManager)$/.test(key) && value.kind === 'name',
    )
  );
}

/** A row of one's own, by the file that declares it. */
const stored = /\.(?:orm-?)?entity$|\/entities\//;

/** `LifecycleEvent { policy: AccessPolicy }`, which nobody sends and which states no fact: rows are handed to a state machine by it. */
export function isInput({ files, program }: EventModel, event: EventNode, node: TypeNode): boolean {
  if (event.producers.length + event.consumers.length > 0 || typeStatesFact(node.fact.name)) return false;
  return [...program.fieldsOf(node.file, node).fields.values()].some(({ file, member: { type } }) => {
    const name = type?.kind === 'ref' ? type.name : undefined;
    return files.get(file)?.imports.some((it) => it.local === name && stored.test(it.from)) === true;
  });
}
