// A type that is known of an expression: as written at some place, or a type of the workspace.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { GivenObject, TypeNode } from '../model.ts';

const lists = new Set(['Array', 'ReadonlyArray', 'Set', 'ReadonlySet', 'Iterable']);

/** A type as written at a place, or a type of the workspace. */
export type Typed =
  | {
      readonly kind: 'written';
      readonly file: FilePath;
      readonly type: TypeExpr;
      /** The very object that a container gives there. */
      readonly given?: GivenObject;
    }
  | { readonly kind: 'node'; readonly node: TypeNode };

/** A type of the workspace that stands in this file. */
export function asTyped(file: FilePath, fact: TypeNode['fact'] | undefined): Typed | undefined {
  return fact && { kind: 'node', node: { file, fact } };
}

/** What `Step[]` and `Set<Step>` hold. */
export function ofItem(list: Typed | undefined): Typed | undefined {
  if (list?.kind !== 'written') return undefined;
  const { file, type } = list;
  if (type.kind === 'array') return { kind: 'written', file, type: type.of };
  const [item] = type.kind === 'ref' && lists.has(type.name) ? type.args : [];
  return item && { kind: 'written', file, type: item };
}
