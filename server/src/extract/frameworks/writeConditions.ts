// What makes a write of a chain happen once: a version or status that it asks for, and changes.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileView } from '../fileView.ts';
import { linksNamed } from './chains.ts';
import type { CallSite } from './framework.ts';

const versions = /^(?:\w*_)?(?:version|revision|sequence|seq|etag)$|Version$/i;
const states = /^(?:\w*_)?(?:status|state|phase)$|(?:Status|State)$/;
const links = ['where', 'andWhere', 'andWhereNot', 'whereIn'];

/** `.where({ version })`, `.where('version', '=', version)`, `.where(and(eq(orders.version, version)))`, `.andWhere('version = :version')`. */
export function condition(site: CallSite, data: Expr | undefined): boolean {
  const asked = linksNamed(site, links).flatMap((it) => columnsIn(site.view, it));
  if (asked.some((it) => versions.test(it))) return true;
  const object = data && site.view.valueOf(data);
  const set = object?.kind === 'object' ? object.entries.map((it) => it.key) : [];
  return asked.some((it) => states.test(it) && set.includes(it));
}

/** The columns that a condition names. */
function columnsIn(view: FileView, { args: [first, ...rest] }: CallExpr): readonly string[] {
  const value = first && view.valueOf(first);
  if (!value) return [];
  if (value.kind === 'object') return value.entries.map((it) => it.key);
  if (value.kind === 'string')
    return rest.length > 0 && /^\w+$/.test(value.value) ? [value.value] : comparedIn(value.value);
  return value.kind === 'call' ? comparedBy(value) : [];
}

/** `order.version = :version`. */
function comparedIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:\w+\.)?["`]?(\w+)["`]?\s*(?:=|\bin\b)/gi)].flatMap((it) => it[1] ?? []);
}

/** `and(eq(orders.id, id), eq(orders.version, version))`. */
function comparedBy({ callee, args }: CallExpr): readonly string[] {
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (name === 'and') return args.flatMap((it) => (it.kind === 'call' ? comparedBy(it) : []));
  const [column] = args;
  return /^(?:eq|inArray|lt|ne)$/.test(name) && column?.kind === 'member' ? [column.name] : [];
}
