// How missing metadata is mended: by fields, by the base event that the workspace has, by a new one.
import type { Expr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { saidOfFiles } from '../model/incremental/about.ts';
import { isTakenAsTyped } from '../model/metadata/handedMetadata.ts';
import { metadataOf } from '../model/metadata/metadata.ts';
import type { Aliases, MetadataKind } from '../model/metadata/metadataKinds.ts';
import type { EventModel, TypeNode } from '../model/model.ts';
import { importersOf } from '../model/resolution/importers.ts';
import { areSame } from '../same.ts';
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
  { model, bases }: { readonly model: EventModel; readonly bases: () => readonly Base[] },
  fault: Mended,
  chosen: { readonly required: readonly MetadataKind[] },
): readonly Fix[] {
  // A stored thing that is published as it is has no place for them.
  if (fault.node ? isMendedElsewhere(model, fault.node) : !fault.object) return [];
  if (fault.object && isTakenAsTyped(model, fault.place, fault.object)) return [];
  const fields = fieldsFor(fault.missing);
  const makers = fault.node ? makersOf(model, fault.node) : [];
  const target = fault.object ? { file: fault.place.file, at: fault.object.at } : fault.place;
  const add: Fix = {
    title: `Add ${fields.map((it) => it.name).join(', ')}`,
    plan: { kind: 'add-fields', target, fields, makers },
  };
  if (!fault.node) return [add];
  const base = existingBase(model, bases(), fault.node, fault.missing);
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

/** A schema that a function makes has its envelope there, and a type has to stay as the schema says that checks it. */
function isMendedElsewhere(model: EventModel, { fact }: TypeNode): boolean {
  if (fact.kind === 'schema') return fact.isAbstract === true || fact.alias?.kind === 'ref';
  return model.aliasesOf(fact).some((it) => it.fact.kind === 'schema');
}

function extending({ file, name, from }: Extended, target: Place, makers: readonly FilePath[]): Fix {
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

/** A base that other events of the workspace extend, or that is named as one: all that the fixes of events depend on. */
export interface Base {
  readonly file: FilePath;
  readonly name: string;
  readonly kind: TypeNode['fact']['kind'];
  /** Whoever extends it has to hand something on to its constructor. */
  readonly hasParameterFields: boolean;
  readonly carries: readonly MetadataKind[];
  /** The types that it extends, and itself. */
  readonly lineage: readonly string[];
}

interface Extended extends Pick<Base, 'file' | 'name'> {
  /** How to import it where a relative path would leave the service. */
  readonly from?: string;
}

/** Those of the workspace. To be made before anything is asked of a model that was kept from the one before. */
export function basesOfEvents(model: EventModel, chosen: Aliases): () => readonly Base[] {
  const question = `bases of events ${JSON.stringify(chosen)}`;
  const known = model.keeper.lookUp(
    question,
    () =>
      new Map([
        [
          '',
          saidOfFiles(model, question, (it) => basesIn(it).flatMap((base) => baseOf(model, base, chosen))),
        ],
      ]),
    (one, other) => areSame(one, other, isSameBase),
  );
  return () => known('') ?? [];
}

function isSameBase(one: Base, other: Base): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Nothing of one that is generic, or may have more than can be read. */
function baseOf(model: EventModel, node: TypeNode, chosen: Aliases): readonly Base[] {
  const { kind, name, parameters, members } = node.fact;
  const { present, isOpen } = metadataOf(model, node, chosen);
  if (isOpen || parameters.length > 0) return [];
  const hasParameterFields = members.some((it) => it.isParameter === true);
  const lineage = model.program.lineageOf(node).map(idOf);
  return [{ file: node.file, name, kind, hasParameterFields, carries: [...present], lineage }];
}

function idOf({ file, fact }: TypeNode): string {
  return `${file} ${fact.name}`;
}

/** The first that has all that is missing. */
function existingBase(
  model: EventModel,
  bases: readonly Base[],
  node: TypeNode,
  missing: readonly MetadataKind[],
): Extended | undefined {
  for (const it of bases) {
    const { file, name, carries, lineage } = it;
    if (lineage.includes(idOf(node)) || !fits(it, node) || !missing.every((kind) => carries.includes(kind)))
      continue;
    if (model.serviceOf(file) === model.serviceOf(node.file)) return { file, name };
    const from = specifierOf(model, it, node.file);
    if (from !== undefined) return { file, name, from };
  }
  return undefined;
}

const basesIn = once(({ file, types }: FileFacts) =>
  types.filter((it) => it.isExported && baseName.test(it.name)).map((fact) => ({ file, fact })),
);

const baseName =
  /^(Base|Domain|Integration|Abstract)(Domain|Integration)?(Event|Message)$|^Event(Base|Envelope|Metadata|Meta)$/;

/** The package by which the service imports the base already. */
function specifierOf(model: EventModel, base: Base, from: FilePath): string | undefined {
  const service = model.serviceOf(from);
  for (const file of importersOf(model, base.name)) {
    const imports = model.files.get(file)?.imports;
    const named = imports?.find((it) => it.name === base.name && !it.from.startsWith('.'));
    if (!named || model.serviceOf(file) !== service) continue;
    const type = model.program.typeNamed(file, named.local);
    if (type?.file === base.file && type.fact.name === base.name) return named.from;
  }
  return undefined;
}

/** A class extends a class, an interface an interface or object type, a schema a schema. */
function fits({ kind, hasParameterFields }: Base, { file, fact }: TypeNode): boolean {
  if (hasBase({ file, fact })) return false;
  if (fact.kind === 'class') return kind === 'class' && !hasParameterFields;
  if (fact.kind === 'schema') return kind === 'schema';
  const isObject = fact.kind === 'interface' || fact.kind === 'alias';
  return isObject && (kind === 'interface' || kind === 'alias');
}
