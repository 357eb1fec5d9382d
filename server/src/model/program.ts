// Answers what a name, type or call means over all files. Everything is looked up on demand.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';
import { callsOf, type Calls } from './calls/calls.ts';
import { eachAction } from './fileIndex.ts';
import type { Keeper } from './incremental/kept.ts';
import { NotedFiles } from './incremental/notedFiles.ts';
import type { GivenObject, Program } from './model.ts';
import { hierarchyOf, type Hierarchy } from './resolution/hierarchy.ts';
import { injectionOf } from './resolution/injection.ts';
import { modulesOf, type Modules } from './resolution/modules.ts';
import { fieldsOf, type Resolve } from './resolution/types.ts';
import { valuesOf, type Values } from './resolution/values.ts';

/** The program as rules see it, and the parts that only the linker needs. */
export interface Linking {
  readonly keeper: Keeper;
  readonly files: ReadonlyMap<FilePath, FileFacts>;
  readonly program: Program;
  readonly values: Values;
  readonly hierarchy: Hierarchy;
  readonly calls: Calls;
  readonly modules: Modules;
  /** The folder of the nearest package.json. */
  readonly unitOf: (file: FilePath) => FilePath;
}

/** Joins the facts of all files into one program. */
export function linkProgram(
  all: ReadonlyMap<FilePath, FileFacts>,
  projects: readonly ProjectFacts[],
  keeper: Keeper,
): Linking {
  const files = new NotedFiles(all, keeper);
  const modules = modulesOf(files, projects, keeper);
  const { packageOf } = modules;
  const values = valuesOf(files, modules);
  const resolve: Resolve = { typeNamed: values.typeNamed, packageOf };
  const hierarchy = hierarchyOf(files, { keeper, values, resolve });
  const injection = injectionOf(files, values, keeper);
  const unitOf = unitsOf(projects);
  const calls = callsOf({ keeper, files, values, hierarchy, injection, packageOf, unitOf });
  const program = programOf({ values, hierarchy, calls, modules }, resolve);
  return { keeper, files, program, values, hierarchy, calls, modules, unitOf };
}

function programOf(
  { values, hierarchy, calls, modules }: Pick<Linking, 'values' | 'hierarchy' | 'calls' | 'modules'>,
  resolve: Resolve,
): Program {
  return {
    typeNamed: values.typeNamed,
    packageOf: modules.packageOf,
    fieldsOf: (file, type) => fieldsOf(resolve, file, type),
    stringOf: values.stringOf,
    literalOf: (file, expr) => literalOf(values, file, expr),
    valueOf: (file, expr) => {
      const value = values.evaluate(file, expr);
      return value.kind === 'expr' ? { file: value.file, expr: value.expr } : undefined;
    },
    objectOf: (file, expr) => objectOf({ values, calls }, file, expr),
    typeOf: calls.typing.typeOf,
    foreignTypeOf: calls.typing.foreignOf,
    calleesOf: (file, _fn, call) => calls.callees(file, call),
    functionsOf: calls.functionsOf,
    methodOf: hierarchy.methodOf,
    lineageOf: hierarchy.lineageOf,
    subtypesOf: hierarchy.subtypesOf,
    callersOf: calls.callersOf,
  };
}

function literalOf(values: Values, file: FilePath, expr: Expr): string | undefined {
  const value = values.evaluate(file, expr);
  return value.kind === 'expr' && value.expr.kind === 'literal' ? value.expr.text : undefined;
}

/** Of a function that returns one of several objects nobody knows which. */
function objectOf(
  { values, calls }: Pick<Linking, 'values' | 'calls'>,
  file: FilePath,
  expr: Expr,
): GivenObject | undefined {
  const value = values.evaluate(file, expr);
  if (value.kind !== 'expr') return undefined;
  if (value.expr.kind === 'object') return { file: value.file, object: value.expr };
  const [giver, ...others] = value.expr.kind === 'call' ? calls.callees(value.file, value.expr) : [];
  const returned = giver ? eachAction(giver.fact.body).filter((it) => it.kind === 'return') : [];
  const [only] = returned;
  if (!giver || others.length > 0 || returned.length > 1 || only?.value?.kind !== 'object') return undefined;
  return { file: giver.file, object: only.value, giver };
}

/** The folder of the nearest package.json above a file; '' where there is none. */
function unitsOf(projects: readonly ProjectFacts[]): (file: FilePath) => FilePath {
  const dirs = projects
    .filter((it) => it.package)
    .map((it) => (it.dir.endsWith('/') ? it.dir : `${it.dir}/`))
    .sort((a, b) => b.length - a.length);
  return (file) => dirs.find((it) => file.startsWith(it)) ?? '';
}
