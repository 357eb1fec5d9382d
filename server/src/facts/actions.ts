// The body of a function as the analysis sees it: calls in the order of evaluation, and the control flow around them.
import type { Span } from '../text.ts';
import type { BindingId, CallExpr, Expr } from './expressions.ts';
import type { Role } from './roles.ts';

export type Action =
  | CallAction
  | AssignAction
  | IfAction
  | SwitchAction
  | LoopAction
  | TryAction
  | ReturnAction
  | ThrowAction
  | JumpAction;

/** What becomes of a call's result (a promise, if it is one). */
export type Settlement =
  | 'awaited'
  | 'returned'
  /** Bound to a variable, pushed, put into an array or object, passed as an argument: somebody may await it later. */
  | 'collected'
  /** `.catch(…)` or `.then(…, …)` follows, or `.subscribe(…)`. */
  | 'handled'
  /** An expression statement, or `void`: nobody will know. */
  | 'dropped';

/** A call (or `new`, then with `isNew`). Calls in arguments come before it. Callbacks in `args` run, if at all, at this point. */
export interface CallAction {
  readonly kind: 'call';
  readonly call: CallExpr;
  readonly isNew?: boolean;
  readonly settled: Settlement;
  /** The variable that takes the (awaited) result. */
  readonly result?: BindingId;
  /** What the frameworks recognise in it, without seeing any other file. */
  readonly roles: readonly Role[];
}
/** `a.b = value`, `a.b += value`, `x = value`; increments have the operator `+=`. */
export interface AssignAction {
  readonly kind: 'assign';
  readonly target: Expr;
  readonly operator: string;
  readonly value: Expr;
  readonly at: Span;
}
/** Calls in the condition come before it. `c && f()` as a statement is an `if` too. */
export interface IfAction {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly then: readonly Action[];
  readonly otherwise: readonly Action[];
  readonly at: Span;
}
export interface SwitchAction {
  readonly kind: 'switch';
  readonly on: Expr;
  /** `tests` is empty for `default`; cases that fall through are joined with the next. */
  readonly cases: readonly {
    readonly tests: readonly Expr[];
    readonly body: readonly Action[];
    readonly at: Span;
  }[];
  readonly at: Span;
}
export interface LoopAction {
  readonly kind: 'loop';
  /** `for (item of over)`: the variable and what it runs through. */
  readonly item?: BindingId;
  readonly over?: Expr;
  /** `while (true)`, `for (;;)`. */
  readonly isEndless: boolean;
  readonly condition?: Expr;
  readonly body: readonly Action[];
  readonly at: Span;
}
export interface TryAction {
  readonly kind: 'try';
  readonly body: readonly Action[];
  readonly error?: BindingId;
  /** `null`: there is no catch. */
  readonly handler: readonly Action[] | null;
  readonly handlerAt?: Span;
  readonly finalizer: readonly Action[];
  readonly at: Span;
}
export interface ReturnAction {
  readonly kind: 'return';
  readonly value?: Expr;
  readonly at: Span;
}
export interface ThrowAction {
  readonly kind: 'throw';
  readonly value?: Expr;
  readonly at: Span;
}
export interface JumpAction {
  readonly kind: 'break' | 'continue';
  readonly at: Span;
}
