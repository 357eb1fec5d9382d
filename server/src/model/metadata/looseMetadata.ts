// What is put into the metadata of messages whose type leaves open what that holds: `metadata?: Record<string, unknown>`.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { actionsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { foundInFiles } from '../incremental/about.ts';
import type { EventModel } from '../model.ts';

/** A value under a name like `metadata`, and the keys that stand beside it; undefined where it is set on what was made before. */
export interface Filling {
  readonly file: FilePath;
  readonly name: string;
  readonly value: Expr;
  readonly beside: readonly string[] | undefined;
}

const holders = /^_?meta(?:data|Data)?$/;
/** So many keys in common tell that a literal is one of the type. */
const enough = 2;

/** Whether a type says nothing of what it holds. */
export function isLoose(type: TypeExpr): boolean {
  if (type.kind === 'union') return type.of.some(isLoose);
  if (type.kind === 'primitive') return /^(?:any|unknown|object)$/.test(type.name);
  return type.kind === 'ref' && type.name === 'Record';
}

/** What fills a member of messages that have the given fields, wherever the workspace makes one. */
export function fillingsOf(
  model: Pick<EventModel, 'keeper' | 'files'>,
  name: string,
  fields: readonly string[],
): readonly Filling[] {
  const needed = Math.min(enough, fields.length - 1);
  return foundInFiles(model, 'what fills metadata', fillingsIn).filter(
    (it) => it.name === name && (it.beside?.filter((key) => fields.includes(key)).length ?? needed) >= needed,
  );
}

/** Whether a member may be looked up: other names hold what a transport adds. */
export function holdsLoosely(name: string): boolean {
  return holders.test(name);
}

const fillingsIn = once((facts: FileFacts): readonly Filling[] => {
  const { file, functions, bindings } = facts;
  const actions = functions.flatMap((it) => actionsIn(it.body));
  const made = [...actions.flatMap(exprsOf), ...bindings.flatMap((it) => it.init ?? [])];
  const set = actions.flatMap((it) => (it.kind === 'assign' ? setting(file, it.target, it.value) : []));
  return [...made.flatMap((it) => inLiteral(file, it)), ...set];
});

function inLiteral(file: FilePath, expr: Expr): readonly Filling[] {
  const inside = partsOf(expr).flatMap((it) => inLiteral(file, it));
  if (expr.kind !== 'object') return inside;
  const beside = expr.entries.map((it) => it.key);
  const own = expr.entries.filter((it) => holders.test(it.key));
  return [...own.map(({ key, value }) => ({ file, name: key, value, beside })), ...inside];
}

/** `event.metadata = { … }`, `event.metadata.correlationId = id`. */
function setting(file: FilePath, target: Expr, value: Expr): readonly Filling[] {
  if (target.kind !== 'member') return [];
  const { name, object, at } = target;
  if (holders.test(name)) return [{ file, name, value, beside: undefined }];
  if (object.kind !== 'member' || !holders.test(object.name)) return [];
  // `event.metadata[key] = value` may set anything.
  if (name === '[]') return [{ file, name: object.name, value: { kind: 'unknown', at }, beside: undefined }];
  const whole: Expr = { kind: 'object', entries: [{ key: name, at, value }], spreads: [], at };
  return [{ file, name: object.name, value: whole, beside: undefined }];
}
