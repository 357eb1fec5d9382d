// Transactions of stores: a callback, or statements that begin and end one.
import type { CallExpr, Expr, TypeExpr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';
import { transactionName } from '../../facts/transactionNames.ts';
import { pathOf } from '../paths.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, isText, type CallSite } from './framework.ts';
import { messaging } from '../../facts/messagingPackages.ts';

const callbacks = [
  '$transaction',
  'transaction',
  'withTransaction',
  'runInTransaction',
  'transactional',
  'executeTransaction',
  'inTransaction',
  'runTransaction',
];

/** `transaction(async (t) => t.insert(…))`: what the callback is handed stores, whatever it is called. */
export function isTransactionHandle({ view, receiver }: CallSite): boolean {
  return receiver !== undefined && isHandle(view, receiver);
}

/** What a caller hands in who has a transaction open. */
const unitsOfWork =
  /^(?:EntityManager|QueryRunner|ClientSession|PoolClient)$|Transaction(?:Client)?$|UnitOfWork$/;
/** Names of handles that are as often the names of what an event tells of. */
const handleOrEntity = /^(?:session|transaction|client|connection|conn|migration\w*|t)$/i;

/** `manager: EntityManager`. */
export function isUnitOfWork(type: TypeExpr | undefined): boolean {
  return type?.kind === 'ref' && unitsOfWork.test(type.name);
}

/**
 * `store(tx, event)`, `publish(event, manager)`: the same call without the transaction that it is handed beside the event.
 * What stands alone, or beside nothing but a name, is the event: `publish('session.started', session)`.
 */
export function withoutTransaction(site: CallSite): CallSite {
  const { view, call } = site;
  const args = call.args.filter((it) => !isOpenTransaction(view, it));
  if (args.every(isText) || args.length === call.args.length) return site;
  const arg = (index: number): Expr | undefined => args[index] && view.valueOf(args[index]);
  return { ...site, call: { ...call, args }, arg };
}

function isOpenTransaction(view: FileView, expr: Expr): boolean {
  if (expr.kind !== 'name') return false;
  const type = view.typeOf(expr);
  if (isUnitOfWork(type) || isHandle(view, expr)) return true;
  return transactionName.test(expr.name) && (type?.kind !== 'ref' || !handleOrEntity.test(expr.name));
}

/** Whether something is what a transaction hands its callback. */
export function isHandle(view: FileView, expr: Expr): boolean {
  const binding = view.bindingOf(expr);
  if (binding?.kind !== 'parameter' || binding.index !== 0) return false;
  const isGiven = ({ args }: CallExpr): boolean =>
    args.some((it) => it.kind === 'function' && it.function === binding.function);
  if (callbacks.some((name) => view.callsNamed(name).some(({ action }) => isGiven(action.call)))) return true;
  return view.callsNamed('execute').some(({ action: { call } }) => isBegun(call) && isGiven(call));
}

/** `db.transaction().execute(work)` of Kysely. */
function isBegun({ callee }: CallExpr): boolean {
  const [, before] = pathOf(callee).toReversed();
  return before === 'transaction()';
}

/** The role of a call that opens or closes a transaction. */
export function transaction(site: CallSite): Role | undefined {
  const library = 'database';
  if (callbacks.includes(site.name)) {
    const body = site.call.args.find((it) => site.view.valueOf(it).kind === 'function');
    if (body) return { kind: 'transaction', library, phase: 'callback', body };
    const isBatch = site.name === '$transaction' && site.call.args[0]?.kind === 'array';
    return isBatch ? { kind: 'transaction', library, phase: 'batch' } : undefined;
  }
  const begun =
    site.name === 'begin' || isRunByUnit(site)
      ? site.call.args.find((it) => site.view.valueOf(it).kind === 'function')
      : undefined;
  if (begun) return { kind: 'transaction', library, phase: 'callback', body: begun };
  // `this.begin(saga.id, 'reserve-stock')` writes down a step.
  if (/^(startTransaction|beginTransaction|begin)$/.test(site.name) && site.call.args.length < 2)
    return { kind: 'transaction', library, phase: 'begin' };
  if (/^(commitTransaction|commit)$/.test(site.name) && !isOfMessages(site))
    return { kind: 'transaction', library, phase: 'commit' };
  if (/^(rollbackTransaction|rollback|abortTransaction)$/.test(site.name))
    return { kind: 'transaction', library, phase: 'rollback' };
  return undefined;
}

/** `this.unitOfWork.run(async () => { … })`, whatever stands behind the port. */
function isRunByUnit({ view, name, receiver, receiverName }: CallSite): boolean {
  if (!/^(?:run|execute|do|perform|complete|start)(?![a-z])/.test(name)) return false;
  return (
    /unit_?of_?work$|^uow$/i.test(receiverName) ||
    (receiver !== undefined && isUnitOfWork(view.typeOf(receiver)))
  );
}

/** `order.commit()` of @nestjs/cqrs hands over the events that an aggregate applied; kafkajs has transactions of messages. */
function isOfMessages({ view, name, call, receiverName, origin }: CallSite): boolean {
  if (isFrom(origin, messaging)) return true;
  if (name !== 'commit' || call.args.length > 0 || !doesImport(view, ['@nestjs/cqrs'])) return false;
  return !/tr(?:an)?(?:saction|x)|^tx$|runner|client|session|conn/i.test(receiverName);
}
