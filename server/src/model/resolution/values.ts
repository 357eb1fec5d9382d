// What an expression stands for, followed through constants, enums, static members, object literals and imports.
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact, TypeFact } from '../../facts/facts.ts';
import type { FilePath, Span } from '../../text.ts';
import { eachAction, indexOf } from '../fileIndex.ts';
import type { TypeNode } from '../model.ts';
import { concatenated, givenTexts, gottenTexts, lookedUpTexts, type Following } from './madeTexts.ts';
import type { Declared, Modules } from './modules.ts';
import type { Value } from './value.ts';

export interface Values {
  readonly evaluate: (file: FilePath, expr: Expr) => Value;
  readonly stringOf: (file: FilePath, expr: Expr) => string | undefined;
  /** All texts that an expression may be: both branches of a choice, the items of an array. */
  readonly stringsOf: (file: FilePath, expr: Expr) => readonly string[];
  readonly typeNamed: (file: FilePath, name: string) => TypeNode | undefined;
  readonly factsOf: (file: FilePath) => FileFacts | undefined;
}

const maxDepth = 12;

/** The steps to what an expression may say are fewer, wherever somebody names an event. */
const mostSteps = 500;

/** Follows names over the given files. */
export function valuesOf(files: ReadonlyMap<FilePath, FileFacts>, modules: Modules): Values {
  const factsOf = (file: FilePath): FileFacts | undefined => files.get(file);
  const typeNamed = (file: FilePath, name: string): TypeNode | undefined => typeByName(modules, file, name);

  const evaluate = (file: FilePath, expr: Expr, depth = 0): Value => {
    const here: Value = { kind: 'expr', file, expr };
    const facts = files.get(file);
    if (!facts || depth > maxDepth) return here;
    if (expr.kind === 'function') return functionValue(facts, facts.functions[expr.function]) ?? here;
    if (expr.kind === 'name') return ofName(facts, expr.name, expr.binding, depth) ?? here;
    if (expr.kind !== 'member') return here;
    if (expr.object.kind === 'this') return ofThis(facts, expr.name, expr.at.start, depth) ?? here;
    return memberOf(evaluate(file, expr.object, depth + 1), expr.name, depth) ?? here;
  };

  const ofName = (
    facts: FileFacts,
    name: string,
    id: number | undefined,
    depth: number,
  ): Value | undefined => {
    const binding = id === undefined ? undefined : facts.bindings[id];
    if (!binding || binding.kind === 'import') return ofDeclared(modules.lookUp(facts.file, name), depth);
    return ofBinding(facts, binding, depth);
  };

  const ofBinding = (facts: FileFacts, binding: BindingFact, depth: number): Value | undefined => {
    if (binding.kind === 'function') return functionValue(facts, functionAt(facts, binding));
    const type = binding.kind === 'class' || binding.kind === 'enum' ? typeAt(facts, binding) : undefined;
    if (type) return { kind: 'type', node: { file: facts.file, fact: type } };
    if (binding.kind !== 'const' || !binding.init || binding.isAwaited) return undefined;
    const schema = binding.isTopLevel ? indexOf(facts).types.get(binding.name) : undefined;
    // A schema that a function makes is the call of it.
    if (schema?.kind === 'schema' && schema.alias?.kind !== 'ref')
      return { kind: 'type', node: { file: facts.file, fact: schema } };
    return evaluate(facts.file, binding.init, depth + 1);
  };

  const ofDeclared = (declared: Declared | undefined, depth: number): Value | undefined => {
    if (!declared) return undefined;
    const { facts, name, within } = declared;
    if (name === '*') return { kind: 'module', facts, ...(within !== undefined && { within }) };
    const index = indexOf(facts);
    const binding = index.topLevel.get(name);
    const value = binding && binding.kind !== 'import' ? ofBinding(facts, binding, depth + 1) : undefined;
    if (value) return value;
    const type = index.types.get(name);
    const isMaker = type?.kind === 'schema' && type.isAbstract === true;
    if (type && !isMaker) return { kind: 'type', node: { file: facts.file, fact: type } };
    return functionValue(facts, index.functions.get(name));
  };

  const ofThis = (facts: FileFacts, name: string, offset: number, depth: number): Value | undefined => {
    const owner = classAt(facts, offset);
    return owner && ofTypeMember({ file: facts.file, fact: owner }, name, depth);
  };

  const ofTypeMember = (node: TypeNode, name: string, depth: number): Value | undefined => {
    const member = node.fact.members.find((it) => it.name === name);
    if (member?.init) return evaluate(node.file, member.init, depth + 1);
    const facts = files.get(node.file);
    const method = facts && indexOf(facts).methods.get(node.fact.name)?.get(name);
    if (!facts || method) return facts && functionValue(facts, method);
    return ofNamespace(facts, `${node.fact.name}.${name}`, depth);
  };

  const ofModule = (module: Value & { kind: 'module' }, name: string, depth: number): Value | undefined => {
    const { facts, within } = module;
    const inner = within === undefined ? undefined : ofNamespace(facts, `${within}.${name}`, depth);
    const found = inner ?? ofDeclared(modules.exported(facts, name), depth);
    if (found || within !== undefined || name === 'default') return found;
    // `export = names`.
    const whole = ofDeclared(modules.exported(facts, 'default'), depth);
    return whole && memberOf(whole, name, depth + 1);
  };

  const ofNamespace = (facts: FileFacts, path: string, depth: number): Value | undefined => {
    const { namespaced } = indexOf(facts);
    const binding = namespaced.get(path);
    if (binding) return ofBinding(facts, binding, depth + 1);
    const isOuter = [...namespaced.keys()].some((it) => it.startsWith(`${path}.`));
    return isOuter ? { kind: 'module', facts, within: path } : undefined;
  };

  const memberOf = (value: Value, name: string, depth: number): Value | undefined => {
    if (value.kind === 'module') return ofModule(value, name, depth);
    if (value.kind === 'type') return ofTypeMember(value.node, name, depth);
    if (value.kind !== 'expr') return undefined;
    if (value.expr.kind === 'call')
      return ofMade(evaluate(value.file, value.expr.callee, depth + 1), name, depth);
    if (value.expr.kind !== 'object') return undefined;
    const entry = entryOf(value.expr, name);
    if (entry) return evaluate(value.file, entry, depth + 1);
    for (const spread of value.expr.spreads) {
      const found = memberOf(evaluate(value.file, spread, depth + 1), name, depth + 1);
      if (found) return found;
    }
    return undefined;
  };

  /** `publish` of `createBus()`, which gives `{ publish, close }`. */
  const ofMade = (maker: Value, name: string, depth: number): Value | undefined => {
    if (maker.kind !== 'function' || depth > maxDepth) return undefined;
    const { file, fact } = maker.node;
    const [given, ...others] = eachAction(fact.body).flatMap((it) => (it.kind === 'return' ? [it] : []));
    if (!given?.value || others.length > 0) return undefined;
    const made = evaluate(file, given.value, depth + 1);
    return made.kind === 'expr' && made.expr.kind === 'object' ? memberOf(made, name, depth + 1) : undefined;
  };

  let steps = 0;
  /** Functions that give what other functions give branch at each return: what takes too long to tell is not known. */
  const allStringsOf = (file: FilePath, expr: Expr): readonly string[] => {
    steps = 0;
    const texts = stringsOf(file, expr, 0);
    return steps > mostSteps ? [] : texts;
  };
  const stringsOf = (file: FilePath, expr: Expr, depth: number): readonly string[] => {
    steps += 1;
    if (depth > maxDepth || steps > mostSteps) return [];
    if (expr.kind === 'member' && expr.name === 'name')
      return classNames(evaluate(file, expr.object), expr, file, depth);
    const texts = textsOf(evaluate(file, expr), depth);
    return texts.length > 0 || expr.kind !== 'member' ? texts : lookedUpTexts(file, expr, below(depth));
  };
  /** Following on from a place, with what is left of the depth. */
  const below = (depth: number): Following => ({
    evaluate: (file, expr) => evaluate(file, expr),
    textsOf: (file, expr) => stringsOf(file, expr, depth + 1),
    parameterAt: (file, expr) => parameterAt(files.get(file), expr),
  });
  const classNames = (value: Value, expr: Expr, file: FilePath, depth: number): readonly string[] =>
    value.kind === 'type' && value.node.fact.kind === 'class'
      ? [value.node.fact.name]
      : textsOf(evaluate(file, expr), depth + 1);

  const textsOf = (value: Value, depth: number): readonly string[] => {
    if (value.kind === 'function') return gottenTexts(value.node, below(depth));
    if (value.kind !== 'expr') return [];
    const { expr, file } = value;
    const inner = (it: Expr): readonly string[] => stringsOf(file, it, depth + 1);
    if (expr.kind === 'call') return givenTexts(file, expr, below(depth));
    if (expr.kind === 'string') return [expr.value];
    if (expr.kind === 'template')
      return concatenated(expr.parts.map((it) => (typeof it === 'string' ? [it] : inner(it))));
    if (expr.kind === 'choice') return [...new Set(expr.of.flatMap(inner))];
    if (expr.kind === 'array') return expr.items.flatMap(inner);
    if (expr.kind === 'operation' && expr.operator === '+') return concatenated(expr.of.map(inner));
    return [];
  };

  return {
    evaluate: (file, expr) => evaluate(file, expr),
    stringsOf: allStringsOf,
    stringOf: (file, expr) => onlyOne(allStringsOf(file, expr)),
    typeNamed,
    factsOf,
  };
}

