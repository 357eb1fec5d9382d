// Which functions of the workspace a call may run, and where a function is called.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { unfollowedIn } from '../../facts/tangles.ts';
import { areSame } from '../../same.ts';
import type { FilePath, Span } from '../../text.ts';
import { eachAction, indexOf, type CallSite } from '../fileIndex.ts';
import type { Keeper } from '../incremental/kept.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { FunctionNode, Program, TypeNode } from '../model.ts';
import type { Hierarchy } from '../resolution/hierarchy.ts';
import type { Injection } from '../resolution/injection.ts';
import type { Typed } from '../resolution/typed.ts';
import { typingOf, type Typing } from '../resolution/typing.ts';
import type { Value } from '../resolution/value.ts';
import { classAt, entryOf, type Values } from '../resolution/values.ts';

export interface Calls {
  readonly typing: Typing;
  readonly callees: (file: FilePath, call: CallExpr) => readonly FunctionNode[];
  readonly functionsOf: (file: FilePath, expr: Expr) => readonly FunctionNode[];
  /** Whether all is told that a call runs: see facts/tangles.ts. */
  readonly isFollowed: (file: FilePath, call: CallExpr) => boolean;
  readonly callersOf: Program['callersOf'];
  /** The method, or where it is abstract those that implement it: of several packages, those of the caller's own. */
  readonly implementationsOf: (type: TypeNode, name: string, caller: FilePath) => readonly FunctionNode[];
}

export interface CallsParts {
  readonly keeper: Keeper;
  readonly files: ReadonlyMap<FilePath, FileFacts>;
  readonly values: Values;
  readonly hierarchy: Hierarchy;
  readonly injection: Injection;
  readonly packageOf: Program['packageOf'];
  /** The folder of the nearest package.json. */
  readonly unitOf: (file: FilePath) => FilePath;
}

/** More implementations than this say nothing about which one runs. */
const maxImplementations = 6;
/** A record is written out in one place, and what it has is alike. */
const mostEntries = 12;
/** Types and callees need each other, and at some depth that ends. */
const deepestCallees = 10;

type CalleesAt = (file: FilePath, call: CallExpr, depth: number) => readonly FunctionNode[];

/** What is asked deeper inside of another question may be cut off: then it is another answer. */
function keptCallees(
  { keeper, files }: Pick<CallsParts, 'keeper' | 'files'>,
  ask: (file: FilePath, callee: Expr, depth: number) => readonly FunctionNode[],
): CalleesAt {
  const kept = Array.from({ length: deepestCallees }, (_, depth) =>
    keeper.keep(`callees ${depth}`, (file, call: CallExpr) => {
      const found = ask(file, call.callee, depth);
      return depth === 0 ? followed(files, file, call.at, found) : found;
    }),
  );
  return (file, call, depth) => kept[depth]?.(file, call) ?? [];
}

type Files = CallsParts['files'];

function isFollowed(files: Files, file: FilePath, { start }: Span): boolean {
  const facts = files.get(file);
  return facts === undefined || !unfollowedIn(facts).has(start);
}

/** Of functions that lead to each other too often a name is not followed to another; what stands in other files is none of them. */
function followed(
  files: Files,
  file: FilePath,
  at: Span,
  found: readonly FunctionNode[],
): readonly FunctionNode[] {
  return isFollowed(files, file, at) ? found : found.filter((it) => it.file !== file);
}

