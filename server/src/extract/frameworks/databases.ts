// What code does to stored data: TypeORM, Prisma, MikroORM, Sequelize, Mongoose, Knex, Drizzle, Kysely, pg, raw SQL, and
// hand-written repositories. An insert under a fresh key repeats its harm on every redelivery; an upsert does not.
import { table } from '../../table.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { actionsIn } from '../../facts/walk.ts';
import { madeBefore, outboxRow } from './outboxes.ts';
import { endsConnection, madeByDatabases } from './databaseTypes.ts';
import { changedOnConflict, increments } from './amounts.ts';
import { isForeignClient, toldClient } from './foreignClients.ts';
import { pathOf } from '../paths.ts';
import { chained, linksNamed } from './chains.ts';
import { builtStatement, isLaterLink, tableIn } from './queryBuilders.ts';
import { ranSql, textOf } from './statements.ts';
import { isCache, isStore } from './stores.ts';
import { isTransactionHandle, transaction } from './transactions.ts';
import { condition } from './writeConditions.ts';

const writes: Readonly<Record<string, WriteRole['operation']>> = table({
  insert: 'insert',
  insertMany: 'insert',
  insertOne: 'insert',
  create: 'insert',
  createMany: 'insert',
  createManyAndReturn: 'insert',
  bulkCreate: 'insert',
  batchInsert: 'insert',
  add: 'insert',
  persist: 'insert',
  save: 'insert',
  saveMany: 'insert',
  put: 'upsert',
  upsert: 'upsert',
  insertOrUpdate: 'upsert',
  findOrCreate: 'upsert',
  findOneAndReplace: 'upsert',
  replaceOne: 'upsert',
  update: 'update',
  nativeUpdate: 'update',
  updateOne: 'update',
  updateMany: 'update',
  updateById: 'update',
  findByIdAndUpdate: 'update',
  findOneAndUpdate: 'update',
  bulkWrite: 'update',
  delete: 'delete',
  nativeDelete: 'delete',
  nativeInsert: 'insert',
  deleteOne: 'delete',
  deleteMany: 'delete',
  deleteById: 'delete',
  remove: 'delete',
  destroy: 'delete',
  softDelete: 'delete',
  softRemove: 'delete',
  findByIdAndDelete: 'delete',
  findOneAndDelete: 'delete',
  findByIdAndRemove: 'delete',
  increment: 'increment',
  decrement: 'increment',
});
const reads = /^(find|get|load|fetch|read|count|exists?|query|select|search|lookup|aggregate)($|[A-Z])/;
const ownWrites =
  /^(save|insert|create|add|store|persist|update|upsert|delete|remove|increment|decrement|mark|set|append|reserve|release|restore)([A-Z]\w*)?$/;

export const databases: Framework = {
  name: 'database',
  triggers: [],
  makes: { 'Sequelize.define': 'Model', ...madeByDatabases },
  roles(site) {
    const opened = transaction(site);
    if (opened) return [opened];
    const built = builtStatement(site);
    if (built) return [built];
    if (isLaterLink(site)) return [];
    const sql = ranSql(site) ?? flushed(site);
    if (sql) return withEvent(site, sql);
    const isRead = reads.test(site.name);
    // What an object stores is a longer question than what a name says.
    if ((!isRead && !namesWrite(site)) || !isStore(site)) return [];
    const written = isCache(site) ? undefined : writeOf(site);
    if (written && isForeignClient(site)) return [toldClient(written)];
    if (written) return withEvent(site, written);
    return isRead
      ? [
          {
            kind: 'read',
            library: 'database',
            ...where(site),
            ...store(site),
            ...textOf(site),
            confidence: 'name',
          },
        ]
      : [];
  },
};

/** A row of an outbox is a message too. */
function withEvent(site: CallSite, role: Role): readonly Role[] {
  const made = role.kind === 'write' ? madeBefore(site) : undefined;
  const row = role.kind === 'write' && made?.data ? { ...role, data: made.data } : role;
  const event = row.kind === 'write' ? outboxRow(site.view, row, made?.entity ?? rowsOf(site)) : undefined;
  // What is persisted is written by the next flush.
  const gives = site.name === 'persist' ? 'nothing' : event?.gives;
  return event && gives ? [role, { ...event, gives }] : [role];
}