/** The value under a key of an object literal. */
export function entryOf(object: ObjectExpr, key: string): Expr | undefined {
  return object.entries.find((it) => it.key === key)?.value;
}

/** The innermost class around an offset. */
export function classAt(facts: FileFacts, offset: number): TypeFact | undefined {
  let found: TypeFact | undefined;
  for (const type of facts.types) {
    if (type.kind !== 'class' || type.span.start > offset || offset > type.span.end) continue;
    if (!found || type.span.start >= found.span.start) found = type;
  }
  return found;
}

/** The binding that a chain of members starts from, through destructuring and aliases. */
export function rootOf(facts: FileFacts, expr: Expr, depth = 0): BindingFact | undefined {
  if (depth > maxDepth) return undefined;
  if (expr.kind === 'member') return rootOf(facts, expr.object, depth + 1);
  if (expr.kind !== 'name' || expr.binding === undefined) return undefined;
  const binding = facts.bindings[expr.binding];
  const alias = binding?.init;
  if (!binding || !alias || (alias.kind !== 'member' && alias.kind !== 'name')) return binding;
  if (binding.kind === 'parameter' && binding.index !== undefined) return binding;
  return rootOf(facts, alias, depth + 1) ?? binding;
}

function typeByName(modules: Modules, file: FilePath, name: string): TypeNode | undefined {
  const parts = name.split('.');
  let declared = modules.lookUp(file, parts[0] ?? name);
  for (const part of parts.slice(1)) {
    if (declared?.name !== '*') break;
    declared = modules.exported(declared.facts, part);
  }
  const fact = declared && indexOf(declared.facts).types.get(declared.name);
  return declared && fact && { file: declared.facts.file, fact };
}

