// What recognising a call may ask about its file: what is behind a name, which package an object comes from.
import type { CallAction } from '../facts/actions.ts';
import type { CallExpr, Expr, NewExpr, TypeExpr } from '../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact, TypeFact } from '../facts/facts.ts';

/** The type of an object and the module that type is imported from, as far as this file says. */
export interface Origin {
  readonly name: string;
  readonly from?: string;
}

/** What a name stands for that another file exports, as far as it is or gives an object of a library. */
export interface Client {
  /** The object itself: `redis` of `export const redis = new Redis()`. */
  readonly value?: Origin;
  /** How the object was made, for the names in it. */
  readonly making?: Making;
  /** What a call gives, or a promise of that: `getChannel()`. */
  readonly result?: Origin;
  /** The clients that an object or namespace, a class or its instances have as members. */
  readonly members?: Clients;
}

/** A call or `new` with no more of its arguments than what is constant. */
export type Making = CallExpr | NewExpr;

/** Clients by name. */
export type Clients = Readonly<Record<string, Client>>;

/** The packages that clients come from. */
export function packagesOf(clients: Clients): readonly string[] {
  return Object.values(clients).flatMap(({ value, result, members }) => [
    ...(value?.from === undefined ? [] : [value.from]),
    ...(result?.from === undefined ? [] : [result.from]),
    ...(members ? packagesOf(members) : []),
  ]);
}

/** What methods of a package's types give: `{ 'Kafka.producer': 'Producer' }`. */
export type Makes = Readonly<Record<string, string>>;

/** A call and the function that it stands in. */
export interface Site {
  readonly action: CallAction;
  readonly fn: FunctionFact;
}

export interface FileView {
  readonly facts: FileFacts;
  /** What imported names stand for, by their names here. */
  readonly given: Clients;
  /** The value behind a name that is never reassigned, else the expression itself. */
  readonly valueOf: (expr: Expr) => Expr;
  /** The value of an object literal's entry, behind names, or of one that it spreads. */
  readonly entryOf: (expr: Expr | undefined, key: string) => Expr | undefined;
  /** Whether more may stand in an object than this file shows. */
  readonly isOpen: (expr: Expr) => boolean;
  /** What an object was made with: the value behind a name, or what a field of the class starts with or is given. */
  readonly makingOf: (expr: Expr) => Expr;
  /** The written type of a name, or of a field of the class. */
  readonly typeOf: (expr: Expr) => TypeExpr | undefined;
  readonly originOf: (expr: Expr) => Origin | undefined;
  readonly originOfType: (type: TypeExpr) => Origin | undefined;
  readonly importedFrom: (name: string) => string | undefined;
  readonly typeNamed: (name: string) => TypeFact | undefined;
  readonly bindingOf: (expr: Expr) => BindingFact | undefined;
  /** What a function gives, or a promise of that. */
  readonly originOfReturned: (fn: FunctionFact) => Origin | undefined;
  /** The function of this file that a name stands for. */
  readonly functionBehind: (expr: Expr) => FunctionFact | undefined;
  /** Every call of the file whose callee's last name is `name`. */
  readonly callsNamed: (name: string) => readonly Site[];
  /** The class around a function, through inner functions. */
  readonly ownerOf: (fn: number) => string | undefined;
}

/** No other file says anything. */
export const nothingGiven: Clients = {};
