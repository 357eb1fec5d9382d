// Statements of SQL that are run: what they do by their text, or which text says it.
import type { Expr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';
import { readSql } from '../../facts/sql.ts';
import { pathOf } from '../paths.ts';
import { linksNamed } from './chains.ts';
import { isFrom, type CallSite } from './framework.ts';

/** `pool.query('INSERT …')`, `` sql`UPDATE …` ``, `` prisma.$executeRaw`…` ``. */
export function ranSql(site: CallSite): Role | undefined {
  const first = site.arg(0);
  const text = statement(site);
  if ((text?.kind !== 'string' && text?.kind !== 'template') || isKeptForLater(site)) return undefined;
  const role = readSql(text, valuesOf(site, first));
  return role && isFrom(site.origin, ['cassandra-driver']) ? inCassandra(role, text) : role;
}

/** `this.insert = db.prepare('INSERT …')` runs nothing yet. */
function isKeptForLater(site: CallSite): boolean {
  if (site.name !== 'prepare' || site.action.settled !== 'collected' || site.action.result !== undefined)
    return false;
  return linksNamed(site, ['run', 'get', 'all', 'execute', 'iterate', 'bind', 'first']).length === 0;
}

/** In Cassandra an INSERT of a key that is there writes its columns again, unless it says IF NOT EXISTS. */
function inCassandra(role: Role, text: Expr): Role {
  if (role.kind !== 'write' || role.operation !== 'insert') return role;
  const isOnce = text.kind === 'string' && /\bif\s+not\s+exists\b/i.test(text.value);
  return { ...role, operation: 'upsert', ...(isOnce ? { isConditional: true } : {}) };
}

/** `query(sql, [a, b])`, `query({ text, values: [a, b] })`. */
function valuesOf(site: CallSite, first: Expr | undefined): readonly Expr[] {
  const list = first?.kind === 'object' ? site.view.entryOf(first, 'values') : site.arg(1);
  return list?.kind === 'array' ? list.items : [];
}

/** `pool.query(INSERT_ORDER, [id])`, with the text among others of its kind. */
export function textOf(site: CallSite): { readonly text?: Expr } {
  const text = site.name === 'query' ? statement(site) : undefined;
  return text?.kind === 'name' || text?.kind === 'member' ? { text } : {};
}

/** The text of `query(text)`, `query({ text })` and `query(format(text, values))`. */
function statement({ view, arg }: CallSite): Expr | undefined {
  const first = arg(0);
  const text = first?.kind === 'object' ? view.entryOf(first, 'text') : first;
  const isFormatted = text?.kind === 'call' && pathOf(text.callee).at(-1) === 'format';
  const [inner] = isFormatted ? text.args : [];
  return inner ? view.valueOf(inner) : text;
}
