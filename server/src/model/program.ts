// Answers what a name, type or call means over all files. Everything is looked up on demand and kept for one model.
import type { FileFacts } from '../facts/facts.ts';
import type { ProjectFacts } from '../facts/project.ts';
import type { FilePath } from '../text.ts';
import { callsOf, type Calls } from './calls.ts';
import { hierarchyOf, type Hierarchy } from './hierarchy.ts';
import { injectionOf } from './injection.ts';
import type { Program } from './model.ts';
import { modulesOf, type Modules } from './modules.ts';
import { fieldsOf, type Resolve } from './types.ts';
import { valuesOf, type Values } from './values.ts';

/** The program as rules see it, and the parts that only the linker needs. */
export interface Linking {
  readonly files: ReadonlyMap<FilePath, FileFacts>;
  readonly program: Program;
  readonly values: Values;
  readonly hierarchy: Hierarchy;
  readonly calls: Calls;
  readonly modules: Modules;
}

/** Joins the facts of all files into one program. */
export function linkProgram(
  files: ReadonlyMap<FilePath, FileFacts>,
  projects: readonly ProjectFacts[],
): Linking {
  const modules = modulesOf(files, projects);
  const { packageOf } = modules;
  const values = valuesOf(files, modules);
  const resolve: Resolve = { typeNamed: values.typeNamed, packageOf };
  const hierarchy = hierarchyOf(files, values, resolve);
  const injected = injectionOf(files.values(), values);
  const calls = callsOf({ files, values, hierarchy, injected, packageOf, unitOf: unitsOf(projects) });
  const program: Program = {
    typeNamed: values.typeNamed,
    packageOf,
    fieldsOf: (file, type) => fieldsOf(resolve, file, type),
    stringOf: values.stringOf,
    typeOf: calls.typing.typeOf,
    foreignTypeOf: calls.typing.foreignOf,
    calleesOf: (file, _fn, call) => calls.callees(file, call),
    functionsOf: calls.functionsOf,
    methodOf: hierarchy.methodOf,
    lineageOf: hierarchy.lineageOf,
    subtypesOf: hierarchy.subtypesOf,
    callersOf: calls.callersOf,
  };
  return { files, program, values, hierarchy, calls, modules };
}

/** The folder of the nearest package.json above a file; '' where there is none. */
function unitsOf(projects: readonly ProjectFacts[]): (file: FilePath) => FilePath {
  const dirs = projects
    .filter((it) => it.package)
    .map((it) => (it.dir.endsWith('/') ? it.dir : `${it.dir}/`))
    .sort((a, b) => b.length - a.length);
  return (file) => dirs.find((it) => file.startsWith(it)) ?? '';
}