/** The entity that a repository is of: `manager.getRepository(OutboxMessage)`, `rows: Repository<OutboxMessage>`. */
function rowsOf({ view, receiver }: CallSite): string | undefined {
  const made = receiver && view.makingOf(receiver);
  const [entity] = made?.kind === 'call' && pathOf(made.callee).at(-1) === 'getRepository' ? made.args : [];
  if (entity?.kind === 'name') return entity.name;
  const type = receiver && view.typeOf(receiver);
  const [argument] =
    type?.kind === 'ref' && /(?:Repository|Model|Collection)$/.test(type.name) ? type.args : [];
  return argument?.kind === 'ref' ? argument.name : undefined;
}

function namesWrite(site: CallSite): WriteRole['operation'] | undefined {
  return Object.hasOwn(writes, site.name) ? writes[site.name] : ownWrite(site);
}

function writeOf(site: CallSite): WriteRole | undefined {
  const operation = namesWrite(site);
  if (!operation || isConnection(site) || endsConnection(site)) return undefined;
  if (isInMemoryCreate(site)) return undefined;
  const data = dataOf(site);
  const kept = operationOf(site, operation, data);
  return {
    kind: 'write',
    library: 'database',
    operation: kept,
    ...store(site),
    ...(data ? { data } : {}),
    ...where(site),
    ...(isConditional(site, kept, data) ? { isConditional: true } : {}),
    ...(site.name === 'delete' && site.view.entryOf(site.arg(0), 'where') ? { needsRow: true } : {}),
    ...(/^find(?:OrCreate|CreateFind)$/.test(site.name) ? { tellsIfMade: true } : {}),
    confidence: 'name',
  };
}

/** What counts on from the stored value counts twice, also as the second half of an upsert. */
function operationOf(
  site: CallSite,
  operation: WriteRole['operation'],
  data: Expr | undefined,
): WriteRole['operation'] {
  const isUpserting = isUpsert(site) || operation === 'upsert';
  const changed = changedOnConflict(site) ?? (operation === 'update' ? data : undefined);
  if (changed && operation !== 'delete' && increments(site, changed)) return 'increment';
  return isUpserting ? 'upsert' : operation;
}

/** A conflict is passed over, only a missing row is made, or a version or status is asked for. */
function isConditional(site: CallSite, operation: WriteRole['operation'], data: Expr | undefined): boolean {
  if (operation === 'increment' || operation === 'update') return condition(site, data);
  const object = data && site.view.valueOf(data);
  const isOnlyMade =
    object?.kind === 'object' &&
    object.entries.length > 0 &&
    object.entries.every((it) => it.key === '$setOnInsert');
  return isOnlyMade || hasConflictClause(site);
}

function ownWrite(site: CallSite): WriteRole['operation'] | undefined {
  const verb = ownWrites.exec(site.name)?.[1];
  // `createQueryBuilder()`, `createQueryRunner()` make a tool, `setTimeout` and the like change no data.
  const makesTool = /(?:QueryBuilder|QueryRunner|EntityManager|Connection|Index|Timeout|Interval|Options)$/;
  if (!verb || makesTool.test(site.name)) return undefined;
  if (/^(update|mark|set|reserve|release|restore)$/.test(verb))
    return verb === 'update' || verb === 'mark' || verb === 'set' ? 'update' : 'increment';
  if (/^(delete|remove)$/.test(verb)) return 'delete';
  if (/^(increment|decrement)$/.test(verb)) return 'increment';
  return verb === 'upsert' ? 'upsert' : 'insert';
}

/** `client.release()`, `pool.add()`: a connection has no data of its own, only transactions' and SQL's verbs count there. */
function isConnection(site: CallSite): boolean {
  const isPlumbing = /^(client|pool|conn|queryRunner|dataSource|knex|session)$|connection$/i.test(
    site.receiverName,
  );
  return isPlumbing && (site.call.args.length === 0 || !Object.hasOwn(writes, site.name));
}

