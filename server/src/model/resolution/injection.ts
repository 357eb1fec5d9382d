// What a container gives for an injection token, a class or an object literal: NestJS providers, also those of dynamic modules,
// tsyringe registrations, inversify bindings.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { FilePath } from '../../text.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { Keeper } from '../incremental/kept.ts';
import type { GivenObject, TypeNode } from '../model.ts';
import { nearestFirst } from './nearness.ts';
import { entryOf, type Values } from './values.ts';

/** What stands behind a token. */
export type Injected =
  | { readonly kind: 'node'; readonly node: TypeNode }
  | { readonly kind: 'object'; readonly given: GivenObject };

export interface Injection {
  readonly byToken: (file: FilePath, token: Expr) => Injected | undefined;
  /** Where a class is its own token. */
  readonly byType: (type: TypeNode) => Injected | undefined;
}

/** What stands behind a token, by what all files provide. */
export function injectionOf(
  files: ReadonlyMap<FilePath, FileFacts>,
  values: Values,
  keeper: Keeper,
): Injection {
  const providers = keeper.lookUp(
    'providers',
    () => byKey(saidOfFiles({ keeper, files }, 'provided', (it) => providedBy(it, values))),
    areSame,
  );
  const nearest = (file: FilePath, key: string): Injected | undefined => {
    const all = providers(key) ?? [];
    return (all.length > 1 ? nearestFirst(file, all) : all)[0]?.given;
  };
  return {
    byToken: (file, token) => {
      const key = tokenKey(file, token, values);
      return key === undefined ? undefined : nearest(file, key);
    },
    byType: (type) => providers(typeKey(type))?.[0]?.given,
  };
}

