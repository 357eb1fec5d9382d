// Which objects hold rows or documents: repositories, models, tables, connections, and documents that store themselves.
import { actionsIn } from '../../facts/walk.ts';
import type { Expr, NameExpr, TypeExpr } from '../../facts/expressions.ts';
import { givenLater } from '../../facts/walk.ts';
import type { FileView } from '../fileView.ts';
import { pathOf } from '../paths.ts';
import { doesImport, isFrom, type CallSite } from './framework.ts';
import { messaging } from '../../facts/messagingPackages.ts';
import { isTypedStore, tableOf } from './databaseTypes.ts';
import { isTransactionHandle } from './transactions.ts';

const storeName =
  /(repo(sitory)?|model|collection|table|entity_?manager|manager|transaction|prisma|database|knex|store|session|client|connection|queryrunner|datasource|mapper)s?(service|client)?$/i;
/** Short names stand alone or as the last word: `em`, `this.userDb`, not `items`. */
const shortStoreName =
  /(?:^|_)(?:em|tx|trx|db|orm|dao|pool|conn)s?$|[a-z\d](?:Em|Tx|Trx|D[bB]|O(?:rm|RM)|D(?:ao|AO)|Pool|Conn)s?$/;
const collections = /^(?:Map|Set|WeakMap|WeakSet|Array|URLSearchParams|FormData|Headers)$/;
const notStore =
  /logger|console|redux|dispatch|http|axios|kafka|channel|producer|consumer|cache$|map$|set$|formData|headers|params|classList|emitter|socket|config|array|list$|window|localstorage|form|middleware|^(?:mixpanel|posthog|amplitude)/i;

/** Methods that nothing but a collection or model has. */
export const onlyStores =
  /^(?:insertOne|insertMany|updateOne|updateMany|deleteOne|deleteMany|replaceOne|bulkWrite|findOneAndUpdate|findByIdAndUpdate|findByIdAndDelete|findMany|findFirst|findFirstOrThrow|findUnique|findUniqueOrThrow|createMany|findByPk|softRemove|softDelete)$/;

/** Whose members are models: `prisma.order`, `this.databaseService.order`. */
const modelHolder = /^(?:prisma|tx|trx|db|database|orm|client|(?:prisma|db|database)(?:service|client))$/i;
const modelMethods =
  /^(findById\w*|findOne\w*|findByPk|updateOne|updateMany|deleteOne|deleteMany|insertMany|bulkCreate|findOrCreate)$/;
const modelPackages = [
  'mongoose',
  'sequelize',
  'sequelize-typescript',
  '@nestjs/mongoose',
  '@nestjs/sequelize',
  '@typegoose/typegoose',
];

/** What they count is no stored data. */
const metrics = [
  'hot-shots',
  'node-statsd',
  'statsd-client',
  'prom-client',
  '@opentelemetry/',
  'datadog-metrics',
];

const caches = [
  'cache-manager',
  '@nestjs/cache-manager',
  'keyv',
  'node-cache',
  'lru-cache',
  'memory-cache',
  'memjs',
  'redis',
  '@redis/client',
  'ioredis',
];

/** Whether a call goes to a cache: what it holds may be lost at any time, so nothing depends on its being stored. */
export function isCache({ origin, receiverName }: CallSite): boolean {
  return isFrom(origin, caches) || /cache_?(?:manager|client|store)?(?:\(\))?$/i.test(receiverName);
}

/** Whether a call goes to something that stores. */
export function isStore(site: CallSite): boolean {
  if (!site.receiver || isFrom(site.origin, messaging) || isFrom(site.origin, metrics)) return false;
  if (isSetUp(site)) return false;
  if (isDocument(site) || isTypedStore(site)) return true;
  const name = site.receiverName.replace(/\(\)$/, '');
  if (onlyStores.test(site.name)) return true;
  if (notStore.test(name) || (site.origin && collections.test(site.origin.name))) return false;
  if (isTransactionHandle(site) || namesStore(name) || (site.origin && namesStore(site.origin.name)))
    return true;
  const before = site.path.at(-3)?.replace(/\(\)$/, '') ?? '';
  return (
    modelHolder.test(before) ||
    isUpdateOfModel(site) ||
    isServiceAdapter(site, name) ||
    isTable(site.receiver) ||
    isModelClass(site, name)
  );
}

