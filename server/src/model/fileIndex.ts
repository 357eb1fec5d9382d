// Look-ups into the facts of one file. They depend on that file alone, so they are kept as long as its facts live.
import type { Action, CallAction } from '../facts/actions.ts';
import type { Expr, FunctionId } from '../facts/expressions.ts';
import type {
  BindingFact,
  ExportFact,
  FileFacts,
  FunctionFact,
  ImportFact,
  TypeFact,
} from '../facts/facts.ts';
import type { PublishRole } from '../facts/roles.ts';
import { once } from '../facts/once.ts';
import { actionsIn, callsIn } from '../facts/walk.ts';

export interface FileIndex {
  readonly types: ReadonlyMap<string, TypeFact>;
  /** Functions that are no members, by name. */
  readonly functions: ReadonlyMap<string, FunctionFact>;
  /** Methods, accessors and constructors: by class, then by name. */
  readonly methods: ReadonlyMap<string, ReadonlyMap<string, FunctionFact>>;
  readonly imports: ReadonlyMap<string, ImportFact>;
  readonly exports: ReadonlyMap<string, ExportFact>;
  /** `export * from`. */
  readonly stars: readonly ExportFact[];
  readonly topLevel: ReadonlyMap<string, BindingFact>;
  /** What namespaces hold, each under its whole name: `Orders.placed`. */
  readonly namespaced: ReadonlyMap<string, BindingFact>;
  /** Calls by the last name of the callee. */
  readonly calls: ReadonlyMap<string, readonly CallSite[]>;
  readonly publishes: readonly (CallSite & { readonly role: PublishRole })[];
  /** Calls of which a framework said something. */
  readonly withRoles: readonly CallSite[];
  /** The call among whose arguments a function is written. */
  readonly handed: ReadonlyMap<FunctionId, CallSite>;
}

export interface CallSite {
  readonly fn: FunctionFact;
  readonly action: CallAction;
}

const indexes = new WeakMap<FileFacts, FileIndex>();

/** The look-ups of one file, made once for each version of its facts. */
export function indexOf(facts: FileFacts): FileIndex {
  let index = indexes.get(facts);
  if (!index) indexes.set(facts, (index = makeIndex(facts)));
  return index;
}

/**
 * What a file tells of its names: which it imports, exports and declares. Files with equal outlines lead a name to the same
 * declaration.
 */
export const outlineOf = once((facts: FileFacts): string => {
  const { types, topLevel, functions } = indexOf(facts);
  return JSON.stringify([
    facts.imports.map(({ local, name, from }) => [local, name, from]),
    facts.exports.map(({ name, local, from }) => [name, local, from]),
    [...types.keys()],
    [...topLevel.keys()],
    [...functions.keys()],
  ]);
});

/** Every action below `actions`, in order; bodies of nested functions are not entered. */
export function eachAction(actions: readonly Action[]): readonly Action[] {
  return actionsIn(actions);
}

/** The blocks inside a statement. */
export function blocksOf(action: Action): readonly (readonly Action[])[] {
  switch (action.kind) {
    case 'if':
      return [action.then, action.otherwise];
    case 'switch':
      return action.cases.map((it) => it.body);
    case 'loop':
      return [action.body];
    case 'try':
      return [action.body, action.handler ?? [], action.finalizer];
    default:
      return [];
  }
}

/** The name that a reader calls the callee by: `charge` of `this.payments.charge`. */
export function calleeName(callee: Expr): string | undefined {
  if (callee.kind === 'name' || callee.kind === 'member') return callee.name;
  return undefined;
}

function makeIndex(facts: FileFacts): FileIndex {
  return {
    types: indexTypes(facts),
    ...indexFunctions(facts),
    imports: new Map(facts.imports.map((it) => [it.local, it])),
    exports: new Map(facts.exports.filter((it) => it.name !== '*').map((it) => [it.name, it])),
    stars: facts.exports.filter((it) => it.name === '*'),
    topLevel: indexTopLevel(facts),
    namespaced: indexNamespaced(facts),
    ...indexCalls(facts),
  };
}

function indexTypes(facts: FileFacts): Map<string, TypeFact> {
  const types = new Map<string, TypeFact>();
  for (const type of facts.types) {
    const other = types.get(type.name);
    const isValue = type.kind === 'class' || type.kind === 'schema';
    if (!other || (isValue && other.kind !== 'class' && other.kind !== 'schema')) types.set(type.name, type);
  }
  return types;
}

function indexFunctions(facts: FileFacts): Pick<FileIndex, 'functions' | 'methods'> {
  const functions = new Map<string, FunctionFact>();
  const methods = new Map<string, Map<string, FunctionFact>>();
  for (const fn of facts.functions) {
    if (fn.kind === 'module') continue;
    if (fn.owner === undefined || fn.outer !== undefined) {
      if (fn.owner === undefined && fn.name && !functions.has(fn.name)) functions.set(fn.name, fn);
      if (fn.owner === undefined) continue;
    }
    const ofOwner = methods.get(fn.owner ?? '') ?? new Map<string, FunctionFact>();
    methods.set(fn.owner ?? '', ofOwner);
    const name = fn.kind === 'constructor' ? 'constructor' : fn.name;
    const other = ofOwner.get(name);
    if (!other || (other.isAbstract && !fn.isAbstract)) ofOwner.set(name, fn);
  }
  return { functions, methods };
}

function indexTopLevel(facts: FileFacts): Map<string, BindingFact> {
  const topLevel = new Map<string, BindingFact>();
  for (const binding of facts.bindings) {
    const isReachable = (binding.isTopLevel && binding.namespace === undefined) || binding.kind === 'import';
    if (isReachable && !topLevel.has(binding.name)) topLevel.set(binding.name, binding);
  }
  return topLevel;
}

function indexNamespaced(facts: FileFacts): Map<string, BindingFact> {
  return new Map(
    facts.bindings.flatMap((it) =>
      it.namespace === undefined ? [] : [[`${it.namespace}.${it.name}`, it] as const],
    ),
  );
}

function indexCalls(facts: FileFacts): Pick<FileIndex, 'calls' | 'publishes' | 'withRoles' | 'handed'> {
  const calls = new Map<string, CallSite[]>();
  const publishes: (CallSite & { readonly role: PublishRole })[] = [];
  const withRoles: CallSite[] = [];
  const handed = new Map<FunctionId, CallSite>();
  for (const fn of facts.functions) {
    for (const action of callsIn(fn.body)) {
      const name = action.isNew ? 'constructor' : calleeName(action.call.callee);
      if (name !== undefined) {
        const sites = calls.get(name);
        if (sites) sites.push({ fn, action });
        else calls.set(name, [{ fn, action }]);
      }
      if (action.roles.length > 0) withRoles.push({ fn, action });
      for (const it of action.call.args) if (it.kind === 'function') handed.set(it.function, { fn, action });
      for (const role of action.roles) if (role.kind === 'publish') publishes.push({ fn, action, role });
    }
  }
  return { calls, publishes, withRoles, handed };
}
