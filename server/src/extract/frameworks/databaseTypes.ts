// Objects that hold rows whatever they are called: their type, or what made them, is a database package's.
import type { Expr } from '../../facts/expressions.ts';
import { pathOf } from '../paths.ts';
import type { FileView, Makes } from '../fileView.ts';
import { isFrom, type CallSite } from './framework.ts';
import { isHandle } from './transactions.ts';

const drizzle = [
  'node-postgres', 'postgres-js', 'mysql2', 'better-sqlite3', 'libsql', 'neon-http', 'neon-serverless', 'd1',
  'vercel-postgres', 'planetscale-serverless', 'bun-sqlite', 'bun-sql', 'pglite', 'aws-data-api/pg', 'singlestore',
]; // prettier-ignore

/** What these packages' own functions and methods give. */
export const madeByDatabases: Makes = {
  'knex.default': 'Knex',
  'knex.knex': 'Knex',
  ...Object.fromEntries(drizzle.map((it) => [`drizzle-orm/${it}.drizzle`, 'Database'])),
};

interface Kind {
  readonly modules: readonly string[];
  readonly types: RegExp;
}

/** Their own methods store: `data.insertInto('orders')`, `entities.persist(order)`. */
const direct: readonly Kind[] = [
  { modules: ['kysely'], types: /^(?:Kysely|(?:Controlled)?Transaction)$/ },
  { modules: ['drizzle-orm'], types: /(?:Database|Transaction)$/ },
  { modules: ['typeorm'], types: /(?:Repository|EntityManager)$/ },
  { modules: ['@mikro-orm/'], types: /(?:Repository|EntityManager)$/ },
  { modules: ['sequelize', 'sequelize-typescript'], types: /^Model(?:Static|Ctor)$/ },
];
/** Each member is a model: `store.order.create({ data })`. */
const byModel: Kind = { modules: ['@prisma/client'], types: /^(?:PrismaClient|TransactionClient)$/ };
/** Called with the name of a table: `k('orders').insert({ … })`. */
const byTable: Kind = { modules: ['knex'], types: /^(?:Knex|Transaction)$/ };

/** What a program connects with. */
const connections: readonly Kind[] = [
  byModel,
  byTable,
  { modules: ['kysely'], types: /^Kysely$/ },
  { modules: ['typeorm'], types: /^(?:DataSource|Connection)$/ },
];

const makers = /^get(?:Custom|Tree|Mongo)?Repository$/;

const queryWords =
  /^(?:where\w*|andWhere\w*|orWhere\w*|from|into|table|join|leftJoin|innerJoin|returning|transacting|forUpdate|withSchema|first|limit|orderBy|select)$/;

/** Whether a call goes to an object that stores by its type. */
export function isTypedStore({ view, receiver, call }: CallSite): boolean {
  if (!receiver || call.args.length === 0) return isTypedTable(view, receiver);
  if (receiver.kind === 'member' && isOf(view, receiver.object, byModel)) return true;
  if (direct.some((it) => isOf(view, receiver, it)) || isTypedTable(view, receiver)) return true;
  const made = view.makingOf(receiver);
  return made.kind === 'call' && makers.test(pathOf(made.callee).at(-1) ?? '');
}

/** `source.destroy()` ends a connection and deletes nothing. */
export function endsConnection({ view, receiver, call }: CallSite): boolean {
  return (
    receiver !== undefined && call.args.length === 0 && connections.some((it) => isOf(view, receiver, it))
  );
}

function isTypedTable(view: FileView, receiver: Expr | undefined): boolean {
  const table = receiver && tableOf(receiver);
  const begun = table?.kind === 'call' ? table.callee : table;
  return begun !== undefined && (isOf(view, begun, byTable) || isHandle(view, begun));
}

/** What a query is begun with: `k('stock')` of `k('stock').where({ sku })`, `k` of `k.from('stock')`. */
export function tableOf(receiver: Expr): Expr | undefined {
  let at = receiver;
  while (at.kind === 'call' && at.callee.kind === 'member' && queryWords.test(at.callee.name))
    at = at.callee.object;
  return at === receiver && at.kind !== 'call' ? undefined : at;
}

function isOf(view: FileView, expr: Expr, { modules, types }: Kind): boolean {
  const origin = view.originOf(expr);
  return origin !== undefined && isFrom(origin, modules) && types.test(origin.name);
}
