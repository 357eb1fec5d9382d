// What code does to stored data: TypeORM, Prisma, MikroORM, Sequelize, Mongoose, Knex, Drizzle, Kysely, pg, raw SQL, and
// hand-written repositories. An insert under a fresh key repeats its harm on every redelivery; an upsert does not.
import type { Expr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';
import { pathOf } from '../paths.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { outboxRow } from './outboxes.ts';
import { builtStatement, chained, increments, isLaterLink } from './queryBuilders.ts';
import { readSql } from './sql.ts';

const storeName =
  /(repo(sitory)?|model|collection|table|entity_?manager|manager|transaction|prisma|database|knex|store|session|client|connection|queryrunner|datasource|mapper)s?(service|client)?$/i;
/** Short names stand alone or as the last word: `em`, `this.userDb`, not `items`. */
const shortStoreName =
  /(?:^|_)(?:em|tx|trx|db|orm|dao|pool|conn)s?$|[a-z\d](?:Em|Tx|Trx|D[bB]|O(?:rm|RM)|D(?:ao|AO)|Pool|Conn)s?$/;
const collections = /^(?:Map|Set|WeakMap|WeakSet|Array|URLSearchParams|FormData|Headers)$/;
const notStore =
  /logger|console|redux|dispatch|http|axios|kafka|channel|producer|consumer|cache$|map$|set$|formData|headers|params|classList|emitter|socket|config|array|list$|window|localstorage|form/i;

/** What these packages give holds messages or runs, not rows. */
const messaging = [
  '@temporalio/',
  'kafkajs',
  '@confluentinc/kafka-javascript',
  'amqplib',
  'amqp-connection-manager',
  '@golevelup/nestjs-rabbitmq',
  'nats',
  '@node-ts/',
  '@nestjs/microservices',
  '@nestjs/cqrs',
  'bull',
  'bullmq',
  '@azure/service-bus',
  '@google-cloud/pubsub',
];

/** Methods that nothing but a collection or model has. */
const onlyStores =
  /^(?:insertOne|insertMany|updateOne|updateMany|deleteOne|deleteMany|replaceOne|bulkWrite|findOneAndUpdate|findByIdAndUpdate|findByIdAndDelete|findMany|findUnique|findUniqueOrThrow|createMany|findByPk)$/;

const writes: Readonly<Record<string, WriteRole['operation']>> = {
  insert: 'insert',
  insertMany: 'insert',
  insertOne: 'insert',
  create: 'insert',
  createMany: 'insert',
  createManyAndReturn: 'insert',
  bulkCreate: 'insert',
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
};
const reads = /^(find|get|load|fetch|read|count|exists?|query|select|search|lookup|aggregate)($|[A-Z])/;
const ownWrites =
  /^(save|insert|create|add|store|persist|update|upsert|delete|remove|increment|decrement|mark|set|append|reserve|release|restore)([A-Z]\w*)?$/;

export const databases: Framework = {
  name: 'database',
  triggers: [],
  makes: { 'Sequelize.define': 'Model' },
  roles(site) {
    const opened = transaction(site);
    if (opened) return [opened];
    const built = builtStatement(site);
    if (built) return [built];
    if (isLaterLink(site)) return [];
    const sql = ranSql(site);
    if (sql) return withEvent(site, sql);
    if (!isStore(site)) return [];
    const written = writeOf(site);
    if (written) return withEvent(site, written);
    return reads.test(site.name)
      ? [{ kind: 'read', library: 'database', ...where(site), ...store(site), confidence: 'name' }]
      : [];
  },
};

/** A row of an outbox is a message too. */
function withEvent(site: CallSite, role: Role): readonly Role[] {
  const event = role.kind === 'write' ? outboxRow(site.view, role) : undefined;
  return event ? [role, event] : [role];
}

function isStore(site: CallSite): boolean {
  if (!site.receiver || isFrom(site.origin, messaging)) return false;
  if (isDocument(site)) return true;
  const name = site.receiverName.replace(/\(\)$/, '');
  if (onlyStores.test(site.name)) return true;
  if (notStore.test(name) || (site.origin && collections.test(site.origin.name))) return false;
  if (namesStore(name) || (site.origin && namesStore(site.origin.name))) return true;
  const before = site.path.at(-3)?.replace(/\(\)$/, '') ?? '';
  return /^(prisma|tx|trx|db|prismaService|client)$/i.test(before) || isModelClass(site, name);
}

function namesStore(name: string): boolean {
  return storeName.test(name) || shortStoreName.test(name);
}

/** `order.save()` where `order` came from `Order.build(…)`, `new Order(…)` or `await Order.findById(…)`: an object that stores itself. */
function isDocument({ view, receiver, name, call }: CallSite): boolean {
  if (!receiver || !/^(save|remove|deleteOne|destroy)$/.test(name) || call.args.length > 1) return false;
  const made = receiver.kind === 'name' ? view.bindingOf(receiver)?.init : receiver;
  if (made?.kind === 'new') return made.callee.kind === 'name' && /^[A-Z]/.test(made.callee.name);
  const [model, maker] = made?.kind === 'call' ? pathOf(made.callee) : [];
  return /^[A-Z]/.test(model ?? '') && /^(build|create|find|get|load|fetch|from|hydrate)/.test(maker ?? '');
}

/** `Order.create(…)`, `Ticket.findById(…)` of Mongoose, Sequelize and active records: a class with a method only models have. */
function isModelClass(site: CallSite, name: string): boolean {
  return (
    /^[A-Z][a-z]/.test(name) &&
    /^(findById\w*|findOne\w*|findByPk|updateOne|updateMany|deleteOne|deleteMany|insertMany|bulkCreate|findOrCreate)$/.test(
      site.name,
    )
  );
}

function writeOf(site: CallSite): WriteRole | undefined {
  const known = Object.hasOwn(writes, site.name) ? writes[site.name] : undefined;
  const operation = known ?? ownWrite(site);
  if (!operation || isConnection(site)) return undefined;
  if (isInMemoryCreate(site)) return undefined;
  const data = dataOf(site);
  const condition = where(site);
  const isIncrement = operation === 'update' && data !== undefined && increments(site, data);
  return {
    kind: 'write',
    library: 'database',
    operation: isUpsert(site) ? 'upsert' : isIncrement ? 'increment' : operation,
    ...store(site),
    ...(data ? { data } : {}),
    ...condition,
    ...(hasConflictClause(site) ? { isConditional: true } : {}),
    confidence: 'name',
  };
}

function ownWrite(site: CallSite): WriteRole['operation'] | undefined {
  const verb = ownWrites.exec(site.name)?.[1];
  // `createQueryBuilder()`, `createQueryRunner()` make a tool, `setTimeout` and the like change no data.
  if (
    !verb ||
    /(?:QueryBuilder|QueryRunner|EntityManager|Connection|Index|Timeout|Interval)$/.test(site.name)
  )
    return undefined;
  if (/^(update|mark|set|reserve|release|restore)$/.test(verb))
    return verb === 'update' || verb === 'mark' || verb === 'set' ? 'update' : 'increment';
  if (/^(delete|remove)$/.test(verb)) return 'delete';
  if (/^(increment|decrement)$/.test(verb)) return 'increment';
  return verb === 'upsert' ? 'upsert' : 'insert';
}

/** `client.release()`, `pool.add()`: a connection has no data of its own, only transactions' and SQL's verbs count there. */
function isConnection(site: CallSite): boolean {
  const isPlumbing = /^(client|pool|conn(ection)?|queryRunner|dataSource|knex|session)$/i.test(
    site.receiverName,
  );
  return isPlumbing && (site.call.args.length === 0 || !Object.hasOwn(writes, site.name));
}

/** TypeORM's and MikroORM's `repo.create(data)` only makes an object: nobody awaits it. */
function isInMemoryCreate(site: CallSite): boolean {
  return (
    site.name === 'create' &&
    site.action.settled === 'collected' &&
    !site.call.args.some((it) => site.view.entryOf(it, 'data'))
  );
}

function dataOf(site: CallSite): Expr | undefined {
  const first = site.arg(0);
  const data = site.view.entryOf(first, 'data');
  if (data) return data;
  const set = site.name === 'update' ? chained(site, 'set') : undefined;
  if (set) return set;
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
  return first && /^(update|find|delete|get|load)/.test(site.name) ? { where: first } : {};
}

function store(site: CallSite): { store?: string } {
  return { store: entityOf(site) ?? site.receiverName.replace(/\(\)$/, '') };
}

/** `manager.insert(Order, { … })`: an entity manager is told the entity first. */
function entityOf(site: CallSite): string | undefined {
  const first = site.call.args[0];
  const isManager = /manager|^em$|^tx$|^trx$/i.test(site.receiverName.replace(/\(\)$/, ''));
  return isManager && first?.kind === 'name' && /^[A-Z]/.test(first.name) ? first.name : undefined;
}

function isUpsert(site: CallSite): boolean {
  const options = site.call.args.map((it) => site.view.entryOf(it, 'upsert'));
  return options.some((it) => it?.kind === 'literal' && it.text === 'true');
}

/** `.insert(…).onConflict(…).ignore()`, `.orIgnore()`, `.onConflictDoNothing()`, `{ skipDuplicates: true }`. */
function hasConflictClause(site: CallSite): boolean {
  const flag =
    site.view.entryOf(site.arg(0), 'skipDuplicates') ?? site.view.entryOf(site.arg(1), 'ignoreDuplicates');
  if (flag?.kind === 'literal' && flag.text === 'true') return true;
  const chained = ['onConflict', 'orIgnore', 'onConflictDoNothing', 'onConflictDoUpdate', 'doNothing'];
  return chained.some((name) =>
    site.view.callsNamed(name).some((it) => covers(it.action.call.span, site.call.span)),
  );
}

function covers(outer: { start: number; end: number }, inner: { start: number; end: number }): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function transaction(site: CallSite): Role | undefined {
  const library = 'database';
  if (
    /^(\$transaction|transaction|withTransaction|runInTransaction|transactional|executeTransaction|inTransaction|runTransaction)$/.test(
      site.name,
    )
  ) {
    const body = site.call.args.find((it) => site.view.valueOf(it).kind === 'function');
    return body ? { kind: 'transaction', library, phase: 'callback', body } : undefined;
  }
  if (/^(startTransaction|beginTransaction|begin)$/.test(site.name))
    return { kind: 'transaction', library, phase: 'begin' };
  if (/^(commitTransaction|commit)$/.test(site.name) && !isOfMessages(site))
    return { kind: 'transaction', library, phase: 'commit' };
  if (/^(rollbackTransaction|rollback|abortTransaction)$/.test(site.name))
    return { kind: 'transaction', library, phase: 'rollback' };
  return undefined;
}

/** `order.commit()` of @nestjs/cqrs hands over the events that an aggregate applied; kafkajs has transactions of messages. */
function isOfMessages({ view, name, call, receiverName, origin }: CallSite): boolean {
  if (isFrom(origin, messaging)) return true;
  if (name !== 'commit' || call.args.length > 0 || !doesImport(view, ['@nestjs/cqrs'])) return false;
  return !/tr(?:an)?(?:saction|x)|^tx$|runner|client|session|conn/i.test(receiverName);
}

/** `pool.query('INSERT …')`, `` sql`UPDATE …` ``, `` prisma.$executeRaw`…` ``. */
function ranSql(site: CallSite): Role | undefined {
  const first = site.arg(0);
  const text = first?.kind === 'object' ? site.view.entryOf(first, 'text') : first;
  if (text?.kind !== 'string' && text?.kind !== 'template') return undefined;
  return readSql(text, valuesOf(site, first));
}

/** `query(sql, [a, b])`, `query({ text, values: [a, b] })`. */
function valuesOf(site: CallSite, first: Expr | undefined): readonly Expr[] {
  const list = first?.kind === 'object' ? site.view.entryOf(first, 'values') : site.arg(1);
  return list?.kind === 'array' ? list.items : [];
}
