// Who extends whom: bases through the type reader, subtypes by a look-up made on first use.
import type { Member } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import type { Keeper } from '../incremental/kept.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { FunctionNode, TypeNode } from '../model.ts';
import { lineageOf as readLineage, type Resolve } from './types.ts';
import type { Values } from './values.ts';

export interface Hierarchy {
  /** The type and what it extends or implements, nearest first. */
  readonly lineageOf: (type: TypeNode) => readonly TypeNode[];
  readonly subtypesOf: (type: TypeNode) => readonly TypeNode[];
  /** Those that may have a method of this name: none of them, where no class of the program has one, whatever the type is. */
  readonly subtypesWith: (type: TypeNode, method: string) => readonly TypeNode[];
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
  {
    keeper,
    values,
    resolve,
  }: { readonly keeper: Keeper; readonly values: Values; readonly resolve: Resolve },
): Hierarchy {
  const lineage = keeper.keep('lineage', (file, fact: TypeFact) => {
    const type = { file, fact };
    return [type, ...readLineage(resolve, type).filter((it) => it.fact !== fact)];
  });
  const lineageOf = ({ file, fact }: TypeNode): readonly TypeNode[] => lineage(file, fact);
  const derivedFrom = keeper.index(files, derived);
  const filesWith = keeper.index(files, methodsNamed);
  const subtypes = keeper.keep('subtypes', (file, fact: TypeFact) =>
    findSubtypes({ file, fact }, derivedFrom, values),
  );
  const subtypesOf = ({ file, fact }: TypeNode): readonly TypeNode[] => subtypes(file, fact);
  return {
    lineageOf,
    subtypesOf,
    subtypesWith: (type, method) => (filesWith(method).length > 0 ? subtypesOf(type) : []),
    methodOf: (type, name) => methodIn(lineageOf(type), name, values),
    memberOf: (type, name) => memberIn(lineageOf(type), name),
  };
}

function memberIn(lineage: readonly TypeNode[], name: string): ReturnType<Hierarchy['memberOf']> {
  for (const node of lineage) {
    const member = node.fact.members.find((it) => it.name === name);
    if (member) return { node, member };
  }
  return undefined;
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

/** The types of a file that have a base, by its name. */
const derived: Indexed<string, readonly TypeNode[]> = {
  question: 'derived',
  of: ({ file, types }) => {
    const byBase = new Map<string, TypeNode[]>();
    for (const fact of types) {
      for (const base of [...fact.bases, ...fact.implements])
        if (base.kind === 'ref') append(byBase, lastName(base.name), { file, fact });
    }
    return byBase;
  },
  isSame: (one, other) =>
    one.length === other.length && one.every((it, index) => it.fact === other[index]?.fact),
};

/** The files whose classes have a method of a name, be it a field that holds a function: see `methodIn`. */
const methodsNamed: Indexed<string, FilePath> = {
  question: 'methods named',
  of: (facts) => {
    const methods = [...indexOf(facts).methods.values()].flatMap((it) => [...it.keys()]);
    const fields = facts.types.flatMap(({ members }) => members.filter((it) => it.init !== undefined));
    return new Map([...methods, ...fields.map((it) => it.name)].map((it) => [it, facts.file]));
  },
  isSame: (one, other) => one === other,
};

function append(byBase: Map<string, TypeNode[]>, base: string, type: TypeNode): void {
  const known = byBase.get(base);
  if (known) known.push(type);
  else byBase.set(base, [type]);
}

/** All classes and interfaces below a type, over any number of generations. */
function findSubtypes(
  type: TypeNode,
  derivedFrom: (base: string) => readonly (readonly TypeNode[])[],
  values: Values,
): readonly TypeNode[] {
  const found = new Set<TypeNode>();
  const seen = new Set([type.fact]);
  const queue = [type];
  for (let base = queue.pop(); base; base = queue.pop()) {
    for (const candidate of derivedFrom(base.fact.name).flat()) {
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
