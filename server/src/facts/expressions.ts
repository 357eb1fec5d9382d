// What one file says in its expressions, as plain data. No syntax node and no other file's data: names stay names.
import type { Span } from '../text.ts';

/** Index into `FileFacts.bindings`. */
export type BindingId = number;
/** Index into `FileFacts.functions`. */
export type FunctionId = number;

/** An expression as far as the analysis needs it; what it can't use is `unknown`. */
export type Expr =
  | StringExpr
  | LiteralExpr
  | TemplateExpr
  | NameExpr
  | ThisExpr
  | MemberExpr
  | CallExpr
  | NewExpr
  | ObjectExpr
  | ArrayExpr
  | FunctionExpr
  | ChoiceExpr
  | OperationExpr
  | UnknownExpr;

/** `'order.placed'`; `at` covers the quotes. */
export interface StringExpr {
  readonly kind: 'string';
  readonly value: string;
  readonly at: Span;
}
/** A number, boolean, `null`, `undefined`, bigint or regular expression, as written. */
export interface LiteralExpr {
  readonly kind: 'literal';
  readonly text: string;
  readonly at: Span;
}
/** A template with substitutions; strings and expressions in order. One without substitutions is a `string`. */
export interface TemplateExpr {
  readonly kind: 'template';
  readonly parts: readonly (string | Expr)[];
  readonly tag?: string;
  readonly at: Span;
}
/** An identifier. `binding` is the declaration in this file (parameter, variable, import, function, class …) or absent for a global. */
export interface NameExpr {
  readonly kind: 'name';
  readonly name: string;
  readonly binding?: BindingId;
  readonly at: Span;
}
/** `this` (and `super`). */
export interface ThisExpr {
  readonly kind: 'this';
  readonly isSuper?: boolean;
  readonly at: Span;
}
/** `object.name`, `object?.name`, `object['name']`; `at` is the name. A computed member has the name `[]`. */
export interface MemberExpr {
  readonly kind: 'member';
  readonly object: Expr;
  readonly name: string;
  readonly index?: Expr;
  /** `object?.name`. */
  readonly isOptional?: true;
  readonly at: Span;
}
/** A call. `at` is the callee's last name, `span` the whole expression. `await`, `as`, `!` and parentheses around it are not kept here. */
export interface CallExpr {
  readonly kind: 'call';
  readonly callee: Expr;
  readonly typeArgs: readonly TypeExpr[];
  readonly args: readonly Expr[];
  /** One of the arguments is spread: which of them is which parameter nobody knows. */
  readonly hasSpread?: true;
  readonly at: Span;
  readonly span: Span;
}
/** `new type(args)`; `at` is the type's last name. */
export interface NewExpr {
  readonly kind: 'new';
  readonly callee: Expr;
  readonly typeArgs: readonly TypeExpr[];
  readonly args: readonly Expr[];
  readonly at: Span;
  readonly span: Span;
}
/** An object literal. A shorthand property has a `name` as its value, a method a `function`. */
export interface ObjectExpr {
  readonly kind: 'object';
  readonly entries: readonly ObjectEntry[];
  readonly spreads: readonly Expr[];
  /** The type that is written behind it or for the name that holds it: `{ … } satisfies OrderPlaced`, `const event: OrderPlaced = { … }`. */
  readonly asserted?: TypeExpr;
  readonly at: Span;
}
export interface ObjectEntry {
  /** The key; for a computed key that can't be read, `[]` with `computed`. */
  readonly key: string;
  readonly computed?: Expr;
  readonly value: Expr;
  /** The key's place. */
  readonly at: Span;
}
export interface ArrayExpr {
  readonly kind: 'array';
  readonly items: readonly Expr[];
  readonly at: Span;
}
/** An arrow function or function expression: its body is `functions[function]`. */
export interface FunctionExpr {
  readonly kind: 'function';
  readonly function: FunctionId;
  readonly at: Span;
}
/** One of several values: `c ? a : b`, `a ?? b`, `a || b` (as a value), `a && b`. */
export interface ChoiceExpr {
  readonly kind: 'choice';
  readonly condition?: Expr;
  readonly of: readonly Expr[];
  readonly at: Span;
}
/** An operator with its operands: `!`, `===`, `<`, `+`, `typeof`, `instanceof`, `in`, and `&&`/`||` inside conditions. */
export interface OperationExpr {
  readonly kind: 'operation';
  readonly operator: string;
  readonly of: readonly Expr[];
  readonly at: Span;
}
export interface UnknownExpr {
  readonly kind: 'unknown';
  readonly at: Span;
}

/** A type as written. References stay names; resolving them is the model's work. */
export type TypeExpr =
  | { readonly kind: 'ref'; readonly name: string; readonly args: readonly TypeExpr[]; readonly at: Span }
  | { readonly kind: 'object'; readonly members: readonly Member[]; readonly at: Span }
  | { readonly kind: 'union'; readonly of: readonly TypeExpr[]; readonly at: Span }
  | { readonly kind: 'intersection'; readonly of: readonly TypeExpr[]; readonly at: Span }
  | { readonly kind: 'literal'; readonly value: string; readonly at: Span }
  | { readonly kind: 'array'; readonly of: TypeExpr; readonly at: Span }
  /** `typeof a.b`: the type of a value (a zod schema, a const object). */
  | { readonly kind: 'typeof'; readonly name: string; readonly at: Span }
  /** `takes`: the parameters that have to be given, as written (`orderId: string`). */
  | {
      readonly kind: 'function';
      readonly takes?: readonly string[];
      readonly returns?: TypeExpr;
      readonly at: Span;
    }
  /** Keywords: string, number, boolean, bigint, symbol, any, unknown, void, never, null, undefined, object. */
  | { readonly kind: 'primitive'; readonly name: string; readonly at: Span }
  /** Whatever else (conditional, mapped, indexed access …), as written, cut at 200 characters. */
  | { readonly kind: 'other'; readonly text: string; readonly at: Span };

/** A field of a type: property, parameter property, accessor, or key of a schema. Methods have a `function` type. */
export interface Member {
  readonly name: string;
  readonly at: Span;
  readonly type?: TypeExpr;
  readonly isOptional: boolean;
  readonly isStatic?: boolean;
  /** Declared by a constructor parameter with a modifier. */
  readonly isParameter?: boolean;
  readonly init?: Expr;
  readonly decorators?: readonly DecoratorFact[];
}

/** `@Name(args)`. `from` is the module its root name is imported from. */
export interface DecoratorFact {
  readonly name: string;
  readonly from?: string;
  readonly args: readonly Expr[];
  readonly at: Span;
}
