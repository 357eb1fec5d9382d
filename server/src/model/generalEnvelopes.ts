// The envelope of all events: a generic type over the events' base, which says only that something is an event.
import type { TypeExpr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import type { FilePath } from '../text.ts';
import { foundInFiles } from './about.ts';
import { metadataOf, nothing, together } from './metadata.ts';
import type { Aliases, Metadata } from './metadataKinds.ts';
import type { EventModel, TypeNode } from './model.ts';

const envelopeName = /(?:Envelope|EventMessage|EventRecord|StoredEvent|RecordedEvent|PersistedEvent)$/;

/** What the envelope around a declared event carries: `class OrderPlaced implements IEvent` and `EventEnvelope<E extends IEvent>`. */
export function ofGeneralEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const bases = nodesOf(model, node.file, [...node.fact.bases, ...node.fact.implements]);
  // What says more than that it is an event carries its metadata itself.
  const markers = bases.filter((it) => it.fact.members.length === 0).map((it) => it.fact);
  if (markers.length === 0) return nothing;
  const around = foundInFiles(model, 'general envelopes', envelopesIn).filter(({ file, fact }) =>
    nodesOf(model, file, fact.bounds ?? []).some((it) => markers.includes(it.fact)),
  );
  const carried = around.map((it) => metadataOf(model, it, aliases));
  return together(carried.filter(({ present }) => present.has('id') && present.has('timestamp')));
}

/** By their names; what they stand around is looked up when somebody asks. */
const envelopesIn = once(({ file, types }: FileFacts): readonly TypeNode[] =>
  types.flatMap((fact) => (fact.bounds && envelopeName.test(fact.name) ? [{ file, fact }] : [])),
);

function nodesOf({ program }: EventModel, file: FilePath, types: readonly TypeExpr[]): readonly TypeNode[] {
  return types.flatMap((it) => (it.kind === 'ref' ? (program.typeNamed(file, it.name) ?? []) : []));
}