/** `this.rows.product.update({ where, data })`: Prisma's client by the shape of what it is told, whatever class extends it. */
function isUpdateOfModel({ view, receiver, name, arg }: CallSite): boolean {
  if (!/^(?:update|updateMany|upsert)$/.test(name) || receiver?.kind !== 'member') return false;
  const told = name === 'upsert' ? ['where', 'create', 'update'] : ['where', 'data'];
  return told.every((it) => view.entryOf(arg(0), it) !== undefined);
}

/** `this.adapter.insert(order)`: what a service of Moleculer stores its rows with. */
function isServiceAdapter({ view, path }: CallSite, name: string): boolean {
  return name === 'adapter' && path[0] === 'this' && doesImport(view, ['moleculer', 'moleculer-db']);
}

/** `oauth2Client.setCredentials(tokens)`, `sessionManager.setActive(true)`: what an object is told of itself, or nobody waits for. */
function isSetUp({ name, receiverName, action }: CallSite): boolean {
  if (!/^set[A-Z]/.test(name) || !settable.test(receiverName)) return false;
  return action.settled === 'dropped' || ownSetting.test(name);
}

const settable = /(?:client|manager|session|model|mapper|connection)(?:\(\))?$/i;
const ownSetting =
  /(?:Credentials?|Config(?:uration)?|Options|Headers?|Tokens?|ApiKey|Auth|Logger|Path|Url)$/;

/** `knex('stock').where({ sku })`: a query on something that stores. */
function isTable(receiver: Expr): boolean {
  const table = tableOf(receiver);
  const name = (table && pathOf(table).at(-1)) ?? '';
  return /(?:^|_)(?:knex|db|trx?|tx|database)(?:\(\))?$/i.test(name);
}

/** Whether an object is called after what stores. */
export function namesStore(name: string): boolean {
  return storeName.test(name) || shortStoreName.test(name);
}

/** `order.save()` where `order` came from `Order.build(…)`, `new Order(…)` or `await Order.findById(…)`: an object that stores itself. */
function isDocument(site: CallSite): boolean {
  const { view, receiver, name, call } = site;
  if (receiver && /^(?:update|increment|decrement)$/.test(name)) return isRecord(site);
  if (!receiver || !/^(save|remove|deleteOne|destroy)$/.test(name) || call.args.length > 1) return false;
  const made = receiver.kind === 'name' ? madeFor(view, receiver) : receiver;
  if (made?.kind === 'new') {
    const { callee } = made;
    return callee.kind === 'name'
      ? /^[A-Z]/.test(callee.name)
      : callee.kind === 'member' && (/model$/i.test(callee.name) || isModel(view.typeOf(callee)));
  }
  if (made?.kind === 'call' && (isOfInstance(made.callee) || isLoadedAndChanged(site, made.callee)))
    return true;
  const [model, maker] = made?.kind === 'call' ? pathOf(made.callee) : [];
  return /^[A-Z]/.test(model ?? '') && /^(build|create|find|get|load|fetch|from|hydrate)/.test(maker ?? '');
}

/** `private readonly orders: Model<Order>`. */
function isModel(type: TypeExpr | undefined): boolean {
  return type?.kind === 'ref' && /Model$/.test(type.name);
}

/** `const user = await this.loadUser(id); user.isActive = false; await user.save();`: what is loaded, changed and saved is a document. */
function isLoadedAndChanged(site: CallSite, maker: Expr): boolean {
  const { receiver, name, call, fn } = site;
  if (name !== 'save' || call.args.length > 0 || receiver?.kind !== 'name' || !isWaitedFor(site))
    return false;
  if (!/^(?:find|get|load|fetch|require)(?![a-z])/.test(pathOf(maker).at(-1) ?? '')) return false;
  return actionsIn(fn.body).some(
    (it) =>
      it.kind === 'assign' &&
      it.target.kind === 'member' &&
      it.target.object.kind === 'name' &&
      it.target.object.binding === receiver.binding,
  );
}

