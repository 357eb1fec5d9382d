// The envelopes that a workspace writes around its events: a generic type over the events' base, and types that name what they bear.
import type { Member, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import type { FilePath } from '../text.ts';
import { foundInFiles } from './about.ts';
import { metadataOf, nothing, ofFields, together } from './metadata.ts';
import type { Aliases, Metadata } from './metadataKinds.ts';
import type { EventModel, TypeNode } from './model.ts';

const envelopeName = /(?:Envelope|EventMessage|EventRecord|StoredEvent|RecordedEvent|PersistedEvent)$/;

/** What the envelope around a declared event carries: `class OrderPlaced implements IEvent` and `EventEnvelope<E extends IEvent>`. */
export function ofGeneralEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  return together([ofBasesEnvelope(model, node, aliases), ofWrittenEnvelope(model, node, aliases)]);
}

function ofBasesEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
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

interface Written {
  readonly file: FilePath;
  readonly envelope: TypeExpr;
  readonly content: TypeExpr;
}

/** `interface ShipJobs { ship: { id: string; timestamp: Date; payload: ShipEvent } }`: each message comes in one. */
function ofWrittenEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const around = foundInFiles(model, 'written envelopes', writtenIn).filter(({ file, content }) =>
    nodesOf(model, file, namesIn(content)).some(
      (it) =>
        it.fact === node.fact ||
        nodesOf(model, it.file, inferredBy(it.fact.alias)).some((one) => one.fact === node.fact),
    ),
  );
  const carried = around.map(({ file, envelope }) =>
    ofFields(model, model.program.fieldsOf(file, envelope), aliases, 1),
  );
  return together(carried.filter(({ present }) => present.has('id') && present.has('timestamp')));
}

const writtenIn = once(({ file, types }: FileFacts): readonly Written[] =>
  types.flatMap(({ members, alias }) =>
    [...members.map((it) => it.type), alias].flatMap((it) => (it ? bearersIn(file, it, 2) : [])),
  ),
);

/** The object types that bear something as their `payload`, and have more to say of it. */
function bearersIn(file: FilePath, type: TypeExpr, depth: number): readonly Written[] {
  if (type.kind !== 'object' || depth === 0) return [];
  const content = type.members.find(bears)?.type;
  if (content && type.members.length > 2) return [{ file, envelope: type, content }];
  return type.members.flatMap((it) => (it.type ? bearersIn(file, it.type, depth - 1) : []));
}

function bears({ name, type }: Member): boolean {
  return /^(?:payload|data|body|detail)$/.test(name) && (type?.kind === 'ref' || type?.kind === 'union');
}

function namesIn(type: TypeExpr): readonly TypeExpr[] {
  return type.kind === 'union' ? type.of.flatMap(namesIn) : [type];
}

/** The schema of `z.infer<typeof ShipEventSchema>`. */
function inferredBy(alias: TypeExpr | undefined): readonly TypeExpr[] {
  if (alias?.kind === 'typeof') return [{ kind: 'ref', name: alias.name, args: [], at: alias.at }];
  return alias?.kind === 'ref' ? alias.args.flatMap(inferredBy) : [];
}

function nodesOf({ program }: EventModel, file: FilePath, types: readonly TypeExpr[]): readonly TypeNode[] {
  return types.flatMap((it) => (it.kind === 'ref' ? (program.typeNamed(file, it.name) ?? []) : []));
}
