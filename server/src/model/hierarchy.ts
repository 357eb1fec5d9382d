// Who extends whom: bases through the type reader, subtypes by a look-up made on first use.
import type { Member } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { indexOf } from './fileIndex.ts';
import type { FunctionNode, TypeNode } from './model.ts';
import { once } from './once.ts';
import { lineageOf as readLineage, type Resolve } from './types.ts';
import type { Values } from './values.ts';

export interface Hierarchy {
  /** The type and what it extends or implements, nearest first. */
  readonly lineageOf: (type: TypeNode) => readonly TypeNode[];
  readonly subtypesOf: (type: TypeNode) => readonly TypeNode[];
  /** The method that a value of the type has, inherited ones included; abstract ones too. */
  readonly methodOf: (type: TypeNode, name: string) => FunctionNode | undefined;
  readonly memberOf: (
    type: TypeNode,
    name: string,
  ) => { readonly node: TypeNode; readonly member: Member } | undefined;
}

/** Answers from the facts of all files. */
export function hierarchyOf(
  files: ReadonlyMap<string, FileFacts>,
  values: Values,
  resolve: Resolve,
): Hierarchy {
  const lineages = new Map<TypeNode['fact'], readonly TypeNode[]>();
  const lineageOf = (type: TypeNode): readonly TypeNode[] => {
    let lineage = lineages.get(type.fact);
    if (!lineage) {
      const bases = readLineage(resolve, type).filter((it) => it.fact !== type.fact);
      lineages.set(type.fact, (lineage = [type, ...bases]));
    }
    return lineage;
  };
  let byBase: Map<string, TypeNode[]> | undefined;
  const subtypes = new Map<TypeNode['fact'], readonly TypeNode[]>();
  const subtypesOf = (type: TypeNode): readonly TypeNode[] => {
    byBase ??= collectByBase(files.values());
    let found = subtypes.get(type.fact);
    if (!found) subtypes.set(type.fact, (found = findSubtypes(type, byBase, values)));
    return found;
  };
  return {
    lineageOf,
    subtypesOf,
    methodOf: (type, name) => methodIn(lineageOf(type), name, values),
    memberOf: (type, name) => {
      for (const node of lineageOf(type)) {
        const member = node.fact.members.find((it) => it.name === name);
        if (member) return { node, member };
      }
      return undefined;
    },
  };
}

function methodIn(lineage: readonly TypeNode[], name: string, values: Values): FunctionNode | undefined {
  for (const node of lineage) {
    const facts = values.factsOf(node.file);
    const fact = facts && indexOf(facts).methods.get(node.fact.name)?.get(name);
    if (fact) return { file: node.file, fact };
    const init = node.fact.members.find((it) => it.name === name)?.init;
    const value = init && values.evaluate(node.file, init);
    if (value?.kind === 'function') return value.node;
  }
  return undefined;
}

function collectByBase(files: Iterable<FileFacts>): Map<string, TypeNode[]> {
  const byBase = new Map<string, TypeNode[]>();
  for (const facts of files) {
    for (const [name, node] of derivedIn(facts)) {
      const found = byBase.get(name);
      if (found) found.push(node);
      else byBase.set(name, [node]);
    }
  }
  return byBase;
}

/** The types of a file that have a base, by its name. */
const derivedIn = once((facts: FileFacts): readonly (readonly [string, TypeNode])[] =>
  facts.types.flatMap((fact) =>
    [...fact.bases, ...fact.implements].flatMap((base) =>
      base.kind === 'ref' ? [[lastName(base.name), { file: facts.file, fact }] as const] : [],
    ),
  ),
);

/** All classes and interfaces below a type, over any number of generations. */
function findSubtypes(
  type: TypeNode,
  byBase: ReadonlyMap<string, TypeNode[]>,
  values: Values,
): readonly TypeNode[] {
  const found = new Set<TypeNode>();
  const seen = new Set([type.fact]);
  const queue = [type];
  for (let base = queue.pop(); base; base = queue.pop()) {
    for (const candidate of byBase.get(base.fact.name) ?? []) {
      if (seen.has(candidate.fact) || !isBelow(candidate, base, values)) continue;
      seen.add(candidate.fact);
      found.add(candidate);
      queue.push(candidate);
    }
  }
  return [...found];
}

function isBelow(candidate: TypeNode, base: TypeNode, values: Values): boolean {
  return [...candidate.fact.bases, ...candidate.fact.implements].some((it) => {
    if (it.kind !== 'ref' || lastName(it.name) !== base.fact.name) return false;
    return values.typeNamed(candidate.file, it.name)?.fact === base.fact;
  });
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
