// The envelope of all events: a generic type over the events' base, which says only that something is an event.
import type { TypeExpr } from '../facts/expressions.ts';
import type { FilePath } from '../text.ts';
import { metadataOf, nothing, together } from './metadata.ts';
import type { Aliases, Metadata } from './metadataKinds.ts';
import type { EventModel, TypeNode } from './model.ts';
import { perModel } from './perModel.ts';

const envelopeName = /(?:Envelope|EventMessage|EventRecord|StoredEvent|RecordedEvent|PersistedEvent)$/;

/** What the envelope around a declared event carries: `class OrderPlaced implements IEvent` and `EventEnvelope<E extends IEvent>`. */
export function ofGeneralEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const bases = nodesOf(model, node.file, [...node.fact.bases, ...node.fact.implements]);
  // What says more than that it is an event carries its metadata itself.
  const markers = bases.filter((it) => it.fact.members.length === 0).map((it) => it.fact);
  if (markers.length === 0) return nothing;
  const around = envelopesOf(model).filter(({ bounds }) => bounds.some((it) => markers.includes(it.fact)));
  const carried = around.map((it) => metadataOf(model, it.node, aliases));
  return together(carried.filter(({ present }) => present.has('id') && present.has('timestamp')));
}

interface Envelope {
  readonly node: TypeNode;
  readonly bounds: readonly TypeNode[];
}

const envelopesOf = perModel((model: EventModel): readonly Envelope[] =>
  [...model.files.values()].flatMap(({ file, types }) =>
    types.flatMap((fact) =>
      fact.bounds && envelopeName.test(fact.name)
        ? [{ node: { file, fact }, bounds: nodesOf(model, file, fact.bounds) }]
        : [],
    ),
  ),
);

function nodesOf({ program }: EventModel, file: FilePath, types: readonly TypeExpr[]): readonly TypeNode[] {
  return types.flatMap((it) => (it.kind === 'ref' ? (program.typeNamed(file, it.name) ?? []) : []));
}