function functionAt(facts: FileFacts, binding: BindingFact): FunctionFact | undefined {
  return (
    facts.functions.find((it) => it.at.start === binding.at.start && it.kind !== 'module') ??
    indexOf(facts).functions.get(binding.name)
  );
}

function typeAt(facts: FileFacts, binding: BindingFact): TypeFact | undefined {
  return facts.types.find((it) => it.at.start === binding.at.start) ?? indexOf(facts).types.get(binding.name);
}

function functionValue(facts: FileFacts, fact: FunctionFact | undefined): Value | undefined {
  return fact && { kind: 'function', node: { file: facts.file, fact } };
}

function parameterAt(facts: FileFacts | undefined, expr: Expr): number | undefined {
  const binding =
    expr.kind === 'name' && expr.binding !== undefined ? facts?.bindings[expr.binding] : undefined;
  return binding?.kind === 'parameter' ? binding.index : undefined;
}

function onlyOne(texts: readonly string[]): string | undefined {
  return texts.length === 1 ? texts[0] : undefined;
}

/** A name as it would stand in an expression at the top of the file. */
export function topName(
  facts: FileFacts | undefined,
  { name, at }: { readonly name: string; readonly at: Span },
): Expr {
  const binding =
    facts?.bindings.findIndex((it) => it.name === name && (it.isTopLevel || it.kind === 'import')) ?? -1;
  return { kind: 'name', name, ...(binding < 0 ? {} : { binding }), at };
}