/** Binds calls over the given parts; answers are kept. */
export function callsOf(parts: CallsParts): Calls {
  const { keeper, files, values, hierarchy, injection, packageOf, unitOf } = parts;
  const calleesAt = keptCallees(parts, (file, callee, depth) => {
    const found = named(file, callee, depth);
    return found.length > 0 || callee.kind !== 'name' ? found : heldBy(file, callee, depth);
  });
  const typing = typingOf({ values, hierarchy, injection, packageOf, calleesOf: calleesAt });

  const implementationsOf: Calls['implementationsOf'] = (type, name, caller) => {
    const own = hierarchy.methodOf(type, name);
    if (own && !own.fact.isAbstract) return [own];
    const found = new Map<FunctionNode['fact'], FunctionNode>();
    for (const subtype of hierarchy.subtypesWith(type, name)) {
      const method = hierarchy.methodOf(subtype, name);
      if (method && !method.fact.isAbstract) found.set(method.fact, method);
    }
    const all = [...found.values()];
    const here = all.length > 1 ? all.filter((it) => unitOf(it.file) === unitOf(caller)) : [];
    const near = here.length > 0 ? here : all;
    return near.length <= maxImplementations ? near : [];
  };

  const named = (file: FilePath, expr: Expr, depth: number): readonly FunctionNode[] => {
    const value = values.evaluate(file, expr);
    if (value.kind === 'function' && !value.node.fact.isAbstract) return [value.node];
    if (value.kind === 'type') return constructorOf(value.node, hierarchy);
    if (expr.kind === 'name')
      return value.kind === 'expr' && value.expr !== expr ? inValue(value, depth) : [];
    if (expr.kind !== 'member') return [];
    if (expr.name === 'call' || expr.name === 'apply') return functionsAt(file, expr.object, depth + 1);
    const facts = values.factsOf(file);
    if (facts && expr.object.kind === 'this' && expr.object.isSuper)
      return inherited(facts, expr.at.start, expr.name);
    const typed = typing.typedAt(file, expr.object, depth + 1);
    const provided = typed && ofProvided(typed, expr.name, depth);
    if (provided) return provided;
    const type = typing.nodeBehind(typed);
    const found = type ? implementationsOf(type, expr.name, file) : [];
    if (found.length === 0 && expr.name === '[]') return ofRecord(values.evaluate(file, expr.object), depth);
    const object = found.length === 0 && facts ? defaultOf(facts, expr.object) : undefined;
    return object ? functionsAt(file, { ...expr, object }, depth + 1) : found;
  };

  /** `useFactory: () => ({ charge: async (id) => … })`: what a container gives has functions of its own. */
  const ofProvided = (typed: Typed, name: string, depth: number): readonly FunctionNode[] | undefined => {
    const given = typed.kind === 'written' ? typed.given : undefined;
    const entry = given && entryOf(given.object, name);
    return entry && functionsAt(given.file, entry, depth + 1);
  };

  /** `const send = { payments: (event) => …, stock: (event) => … }; send[service](event)`: one of them runs. */
  const ofRecord = (record: Value, depth: number): readonly FunctionNode[] => {
    if (record.kind !== 'expr' || record.expr.kind !== 'object') return [];
    const { entries, spreads } = record.expr;
    const isPlain = spreads.length === 0 && entries.every((it) => it.value.kind === 'function');
    if (!isPlain || entries.length > mostEntries) return [];
    return entries.flatMap((it) => functionsAt(record.file, it.value, depth + 1));
  };

  const inValue = (value: { file: FilePath; expr: Expr }, depth: number): readonly FunctionNode[] =>
    depth > 6 ? [] : functionsAt(value.file, value.expr, depth + 1);

  const inherited = (facts: FileFacts, offset: number, name: string): readonly FunctionNode[] => {
    const owner = classAt(facts, offset);
    const bases = owner ? hierarchy.lineageOf({ file: facts.file, fact: owner }).slice(1) : [];
    for (const base of bases) {
      const method = hierarchy.methodOf(base, name);
      if (method) return [method];
    }
    return [];
  };

  const functionsAt = (file: FilePath, expr: Expr, depth: number): readonly FunctionNode[] => {
    if (depth > 8) return [];
    if (expr.kind === 'choice') return expr.of.flatMap((it) => functionsAt(file, it, depth + 1));
    if (expr.kind === 'call' && expr.callee.kind === 'member' && expr.callee.name === 'bind') {
      return functionsAt(file, expr.callee.object, depth + 1);
    }
    if (expr.kind === 'function' || expr.kind === 'name' || expr.kind === 'member')
      return named(file, expr, depth);
    return [];
  };

  /** `const handle = createHandler(tools); handle(batch)`: the function that a function gives. */
  const heldBy = (file: FilePath, name: Expr, depth: number): readonly FunctionNode[] => {
    const value = values.evaluate(file, name);
    if (value.kind !== 'expr' || value.expr.kind !== 'call') return [];
    return calleesAt(value.file, value.expr, depth + 2).flatMap((maker) =>
      returnsOf(maker.fact).flatMap((it) => functionsAt(maker.file, it, depth + 2)),
    );
  };

  const filesCalling = keeper.index(files, callingFiles);
  const callers = keeper.byName<FunctionFact, readonly Caller[]>({
    question: 'callers',
    namesIn: namesCalled,
    filesWith: filesCalling,
    of: (file, name) => {
      const facts = files.get(file);
      return facts ? calledIn(facts, name, (call) => calleesAt(file, call, 0)) : new Map();
    },
    isSame: (one, other) => areSame(one, other, isSameCaller),
  });

  return {
    typing,
    callees: (file, call) => calleesAt(file, call, 0),
    functionsOf: (file, expr) => followed(files, file, expr.at, functionsAt(file, expr, 0)),
    isFollowed: (file, call) => isFollowed(files, file, call.at),
    callersOf: ({ fact }) => {
      const name = calledName(fact);
      return name === '' ? [] : callers(name, fact).flat();
    },
    implementationsOf,
  };
}

