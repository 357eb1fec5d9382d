// What a fix must know of the language's own types and of zod to see which type a literal is meant to have. The real ones would
// have to be read from disk; of anything else the types count as unknown, and nothing is changed for them.

/** As much of the standard library as carries a type from one place to another. */
export const standardLibrary = `
interface Object {} interface Function {} interface CallableFunction extends Function {} interface NewableFunction extends Function {}
interface IArguments {} interface Boolean {} interface Number {} interface String {} interface RegExp {} interface Symbol {} interface BigInt {}
interface Date { toISOString(): string } declare var Date: { new (value?: any): Date; now(): number };
interface ReadonlyArray<T> { readonly [index: number]: T; readonly length: number; map<U>(each: (value: T, index: number) => U): U[] }
interface Array<T> { [index: number]: T; length: number; push(...items: T[]): number; map<U>(each: (value: T, index: number) => U): U[] }
interface PromiseLike<T> { then<U>(done?: (value: T) => U | PromiseLike<U>): PromiseLike<U> }
interface Promise<T> { then<U>(done?: (value: T) => U | PromiseLike<U>): Promise<U> }
declare var Promise: { resolve<T>(value: T): Promise<T>; all(values: any): Promise<any> };
interface Map<K, V> { get(key: K): V | undefined; set(key: K, value: V): this } interface Set<T> { add(value: T): this }
type Partial<T> = { [K in keyof T]?: T[K] }; type Required<T> = { [K in keyof T]-?: T[K] }; type Readonly<T> = { readonly [K in keyof T]: T[K] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] }; type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T; type Extract<T, U> = T extends U ? T : never;
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>; type NonNullable<T> = T & {};
`;

/** As much of zod as gives the type of a schema of objects. */
export const zodStandIn = `
interface Schema<T> {
  _type: T; optional(): Schema<T | undefined>; nullable(): Schema<T | null>; describe(text: string): this; brand<B>(): Schema<any>;
  min(...given: any[]): this; max(...given: any[]): this; int(): this; positive(): this; nonnegative(): this; uuid(): this; email(): this; datetime(): this;
}
type Known<T> = T extends Schema<infer U> ? U : any;
interface ObjectSchema<S> extends Schema<{ [K in keyof S]: Known<S[K]> }> {
  shape: S; extend<E>(shape: E): ObjectSchema<Omit<S, keyof E> & E>; merge<E>(other: ObjectSchema<E>): ObjectSchema<Omit<S, keyof E> & E>;
  strict(): this; passthrough(): this; strip(): this;
}
export declare namespace z {
  function object<S>(shape: S): ObjectSchema<S>; function strictObject<S>(shape: S): ObjectSchema<S>; function looseObject<S>(shape: S): ObjectSchema<S>;
  function string(): Schema<string>; function number(): Schema<number>; function boolean(): Schema<boolean>; function date(): Schema<Date>; function uuid(): Schema<string>;
  function literal<const T>(value: T): Schema<T>; function array<T>(of: Schema<T>): Schema<T[]>; function any(): Schema<any>; const coerce: any; const iso: any;
  type infer<T> = Known<T>; type input<T> = Known<T>; type output<T> = Known<T>;
}
`;
