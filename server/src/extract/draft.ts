// The facts of one file while they are being read. Lives for one call of `extract`; ids are given when a name or function is
// first met, and its inside is read later from `pending`, so that recursion in the code can't become recursion here.
import { ts } from 'ts-morph';
import type { Action } from '../facts/actions.ts';
import type { Expr, FunctionId } from '../facts/expressions.ts';
import type { BindingFact, FunctionFact, Gap, ImportFact } from '../facts/facts.ts';
import type { Span } from '../text.ts';
import { deepest } from './budget.ts';
import { scopesOf, type Scopes } from './scopes.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The readers that need each other: expressions hold functions, functions hold bodies, bodies hold expressions. */
export interface Readers {
  readonly expr: (node: ts.Expression) => Expr;
  readonly functionId: (node: FunctionNode) => FunctionId;
  readonly body: (node: ts.Block | ts.SourceFile | ts.Expression) => readonly Action[];
  readonly calls: (node: ts.Expression) => readonly Action[];
}

export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.AccessorDeclaration;

export interface Draft extends Readers {
  readonly source: ts.SourceFile;
  readonly scopes: Scopes;
  readonly imports: readonly ImportFact[];
  readonly bindings: Mutable<BindingFact>[];
  readonly bindingIds: Map<ts.Node, number>;
  readonly functions: Mutable<FunctionFact>[];
  readonly functionIds: Map<ts.Node, number>;
  /** The syntax of each function, by id: framework files ask for what facts do not keep. */
  readonly nodes: ts.Node[];
  readonly pending: (() => void)[];
  /** Expressions that were read whole, with the levels below them: statements, calls in them and bindings ask for the same ones. */
  readonly exprs: Map<ts.Node, { readonly expr: Expr; readonly levels: number }>;
  /** The deepest level of the expression that is being read. */
  level: number;
  /** What was left out since it stands too deep. */
  readonly cuts: Gap[];
  /** How deep in statements and expressions the reader is. */
  depth: number;
}

export function draftOf(
  source: ts.SourceFile,
  imports: readonly ImportFact[],
  readers: {
    readonly [K in keyof Readers]: (draft: Draft, ...args: Parameters<Readers[K]>) => ReturnType<Readers[K]>;
  },
): Draft {
  const draft: Draft = {
    expr: (node) => readers.expr(draft, node),
    functionId: (node) => readers.functionId(draft, node),
    body: (node) => readers.body(draft, node),
    calls: (node) => readers.calls(draft, node),
    source,
    scopes: scopesOf(),
    imports,
    bindings: [],
    bindingIds: new Map(),
    functions: [],
    functionIds: new Map(),
    nodes: [],
    pending: [],
    exprs: new Map(),
    level: 0,
    cuts: [],
    depth: 0,
  };
  return draft;
}

/** Reads what stands one level deeper, or nothing where that is too deep. */
export function deeper<T>(draft: Draft, node: ts.Node, nothing: T, read: () => T): T {
  if (draft.depth >= deepest) {
    draft.cuts.push({
      at: placeOf(node, draft.source),
      reason: 'The code is nested too deeply here to be read.',
    });
    return nothing;
  }
  draft.depth += 1;
  const result = read();
  draft.depth -= 1;
  return result;
}

/** The node's place without leading comments and blanks. */
export function placeOf(node: ts.Node, source: ts.SourceFile): Span {
  // What the parser misses and makes up is empty, and what comes next is no part of it.
  return { start: Math.min(node.getStart(source), node.end), end: node.end };
}

/** The expression below what changes no value: parentheses, `as`, `satisfies`, `!`, `<T>x`, `await`. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isTypeAssertionExpression(inner) ||
    ts.isAwaitExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}
