// What the readers of one file share while it is read. It lives for one call of `extract`.
import type { ts } from 'ts-morph';
import type { DecoratorFact, Expr, TypeExpr } from '../facts/expressions.ts';
import type { Span } from '../text.ts';

export interface Reading {
  readonly source: ts.SourceFile;
  /** The expression as plain data, names bound in the scope where the node stands. */
  readonly expr: (node: ts.Expression) => Expr;
  readonly type: (node: ts.TypeNode) => TypeExpr;
  readonly decorators: (node: ts.Node) => readonly DecoratorFact[];
  /** The module that a top-level name is imported from. */
  readonly importedFrom: (name: string) => string | undefined;
  /** The modules that the file imports from. */
  readonly modules: readonly string[];
  /** The node's place without leading comments and blanks. */
  readonly at: (node: ts.Node) => Span;
}