/** What a variable was given; of `Order.findById(id).exec()` what runs it says nothing of what comes. */
function madeFor(view: FileView, name: NameExpr): Expr | undefined {
  const given = view.bindingOf(name)?.init ?? givenLater(view.facts, name.binding);
  const isRun = given?.kind === 'call' && given.callee.kind === 'member' && given.callee.name === 'exec';
  return isRun && given.callee.kind === 'member' ? given.callee.object : given;
}

/** `await this.orderModel.findById(id)`, `getRepository(Order).create({ … })`: what gives documents that store themselves. */
function isOfInstance(callee: Expr): boolean {
  if (callee.kind !== 'member' || !/^(?:find|get|create)(?:One|By|$)/.test(callee.name)) return false;
  const holder = pathOf(callee.object).at(-1) ?? '';
  return (
    /(?:repo|repository|model)$/i.test(holder) || /^get(?:Custom|Mongo)?Repository(?:\(\))?$/.test(holder)
  );
}

/** `stock.update({ … })` where `stock` came from `await Stock.findOne(…)` of Sequelize. */
function isRecord(site: CallSite): boolean {
  const made = site.receiver && site.view.bindingOf(site.receiver)?.init;
  if (made?.kind !== 'call' || made.callee.kind !== 'member') return false;
  const { object: model, name: maker } = made.callee;
  if (!/^(?:find|build|create)/.test(maker) || model.kind !== 'name' || !/^[A-Z]/.test(model.name))
    return false;
  return isOfModels({ ...site, receiver: model }, model.name);
}

/** `Order.update(…, { where })`, `Ticket.findById(…)` of Mongoose, Sequelize and active records: a class with a method only models have. */
function isModelClass(site: CallSite, name: string): boolean {
  if (!/^[A-Z]\w*[a-z]/.test(name)) return false;
  if (modelMethods.test(site.name)) return true;
  const hasWhere = site.call.args.some((it) => site.view.entryOf(it, 'where') !== undefined);
  const isEntity = activeMethods.test(site.name) && isOfEntities(site, name) && isWaitedFor(site);
  if (isEntity) return true;
  if (hasWhere && /^(?:update|destroy|increment|decrement|findAll|count|upsert)$/.test(site.name))
    return true;
  const isKnown = /outbox/i.test(name) || isOfModels(site, name);
  return /^(?:create|upsert)$/.test(site.name) && isWaitedFor(site) && isKnown;
}

/** What a class of TypeORM that stores itself is asked for: `Order.save(order)`, `Order.update({ id }, …)`. */
const activeMethods = /^(?:save|insert|update|upsert|delete|remove|recover|increment|decrement)$/;

function isOfEntities({ view }: CallSite, name: string): boolean {
  return /(?:^|[/.-])entit(?:y|ies)(?:$|[/.])/i.test(view.importedFrom(name) ?? '');
}

/** An entity's own `Order.create(…)` gives the order at once. */
function isWaitedFor({ action }: CallSite): boolean {
  return action.settled === 'awaited' || action.settled === 'returned';
}

/** The class comes from a file of models, is made as one here, or the file works with such a library. */
function isOfModels({ view, receiver }: CallSite, name: string): boolean {
  const from = view.importedFrom(name) ?? '';
  if (/(?:^|[/.-])(?:models?|schemas?)(?:$|[/.])/i.test(from)) return true;
  if (doesImport(view, modelPackages)) return true;
  const init = receiver && view.bindingOf(receiver)?.init;
  const maker = init?.kind === 'call' ? pathOf(init.callee).at(-1) : undefined;
  return maker === 'model' || maker === 'define' || maker === 'getModelForClass';
}
