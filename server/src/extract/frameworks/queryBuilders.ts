// Statements that are built by a chain of calls: TypeORM's query builder, Drizzle, Kysely, Knex.
import type { Expr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';
import { increments } from './amounts.ts';
import { chained, linksNamed } from './chains.ts';
import { condition } from './writeConditions.ts';
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