/** What a function gives that is a function, or the name of one. */
function returnsOf({ body }: FunctionFact): readonly Expr[] {
  return [...eachAction(body)].flatMap((it) =>
    it.kind === 'return' && (it.value?.kind === 'function' || it.value?.kind === 'name') ? [it.value] : [],
  );
}

/** `(event, tools: Tools = defaultTools) => tools.charge(event)`: what runs where nobody hands over another one. */
function defaultOf({ bindings }: FileFacts, expr: Expr): Expr | undefined {
  const binding = expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding] : undefined;
  return binding?.kind === 'parameter' && binding.index !== undefined ? binding.init : undefined;
}

function constructorOf(node: TypeNode, { methodOf }: Hierarchy): readonly FunctionNode[] {
  const own = node.fact.kind === 'class' ? methodOf(node, 'constructor') : undefined;
  return own ? [own] : [];
}

type Caller = ReturnType<Program['callersOf']>[number];

/** What calls of a name in a file run. */
function calledIn(
  facts: FileFacts,
  name: string,
  calleesOf: (call: CallExpr) => readonly FunctionNode[],
): ReadonlyMap<FunctionFact, readonly Caller[]> {
  const called = new Map<FunctionFact, Caller[]>();
  for (const { fn, action } of sitesCalling(facts, name)) {
    for (const fact of new Set(calleesOf(action.call).map((it) => it.fact))) {
      if (calledName(fact) !== name) continue;
      const callers = called.get(fact) ?? [];
      called.set(fact, callers);
      callers.push({ caller: { file: facts.file, fact: fn }, action });
    }
  }
  return called;
}

/** What a function is called by; a callback that has no name is called by none. */
function calledName({ kind, name }: FunctionFact): string {
  return kind === 'constructor' ? 'constructor' : name;
}

function isSameCaller(one: Caller, other: Caller): boolean {
  return one.action === other.action && one.caller.fact === other.caller.fact;
}

/** Calls of a name, also by the one under which it is imported: `import { charge as chargeCard }`. */
function sitesCalling(facts: FileFacts, name: string): readonly CallSite[] {
  const { calls } = indexOf(facts);
  const renamed = facts.imports.filter((it) => it.name === name && it.local !== name);
  return [name, ...renamed.map((it) => it.local)].flatMap((it) => calls.get(it) ?? []);
}

/** Where something of a name is called: the last name of the callee, or what was imported as that. */
const callingFiles: Indexed<string, FilePath> = {
  question: 'calling files',
  of: (facts) => new Map(namesCalled(facts).map((it) => [it, facts.file])),
  isSame: (one, other) => one === other,
};

function namesCalled(facts: FileFacts): readonly string[] {
  const { calls } = indexOf(facts);
  const renamed = facts.imports.filter((it) => it.name !== it.local && calls.has(it.local));
  return [...calls.keys(), ...renamed.map((it) => it.name)];
}
