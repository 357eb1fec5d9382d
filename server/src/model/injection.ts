// Which class a container gives for an injection token: NestJS providers, tsyringe registrations, inversify bindings.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import { saidOfFiles } from './about.ts';
import { eachAction, indexOf } from './fileIndex.ts';
import type { Keeper } from './kept.ts';
import type { TypeNode } from './model.ts';
import { once } from '../facts/once.ts';
import type { Value } from './value.ts';
import { entryOf, type Values } from './values.ts';

/** The class behind a token, by what all files provide. */
export function injectionOf(
  files: ReadonlyMap<FilePath, FileFacts>,
  values: Values,
  keeper: Keeper,
): (file: FilePath, token: Expr) => TypeNode | undefined {
  const providers = keeper.lookUp(
    'providers',
    () => firstOf(saidOfFiles({ keeper, files }, 'provided', (it) => providedBy(it, values))),
    (one, other) => one.fact === other.fact && one.file === other.file,
  );
  return (file, token) => {
    const key = tokenKey(file, token, values);
    return key === undefined ? undefined : providers(key);
  };
}

type Provided = readonly (readonly [string, TypeNode])[];

function providedBy(facts: FileFacts, values: Values): Provided {
  return provisions(facts).flatMap(([token, given]): Provided => {
    const key = token && tokenKey(facts.file, token, values);
    const type = given && givenType(facts.file, given, values);
    return key !== undefined && type ? [[key, type]] : [];
  });
}

/** Of several classes for one token the first one counts. */
function firstOf(all: Provided): ReadonlyMap<string, TypeNode> {
  const providers = new Map<string, TypeNode>();
  for (const [key, type] of all) if (!providers.has(key)) providers.set(key, type);
  return providers;
}

type Provision = readonly [Expr | undefined, Expr | undefined];

const provisions = once((facts: FileFacts): readonly Provision[] => [...provided(facts)]);

function* provided(facts: FileFacts): Iterable<Provision> {
  for (const type of facts.types)
    for (const it of type.decorators) yield* it.args.flatMap((arg) => inLiteral(arg, 0));
  for (const binding of facts.bindings) {
    if (binding.isTopLevel && binding.init && /provider/i.test(binding.name))
      yield* inLiteral(binding.init, 0);
  }
  const { calls } = indexOf(facts);
  for (const name of ['register', 'registerSingleton', 'registerInstance']) {
    for (const { action } of calls.get(name) ?? []) yield [action.call.args[0], action.call.args[1]];
  }
  for (const { action } of calls.get('to') ?? []) {
    const { callee, args } = action.call;
    const bound = callee.kind === 'member' && callee.object.kind === 'call' ? callee.object : undefined;
    if (bound) yield [bound.args[0], args[0]];
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

function givenType(file: FilePath, given: Expr, values: Values): TypeNode | undefined {
  if (given.kind === 'new') return classOf(values.evaluate(file, given.callee));
  if (given.kind !== 'object') return classOf(values.evaluate(file, given));
  const inner = entryOf(given, 'useClass') ?? entryOf(given, 'useExisting') ?? entryOf(given, 'useValue');
  return inner ? givenType(file, inner, values) : factoryType(file, entryOf(given, 'useFactory'), values);
}

/**
 * `useFactory: (options) => new StripePayments(options)`, also where the function stands elsewhere, holds what it makes in a variable
 * or asks another one for it. Of a function that makes several classes nobody knows which.
 */
function factoryType(
  file: FilePath,
  factory: Expr | undefined,
  values: Values,
  depth = 3,
): TypeNode | undefined {
  const maker = factory && values.evaluate(file, factory);
  if (maker?.kind !== 'function' || depth === 0) return undefined;
  const { node } = maker;
  const given = eachAction(node.fact.body).flatMap((it) =>
    it.kind === 'return' && it.value ? [it.value] : [],
  );
  const made = given.map((it) => madeType(node.file, it, values, depth));
  const [type] = made;
  return type && made.every((it) => it?.fact === type.fact) ? type : undefined;
}

function madeType(file: FilePath, made: Expr, values: Values, depth: number): TypeNode | undefined {
  if (made.kind === 'new') return givenType(file, made, values);
  if (made.kind === 'call') return factoryType(file, made.callee, values, depth - 1);
  const id = made.kind === 'name' ? made.binding : undefined;
  const binding = id === undefined ? undefined : values.factsOf(file)?.bindings[id];
  const isHeld = binding?.kind === 'const' && binding.init?.kind !== 'name';
  return isHeld && binding.init ? madeType(file, binding.init, values, depth - 1) : undefined;
}

function classOf(value: Value): TypeNode | undefined {
  return value.kind === 'type' && value.node.fact.kind === 'class' ? value.node : undefined;
}

function tokenKey(file: FilePath, token: Expr, values: Values): string | undefined {
  const text = values.stringOf(file, token);
  if (text !== undefined) return `text ${text}`;
  const value = values.evaluate(file, token);
  if (value.kind === 'type') return `type ${value.node.file} ${value.node.fact.name}`;
  if (value.kind === 'expr') return `place ${value.file} ${value.expr.at.start}`;
  return undefined;
}
