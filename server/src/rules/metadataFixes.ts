// How missing metadata is mended: by fields, by the base event that the workspace has, by a new one.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { foundInFiles } from '../model/about.ts';
import { importersOf } from '../model/importers.ts';
import { metadataOf } from '../model/metadata.ts';
import type { Aliases, MetadataKind } from '../model/metadataKinds.ts';
import type { EventModel, TypeNode } from '../model/model.ts';
import { once } from '../facts/once.ts';
import type { FilePath, Place } from '../text.ts';
import { makersOf } from './makers.ts';
import type { Fix } from './rule.ts';

/** The fields that supply what is missing, in the order of the message. */
export function fieldsFor(
  missing: readonly MetadataKind[],
): readonly { readonly name: string; readonly type: 'string' | 'number' }[] {
  const field = {
    id: 'eventId',
    timestamp: 'occurredAt',
    correlationId: 'correlationId',
    version: 'version',
  } as const;
  return missing.map((kind) => ({ name: field[kind], type: kind === 'version' ? 'number' : 'string' }));
}

/** What is mended: the declaration, or the published literal that has none. */
export interface Mended {
  readonly place: Place;
  readonly node?: TypeNode;
  readonly object?: Expr;
  readonly missing: readonly MetadataKind[];
}

/** Adding the fields, extending the workspace's base event, or making one. */
export function metadataFixes(
  model: EventModel,
  fault: Mended,
  chosen: Aliases & { readonly required: readonly MetadataKind[] },
): readonly Fix[] {
  const fields = fieldsFor(fault.missing);
  const makers = fault.node ? makersOf(model, fault.node) : [];
  const target = fault.object ? { file: fault.place.file, at: fault.object.at } : fault.place;
  const add: Fix = {
    title: `Add ${fields.map((it) => it.name).join(', ')}`,
    plan: { kind: 'add-fields', target, fields, makers },
  };
  if (!fault.node) return [add];
  const base = existingBase(model, fault.node, fault.missing, chosen);
  if (base) return [extending(base, fault.place, makers), add];
  const create: Fix = {
    title: 'Create a base event and extend it',
    plan: {
      kind: 'create-base',
      target: fault.place,
      name: 'BaseEvent',
      fields: fieldsFor(chosen.required),
      makers,
    },
  };
  // A base with all fields would clash with those that the event declares in its own way.
  const isBare = !hasBase(fault.node) && fault.missing.length === chosen.required.length;
  return [{ ...add, isPreferred: true }, ...(isBare ? [create] : [])];
}

function extending({ file, fact: { name }, from }: Base, target: Place, makers: readonly FilePath[]): Fix {
  const base = { file, name, ...(from === undefined ? {} : { from }) };
  return {
    title: `Extend ${name}`,
    plan: { kind: 'extend-base', target, base, makers },
    isPreferred: true,
  };
}

function hasBase({ fact }: TypeNode): boolean {
  return fact.bases.length > 0 || fact.alias?.kind === 'intersection' || fact.alias?.kind === 'ref';
}

interface Base extends TypeNode {
  /** How to import it where a relative path would leave the service. */
  readonly from?: string;
}

/** A base that other events of the workspace extend, or that is named as one, and that has all that is missing. */
function existingBase(
  model: EventModel,
  node: TypeNode,
  missing: readonly MetadataKind[],
  chosen: Aliases,
): Base | undefined {
  for (const candidate of foundInFiles(model, 'bases of events', basesIn)) {
    const { file, fact } = candidate;
    if (fact === node.fact || !fits(fact, node)) continue;
    const { present, isOpen } = metadataOf(model, candidate, chosen);
    const isOwnBase = model.program.lineageOf(candidate).some((it) => it.fact === node.fact);
    if (isOpen || isOwnBase || !missing.every((it) => present.has(it))) continue;
    if (model.serviceOf(file) === model.serviceOf(node.file)) return candidate;
    const from = specifierOf(model, candidate, node.file);
    if (from !== undefined) return { ...candidate, from };
  }
  return undefined;
}

const basesIn = once(({ file, types }: FileFacts) =>
  types.filter((it) => it.isExported && baseName.test(it.name)).map((fact) => ({ file, fact })),
);

const baseName =
  /^(Base|Domain|Integration|Abstract)(Domain|Integration)?(Event|Message)$|^Event(Base|Envelope|Metadata|Meta)$/;

/** The package by which the service imports the base already. */
function specifierOf(model: EventModel, { fact }: TypeNode, from: FilePath): string | undefined {
  const service = model.serviceOf(from);
  for (const file of importersOf(model, fact.name)) {
    const imports = model.files.get(file)?.imports;
    const named = imports?.find((it) => it.name === fact.name && !it.from.startsWith('.'));
    if (!named || model.serviceOf(file) !== service) continue;
    if (model.program.typeNamed(file, named.local)?.fact === fact) return named.from;
  }
  return undefined;
}

/** A class extends a class without constructor arguments to hand on, an interface an interface or object type, a schema a schema. */
function fits(base: TypeNode['fact'], { fact }: TypeNode): boolean {
  if (base.parameters.length > 0 || hasBase({ file: '', fact })) return false;
  if (fact.kind === 'class') return base.kind === 'class' && !base.members.some((it) => it.isParameter);
  if (fact.kind === 'schema') return base.kind === 'schema';
  return (
    (fact.kind === 'interface' || fact.kind === 'alias') &&
    (base.kind === 'interface' || base.kind === 'alias')
  );
}