/** TypeORM's and MikroORM's `repo.create(data)` only makes an object: nobody awaits it. */
function isInMemoryCreate(site: CallSite): boolean {
  if (site.name !== 'create') return false;
  if (isFrom(site.origin, ['typeorm', '@mikro-orm/'])) return true;
  return site.action.settled === 'collected' && !site.call.args.some((it) => site.view.entryOf(it, 'data'));
}

function dataOf(site: CallSite): Expr | undefined {
  const first = site.arg(0);
  const data = site.view.entryOf(first, 'data');
  if (data) return data;
  const set = /^update(?:Table)?$/.test(site.name) ? chained(site, 'set') : undefined;
  const values = /^(?:insert|insertInto)$/.test(site.name) ? chained(site, 'values') : undefined;
  if (set ?? values) return set ?? values;
  if (site.name === 'nativeUpdate') return site.call.args.at(-1);
  // `Order.update(values, { where })` of Sequelize has the values first.
  if (site.view.entryOf(site.arg(1), 'where')) return first;
  if (site.name.startsWith('update') || site.name.startsWith('find')) return site.arg(1) ?? first;
  if (entityOf(site) !== undefined) return site.arg(1);
  return first;
}

function where(site: CallSite): { where?: Expr } {
  const first = site.arg(0);
  const condition = site.view.entryOf(first, 'where');
  if (condition) return { where: condition };
  const second = site.view.entryOf(site.arg(1), 'where');
  if (second) return { where: second };
  // `knex('stock').where({ sku }).update({ … })` is told the condition before.
  const [before] = linksNamed(site, ['where']);
  const asked = before?.args[0];
  if (asked) return asked.kind === 'object' || asked.kind === 'call' ? { where: asked } : {};
  // `stock.update({ … })` is told nothing but the new values.
  if (site.name === 'update' && site.call.args.length === 1) return {};
  return first && /^(update|find|delete|get|load|exists?)/.test(site.name) ? { where: first } : {};
}

function store(site: CallSite): { store?: string } {
  return {
    store:
      entityOf(site) ?? madeBefore(site)?.entity ?? tableIn(site) ?? site.receiverName.replace(/\(\)$/, ''),
  };
}

/** `manager.insert(Order, { … })`: an entity manager is told the entity first. */
function entityOf(site: CallSite): string | undefined {
  const first = site.call.args[0];
  const isManager = /manager|^em$|^tx$|^trx$/i.test(site.receiverName.replace(/\(\)$/, ''));
  return (isManager || isTransactionHandle(site)) && first?.kind === 'name' && /^[A-Z]/.test(first.name)
    ? first.name
    : undefined;
}

function isUpsert(site: CallSite): boolean {
  const options = site.call.args.map((it) => site.view.entryOf(it, 'upsert'));
  if (options.some((it) => it?.kind === 'literal' && it.text === 'true')) return true;
  return linksNamed(site, ['onDuplicateKeyUpdate']).length > 0;
}

const conflictClauses = ['onConflict', 'ignore', 'orIgnore', 'onConflictDoNothing', 'onConflictDoUpdate'];

/** `.insert(…).onConflict(…).ignore()`, `.orIgnore()`, `.onConflictDoNothing()`, `{ skipDuplicates: true }`. */
function hasConflictClause(site: CallSite): boolean {
  const flag =
    site.view.entryOf(site.arg(0), 'skipDuplicates') ?? site.view.entryOf(site.arg(1), 'ignoreDuplicates');
  if (flag?.kind === 'literal' && flag.text === 'true') return true;
  return linksNamed(site, conflictClauses).length > 0;
}

/** `em.flush()` of MikroORM stores what was changed on the objects that were loaded. */
function flushed({ view, name, call, fn }: CallSite): WriteRole | undefined {
  if (name !== 'flush' || call.args.length > 0 || !doesImport(view, ['@mikro-orm/'])) return undefined;
  const isCounted = [...actionsIn(fn.body)].some(
    (it) => it.kind === 'assign' && it.target.kind === 'member' && /^(?:[-+*/]=|\+\+|--)$/.test(it.operator),
  );
  return {
    kind: 'write',
    library: 'database',
    operation: isCounted ? 'increment' : 'update',
    confidence: 'name',
  };
}