function areSame(one: readonly Provider[], other: readonly Provider[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((it, index) => {
    const beside = other[index];
    return beside !== undefined && it.file === beside.file && isSame(it.given, beside.given);
  });
}

function isSame(one: Injected, other: Injected): boolean {
  if (one.kind === 'node')
    return other.kind === 'node' && one.node.fact === other.node.fact && one.node.file === other.node.file;
  return (
    other.kind === 'object' && one.given.object === other.given.object && one.given.file === other.given.file
  );
}

/** Who says what stands behind a token. */
interface Provider {
  readonly file: FilePath;
  readonly given: Injected;
}

type Provided = readonly (readonly [string, Provider])[];

function providedBy(facts: FileFacts, values: Values): Provided {
  return provisions(facts).flatMap(([token, given]): Provided => {
    const key = token && tokenKey(facts.file, token, values);
    const made = given && givenBy(facts.file, given, values);
    return token && key !== undefined && made ? [[key, { file: facts.file, given: made }]] : [];
  });
}

/** Modules of two services, or two modules of one, may use the same name for different things. */
function byKey(all: Provided): ReadonlyMap<string, readonly Provider[]> {
  const providers = new Map<string, Provider[]>();
  for (const [key, provider] of all) {
    const known = providers.get(key);
    if (known) known.push(provider);
    else providers.set(key, [provider]);
  }
  return providers;
}

type Provision = readonly [Expr | undefined, Expr | undefined];

/** Tokens and what is given for them, wherever a file says so. */
export const provisions = once((facts: FileFacts): readonly Provision[] => [...provided(facts)]);

function* provided(facts: FileFacts): Iterable<Provision> {
  for (const type of facts.types)
    for (const it of type.decorators) yield* it.args.flatMap((arg) => inLiteral(arg, 0));
  for (const { init, isTopLevel, name } of facts.bindings) {
    const listed = init?.kind === 'array' ? init.items : init ? [init] : [];
    const isProvider = listed.some((it) => it.kind === 'object' && entryOf(it, 'provide') !== undefined);
    if (init && ((isTopLevel && /provider/i.test(name)) || isProvider)) yield* inLiteral(init, 0);
  }
  yield* inDynamicModules(facts);
  yield* registered(facts);
}

/** `static register(): DynamicModule { return { module: OrdersModule, providers: [ … ] }; }` */
function* inDynamicModules({ imports, functions }: FileFacts): Iterable<Provision> {
  if (!imports.some((it) => it.from.startsWith('@nestjs/'))) return;
  for (const action of functions.flatMap((it) => eachAction(it.body))) {
    const made = action.kind === 'return' && action.value?.kind === 'object' ? action.value : undefined;
    const providers = made && entryOf(made, 'module') && entryOf(made, 'providers');
    if (providers) yield* inLiteral(providers, 0);
  }
}

function* registered(facts: FileFacts): Iterable<Provision> {
  const { calls } = indexOf(facts);
  for (const name of ['register', 'registerSingleton', 'registerInstance']) {
    for (const { action } of calls.get(name) ?? []) yield [action.call.args[0], action.call.args[1]];
  }
  for (const name of ['to', 'toConstantValue']) {
    for (const { action } of calls.get(name) ?? []) {
      const { callee, args } = action.call;
      const bound = callee.kind === 'member' && callee.object.kind === 'call' ? callee.object : undefined;
      if (bound) yield [bound.args[0], args[0]];
    }
  }
}

function inLiteral(expr: Expr, depth: number): (readonly [Expr | undefined, Expr | undefined])[] {
  if (depth > 4) return [];
  if (expr.kind === 'array') return expr.items.flatMap((it) => inLiteral(it, depth + 1));
  if (expr.kind !== 'object') return [];
  const token = entryOf(expr, 'provide');
  if (token) return [[token, expr]];
  return expr.entries.flatMap((it) => inLiteral(it.value, depth + 1));
}

function givenBy(file: FilePath, given: Expr, values: Values): Injected | undefined {
  if (given.kind !== 'object') return behind(file, given, values, maxSteps);
  const factory = entryOf(given, 'useFactory');
  if (factory) return madeBy(file, factory, values, maxSteps);
  const inner = entryOf(given, 'useClass') ?? entryOf(given, 'useExisting') ?? entryOf(given, 'useValue');
  return behind(file, inner ?? given, values, maxSteps);
}

/** From a name over what it holds and the functions that make it to a class or an object literal. */
const maxSteps = 6;
/** Functions that give what others give branch at each return. */
const mostReturns = 4;

/**
 * `useFactory: (options) => new StripePayments(options)`, also where the function stands elsewhere, holds what it makes in a variable
 * or asks another one for it. Of a function that makes several classes or objects nobody knows which.
 */
function madeBy(file: FilePath, factory: Expr, values: Values, steps: number): Injected | undefined {
  const maker = values.evaluate(file, factory);
  if (maker.kind !== 'function' || steps === 0) return undefined;
  const { node } = maker;
  const given = eachAction(node.fact.body).flatMap((it) =>
    it.kind === 'return' && it.value ? [it.value] : [],
  );
  if (given.length > mostReturns) return undefined;
  const made = given.map((it) => behind(node.file, it, values, steps - 1));
  const [first] = made;
  return first && made.every((it) => it && isSame(it, first)) ? first : undefined;
}

function behind(file: FilePath, made: Expr, values: Values, steps: number): Injected | undefined {
  if (steps === 0) return undefined;
  if (made.kind === 'object') return { kind: 'object', given: { file, object: made } };
  if (made.kind === 'call') return madeBy(file, made.callee, values, steps);
  const value = values.evaluate(file, made.kind === 'new' ? made.callee : made);
  if (value.kind === 'type')
    return value.node.fact.kind === 'class' ? { kind: 'node', node: value.node } : undefined;
  if (made.kind === 'new' || value.kind !== 'expr') return undefined;
  if (value.expr !== made) return behind(value.file, value.expr, values, steps - 1);
  const held =
    made.kind === 'name' && made.binding !== undefined && values.factsOf(file)?.bindings[made.binding];
  return held && held.kind === 'const' && held.isAwaited && held.init
    ? behind(file, held.init, values, steps - 1)
    : undefined;
}

function tokenKey(file: FilePath, token: Expr, values: Values): string | undefined {
  const text = values.stringOf(file, token);
  if (text !== undefined) return `text ${text}`;
  const value = values.evaluate(file, token);
  if (value.kind === 'type') return typeKey(value.node);
  if (value.kind === 'expr') return `place ${value.file} ${value.expr.at.start}`;
  return undefined;
}

function typeKey({ file, fact }: TypeNode): string {
  return `type ${file} ${fact.name}`;
}
