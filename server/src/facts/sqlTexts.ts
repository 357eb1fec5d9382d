// SQL that stands for a value among the columns that are written.
import type { Expr, StringExpr, TemplateExpr } from './expressions.ts';
import type { FileFacts } from './facts.ts';

/** The SQL of `` sql`…` ``, `raw('…')`, `sequelize.literal('…')` and TypeORM's `() => '…'`. */
export function sqlIn(facts: FileFacts | undefined, value: Expr): StringExpr | TemplateExpr | undefined {
  if (value.kind === 'template' && value.tag !== undefined) return value;
  const inner = value.kind === 'function' ? givenBy(facts, value.function) : argumentOf(value);
  return inner?.kind === 'string' || inner?.kind === 'template' ? inner : undefined;
}

function argumentOf(value: Expr): Expr | undefined {
  if (value.kind !== 'call') return undefined;
  const { callee, args } = value;
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  return /^(?:raw|literal|sql)$/.test(name) ? args[0] : undefined;
}

function givenBy(facts: FileFacts | undefined, id: number): Expr | undefined {
  const last = facts?.functions[id]?.body.at(-1);
  return last?.kind === 'return' ? last.value : undefined;
}
