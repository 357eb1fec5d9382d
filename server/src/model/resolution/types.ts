// The fields of types across files: inheritance, intersections, generic envelopes, schemas, utility types.
// What can't be resolved leaves the answer open: more fields may exist.
import type { Member, TypeExpr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { Field, Fields, TypeNode } from '../model.ts';

/** Finds a type by name from a file; the program's part that this needs. */
export interface Resolve {
  readonly typeNamed: (file: FilePath, name: string) => TypeNode | undefined;
  readonly packageOf: (file: FilePath, name: string) => string | undefined;
}

/** A type expression with the file it stands in and what its type parameters mean there. */
interface Scoped {
  readonly file: FilePath;
  readonly type: TypeExpr;
  readonly bound: Bound;
}
type Bound = ReadonlyMap<string, Scoped>;

interface Walk {
  readonly resolve: Resolve;
  readonly visiting: Set<string>;
  /** How many parts were looked at so far. */
  parts: number;
}

/** A type with more bases above it is not written by hand; what such a one inherits is unknown. */
const deepest = 50;

/** Nor is one of more parts than these, counted as often as they are inherited: a few dozen that inherit in pairs would take for ever. */
const most = 20_000;

const nothing: Fields = { fields: new Map(), isOpen: false };
const open: Fields = { fields: new Map(), isOpen: true };

/** All fields of a type with those of its bases. */
export function fieldsOf(resolve: Resolve, file: FilePath, type: TypeExpr | TypeNode): Fields {
  const walk: Walk = { resolve, visiting: new Set(), parts: 0 };
  if ('fact' in type) return ofNode(walk, type, new Map());
  return ofType(walk, { file, type, bound: new Map() });
}

/** A type and the types it extends or implements, nearest first, each once. */
export function lineageOf(resolve: Resolve, type: TypeNode): readonly TypeNode[] {
  const lineage: TypeNode[] = [type];
  for (const node of lineage) {
    if (lineage.length > deepest) break;
    const alias = node.fact.alias ? referencesIn(node.fact.alias) : [];
    for (const base of [...node.fact.bases, ...node.fact.implements, ...alias]) {
      const name = base.kind === 'ref' || base.kind === 'typeof' ? base.name : undefined;
      const found = name === undefined ? undefined : resolve.typeNamed(node.file, name);
      if (found && !lineage.some((it) => it.fact === found.fact)) lineage.push(found);
    }
  }
  return lineage;
}

/** What an alias is made of: itself a reference, or parts of an intersection. */
function referencesIn(type: TypeExpr): readonly TypeExpr[] {
  if (type.kind === 'ref') return [type];
  return type.kind === 'intersection' ? type.of.flatMap(referencesIn) : [];
}

function ofNode(walk: Walk, node: TypeNode, bound: Bound): Fields {
  const key = `${node.file}#${node.fact.at.start}`;
  if (walk.visiting.has(key)) return nothing;
  if (walk.visiting.size > deepest) return open;
  walk.visiting.add(key);
  const { file, fact } = node;
  const scoped = (type: TypeExpr): Scoped => ({ file, type, bound });
  const bases = [...fact.bases, ...(fact.kind === 'class' ? [] : fact.implements)];
  const inherited = bases.map((it) => ofType(walk, scoped(it)));
  const alias = fact.alias ? [ofType(walk, scoped(fact.alias))] : [];
  const own = ofMembers(
    file,
    fact.members.filter((it) => !it.isStatic),
    node,
  );
  walk.visiting.delete(key);
  return together([...inherited, ...alias, own]);
}

function ofMembers(file: FilePath, members: readonly Member[], from?: TypeNode): Fields {
  const fields = new Map<string, Field>();
  for (const member of members)
    fields.set(member.name, { name: member.name, file, member, ...(from ? { from } : {}) });
  return { fields, isOpen: false };
}

function together(parts: readonly Fields[]): Fields {
  const fields = new Map<string, Field>();
  for (const part of parts) for (const [name, field] of part.fields) fields.set(name, field);
  return { fields, isOpen: parts.some((it) => it.isOpen) };
}

function ofType(walk: Walk, scoped: Scoped): Fields {
  const { type, file, bound } = scoped;
  walk.parts += 1;
  if (walk.parts > most) return open;
  switch (type.kind) {
    case 'object':
      return ofMembers(file, type.members);
    case 'intersection':
      return together(type.of.map((it) => ofType(walk, { file, type: it, bound })));
    case 'union':
      return common(type.of.map((it) => ofType(walk, { file, type: it, bound })));
    case 'ref':
      return ofReference(walk, scoped, type.name, type.args);
    case 'typeof': {
      const parameter = bound.get(type.name);
      if (parameter) return ofType(walk, parameter);
      const node = walk.resolve.typeNamed(file, type.name);
      return node ? ofNode(walk, node, new Map()) : open;
    }
    case 'other':
      return open;
    case 'primitive':
      return type.name === 'any' || type.name === 'unknown' ? open : nothing;
    default:
      return nothing;
  }
}

/** The fields that all members of a union have. */
function common(parts: readonly Fields[]): Fields {
  const [first, ...rest] = parts;
  if (!first) return nothing;
  const fields = new Map(
    [...first.fields].filter(([name]) => rest.every((it) => it.fields.has(name) || it.isOpen)),
  );
  return { fields, isOpen: parts.every((it) => it.isOpen) };
}

const transparent = new Set([
  'Readonly',
  'Required',
  'Partial',
  'DeepReadonly',
  'Prettify',
  'Simplify',
  'NonNullable',
  'Awaited',
  'Promise',
  'Immutable',
]);
const inferring = /(^|\.)(infer|input|output|TypeOf|InferOutput|InferInput|Static|InferType)$/;

function ofReference(walk: Walk, scoped: Scoped, name: string, args: readonly TypeExpr[]): Fields {
  const { file, bound } = scoped;
  const parameter = bound.get(name);
  if (parameter) return ofType(walk, parameter);
  const inner = (index: number): Fields => {
    const arg = args[index];
    return arg ? ofType(walk, { file, type: arg, bound }) : open;
  };
  if (transparent.has(name) || inferring.test(name)) return inner(0);
  if (name === 'Omit' || name === 'Pick') return selected(inner(0), name === 'Pick', args[1]);
  if (name === 'Record') return open;
  const node = walk.resolve.typeNamed(file, name);
  if (!node) return open;
  const next = new Map<string, Scoped>();
  node.fact.parameters.forEach((parameterName, index) => {
    const arg = args[index];
    if (arg) next.set(parameterName, { file, type: arg, bound });
  });
  return ofNode(walk, node, next);
}

function selected(all: Fields, keeps: boolean, keys: TypeExpr | undefined): Fields {
  const parts = keys?.kind === 'union' ? keys.of : keys ? [keys] : [];
  const names = new Set(parts.flatMap((it) => (it.kind === 'literal' ? [it.value] : [])));
  if (names.size === 0) return { ...all, isOpen: true };
  return { ...all, fields: new Map([...all.fields].filter(([name]) => names.has(name) === keeps)) };
}
