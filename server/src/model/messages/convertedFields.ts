// Fields that travel in another form than their type says: whoever publishes the event writes them anew.
import type { Expr } from '../../facts/expressions.ts';
import { actionsIn, callsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import { holds } from '../../text.ts';
import type { EventModel, EventNode, FunctionNode } from '../model.ts';

const deepest = 2;
const textMaking =
  /^(?:to[A-Z]\w*|format\w*|serialize\w*|stringify|getTime|valueOf|from(?:Entries)?|map|String|Number|Array)$/;

/** Whether a field is converted wherever the event is published: `{ ...event, at: event.at.toISOString() }`. */
export function isConverted(model: EventModel, { producers }: EventNode, field: string): boolean {
  return (
    producers.length > 0 &&
    producers.every(({ file, fn, action }) => {
      const layers = model.program.calleesOf(file, fn, action.call);
      return [fn, ...layers].some((it) => converts(model, it, field, deepest));
    })
  );
}

function converts(model: EventModel, fn: FunctionNode, field: string, depth: number): boolean {
  if (exprsIn(model, fn).some((it) => writes(it, field))) return true;
  if (assigns(fn, field)) return true;
  if (depth === 0) return false;
  return callsIn(fn.fact.body).some(({ call, roles }) => {
    if (roles.some((it) => it.kind === 'log')) return false;
    const callees = model.program.calleesOf(fn.file, fn, call);
    return callees.some((it) => it.fact !== fn.fact && converts(model, it, field, depth - 1));
  });
}

function assigns({ fact }: FunctionNode, field: string): boolean {
  return actionsIn(fact.body).some(
    (it) =>
      it.kind === 'assign' &&
      it.target.kind === 'member' &&
      it.target.name === field &&
      isOtherForm(it.value, field),
  );
}

/** What stands in its body, and the values of its variables. */
export function exprsIn({ files }: EventModel, { file, fact }: FunctionNode): readonly Expr[] {
  const { bindings = [] } = files.get(file) ?? {};
  const held = bindings.flatMap((it) => (it.init && holds(fact.span, it.at) ? [it.init] : []));
  const said = actionsIn(fact.body).filter(
    (it) => it.kind !== 'call' || !it.roles.some((role) => role.kind === 'log'),
  );
  return [...said.flatMap(exprsOf), ...held];
}

function writes(expr: Expr, field: string): boolean {
  if (expr.kind === 'object' && expr.entries.some((it) => it.key === field && isOtherForm(it.value, field)))
    return true;
  if (expr.kind === 'call' && hasReplacer(expr.callee, expr.args)) return true;
  return partsOf(expr).some((it) => writes(it, field));
}

/** `JSON.stringify(event, replacer)` writes what JSON can't in a form of its own. */
function hasReplacer(callee: Expr, [, replacer]: readonly Expr[]): boolean {
  if (callee.kind !== 'member' || callee.name !== 'stringify' || !replacer) return false;
  return replacer.kind !== 'literal' && replacer.kind !== 'array';
}

/** `event.at.toISOString()`, `String(event.total)`, `[...event.warehouses]`: made of the field itself. */
function isOtherForm(value: Expr, field: string): boolean {
  if (value.kind === 'choice') return value.of.some((it) => isOtherForm(it, field));
  if (!mentions(value, field)) return false;
  if (value.kind === 'template' || value.kind === 'array') return true;
  if (value.kind !== 'call') return false;
  const { callee } = value;
  return (callee.kind === 'member' || callee.kind === 'name') && textMaking.test(callee.name);
}

/** Whether an expression names a field, of whatever it is. */
export function mentions(expr: Expr, field: string): boolean {
  if ((expr.kind === 'member' || expr.kind === 'name') && expr.name === field) return true;
  return partsOf(expr).some((it) => mentions(it, field));
}
