// Statements that are built by a chain of calls: TypeORM's query builder, Drizzle, Kysely, Knex.
import type { Expr } from '../../facts/expressions.ts';
import type { Role, WriteRole } from '../../facts/roles.ts';
import type { Span } from '../../text.ts';
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

/** The argument of a later call of the chain that a call begins: of `set` for `db.update(orders)`. */
export function chained(site: CallSite, name: string): Expr | undefined {
  const found = site.view.callsNamed(name).find(({ action: { call } }) => {
    return call.callee.kind === 'member' && isSame(call.callee.object, site.call.span);
  });
  const given = found?.action.call.args[0];
  return given && site.view.valueOf(given);
}

/** `{ paid: { increment: 1 } }`, `{ $inc: { paid: 1 } }`, `` { paid: sql`${orders.paid} + 1` } ``: counts from what is there. */
export function increments(site: CallSite, data: Expr): boolean {
  const object = site.view.valueOf(data);
  if (object.kind !== 'object') return false;
  return object.entries.some((it) => {
    if (it.key === '$inc' || it.key === '$push') return true;
    const value = site.view.valueOf(it.value);
    if (counts(value)) return true;
    return (
      value.kind === 'object' &&
      value.entries.some((inner) => ['increment', 'decrement', 'push'].includes(inner.key))
    );
  });
}

function counts(value: Expr): boolean {
  if (value.kind !== 'template' || value.tag === undefined) return false;
  return value.parts.some((it) => typeof it === 'string' && /^\s*[-+]|[-+]\s*$/.test(it));
}

function written(site: CallSite, name: string): WriteRole {
  const isIn = (link: string): boolean =>
    site.view.callsNamed(link).some(({ action: { call } }) => holds(call.span, site.call.span));
  const data = chained(site, 'values') ?? chained(site, 'set');
  const isUpsert = isIn('orUpdate');
  return {
    kind: 'write',
    library: 'database',
    operation: name === 'insert' ? (isUpsert ? 'upsert' : 'insert') : name === 'update' ? 'update' : 'delete',
    ...(data ? { data } : {}),
    ...(isIn('orIgnore') ? { isConditional: true } : {}),
    confidence: 'shape',
  };
}

function body(expr: Expr | undefined): { readonly body?: Expr } {
  return expr ? { body: expr } : {};
}

function isSame(expr: Expr, span: Span): boolean {
  return expr.kind === 'call' && expr.span.start === span.start && expr.span.end === span.end;
}

function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
