// Statements that are built by a chain of calls: TypeORM's query builder, Drizzle, Kysely, Knex.
import type { Expr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';
import { increments } from './amounts.ts';
import { chained, linksNamed } from './chains.ts';
import { condition } from './writeConditions.ts';
import { tableOf } from './databaseTypes.ts';
import type { CallSite } from './framework.ts';

/** `repository.createQueryBuilder().insert()`, `db.transaction().execute(work)`: what no other call of the chain says. */
export function builtStatement(site: CallSite): Role | undefined {
  const { receiver, name, call } = site;
  if (receiver?.kind !== 'call' || receiver.callee.kind !== 'member') return undefined;
  const before = receiver.callee.name;
  if (before === 'transaction' && name === 'execute')
    return { kind: 'transaction', library: 'database', phase: 'callback', ...body(call.args[0]) };
  const isBuilder = before === 'createQueryBuilder' && /^(?:insert|update|delete|softDelete)$/.test(name);
  return isBuilder ? written(site, name) : undefined;
}

/** `db.update(orders).set({ … })` is one statement, told by its head. */
export function isLaterLink({ receiver, name }: CallSite): boolean {
  if (!/^(?:set|values|where|into|from)$/.test(name) || receiver?.kind !== 'call') return false;
  const { callee } = receiver;
  return (
    callee.kind === 'member' &&
    /^(?:update|updateTable|insert|insertInto|delete|deleteFrom)$/.test(callee.name)
  );
}

const heads = /^(?:insertInto|updateTable|deleteFrom|selectFrom|replaceInto|mergeInto)$/;

/** The table of a statement: `db.insertInto('orders')`, `db.insert(orders).values(…)`, `knex('orders').insert(…)`, `knex.insert(…).into('orders')`. */
export function tableIn(site: CallSite): string | undefined {
  const { receiver, name, call } = site;
  const [first, ...others] = call.args;
  if (heads.test(name)) return nameOf(first);
  const links = { insert: 'values', update: 'set', delete: 'where' } as const;
  const link = name === 'insert' || name === 'update' || name === 'delete' ? links[name] : undefined;
  const isHead =
    link !== undefined && others.length === 0 && (first?.kind === 'name' || first?.kind === 'member');
  if (isHead && linksNamed(site, [link]).length > 0) return first.name;
  const into = name === 'insert' ? nameOf(linksNamed(site, ['into'])[0]?.args[0]) : undefined;
  if (into !== undefined) return into;
  if (name === 'batchInsert') return nameOf(first);
  if (name === 'select') return nameOf(linksNamed(site, ['from'])[0]?.args[0]);
  return receiver && tableAsked(receiver);
}

/** `knex('orders').where({ id })` asks for one. */
function tableAsked(receiver: Expr): string | undefined {
  const table = tableOf(receiver);
  const [name] = table?.kind === 'call' ? table.args : [];
  return name?.kind === 'string' ? name.value : undefined;
}

function nameOf(table: Expr | undefined): string | undefined {
  if (table?.kind === 'string') return table.value;
  return table?.kind === 'name' ? table.name : undefined;
}

function written(site: CallSite, name: string): WriteRole {
  const isIn = (link: string): boolean => linksNamed(site, [link]).length > 0;
  const data = chained(site, 'values') ?? chained(site, 'set');
  const isUpsert = isIn('orUpdate');
  const isIncrement = name === 'update' && data !== undefined && increments(site, data);
  const update = isIncrement ? 'increment' : 'update';
  return {
    kind: 'write',
    library: 'database',
    operation: name === 'insert' ? (isUpsert ? 'upsert' : 'insert') : name === 'update' ? update : 'delete',
    ...(data ? { data } : {}),
    ...(isIn('orIgnore') || (name === 'update' && condition(site, data)) ? { isConditional: true } : {}),
    confidence: 'shape',
  };
}

function body(expr: Expr | undefined): { readonly body?: Expr } {
  return expr ? { body: expr } : {};
}
