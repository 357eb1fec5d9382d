// Types of what a list keeps so that it can be undone: nobody else hears of it.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { calleeName, eachAction } from '../fileIndex.ts';

const undoing = /(?:^|[a-z_#])(?:undo|redo|Undo|Redo)(?![a-z])/;

/** The names of the types that lists for undoing hold in a file: by what they are declared, and by what is put into them. */
export function undoneIn({ types, bindings, functions }: FileFacts): readonly string[] {
  const members = types.flatMap((it) => it.members);
  const lists = [...members, ...bindings].filter((it) => undoing.test(it.name));
  if (lists.length === 0) return [];
  const put = functions.flatMap(({ body }) =>
    eachAction(body).flatMap((it) => {
      const { callee, args } = it.kind === 'call' ? it.call : { callee: undefined, args: [] };
      const isPut = callee?.kind === 'member' && /^(?:push|unshift|add)$/.test(callee.name);
      return isPut && undoing.test(calleeName(callee.object) ?? '') ? args : [];
    }),
  );
  return [
    ...lists.flatMap(({ type }) => (type ? itemsOf(type) : [])),
    ...put.flatMap((it) => typeNamesOf(it, bindings)),
  ];
}

/** `(ShapeMoved | ShapeDeleted)[]`, `Stack<ShapeMoved>`. */
function itemsOf(type: TypeExpr): readonly string[] {
  if (type.kind === 'array') return itemsOf(type.of);
  if (type.kind === 'union') return type.of.flatMap(itemsOf);
  if (type.kind !== 'ref') return [];
  return type.args.length > 0 ? type.args.flatMap(itemsOf) : [type.name];
}

function typeNamesOf(expr: Expr, bindings: FileFacts['bindings']): readonly string[] {
  if (expr.kind === 'new')
    return calleeName(expr.callee) === undefined ? [] : [calleeName(expr.callee) ?? ''];
  if (expr.kind === 'object') return expr.asserted ? itemsOf(expr.asserted) : [];
  const type = expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding]?.type : undefined;
  return type ? itemsOf(type) : [];
}
