// Where following an expression through names ends.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import type { FunctionNode, TypeNode } from '../model.ts';

/** What an expression stands for. */
export type Value =
  /** Where following ended: a literal, an object, a call, a parameter … */
  | { readonly kind: 'expr'; readonly file: FilePath; readonly expr: Expr }
  | { readonly kind: 'type'; readonly node: TypeNode }
  | { readonly kind: 'function'; readonly node: FunctionNode }
  /** A module, or a namespace in it. */
  | { readonly kind: 'module'; readonly facts: FileFacts; readonly within?: string };
