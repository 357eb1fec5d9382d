// The rows that a library's repository or model gives: their type is its type argument.
import type { CallExpr, TypeExpr } from '../../facts/expressions.ts';
import { calleeName } from '../fileIndex.ts';

const stores = /(?:^|[a-z])(?:Repository|Model)$/;
const givesOne =
  /^(?:findOne\w*|findUnique\w*|findFirst\w*|findById\w*|findByPk|findOrCreate|getOne|preload|create|save|insertOne)$/;
const givesList = /^(?:find|findBy|findAll|findMany|findByIds|getMany)$/;

/**
 * What a method of a repository written as `Repository<Order>` gives: `Order`, or `Order[]`.
 * Only for a type that no file of the workspace declares; undefined where the method gives no row.
 */
export function rowsGiven(store: TypeExpr, method: string): TypeExpr | undefined {
  const [row] = store.kind === 'ref' && stores.test(store.name) ? store.args : [];
  if (!row) return undefined;
  if (givesOne.test(method)) return row;
  return givesList.test(method) ? { kind: 'array', of: row, at: row.at } : undefined;
}

/** `dataSource.getRepository(Order)` and `getModelForClass(Order)` give a store of that class. */
export function storeMade({ callee, args, at }: CallExpr): TypeExpr | undefined {
  const [row] = args;
  const name = calleeName(callee) ?? '';
  if (row?.kind !== 'name' || !/^get\w*Repository$|^getModelForClass$/.test(name)) return undefined;
  return { kind: 'ref', name: 'Repository', args: [{ kind: 'ref', name: row.name, args: [], at }], at };
}
