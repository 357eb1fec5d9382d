// The envelopes that a workspace writes around its events: a generic type over the events' base, and types that name what they bear.
import type { Member, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { areSame } from '../../same.ts';
import type { FilePath } from '../../text.ts';
import { namedBy } from '../events/aliases.ts';
import { eventMembers } from '../events/unionMembers.ts';
import { foundInFiles, saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, TypeNode } from '../model.ts';
import { usesIn } from './genericUses.ts';
import { joinedIn } from './joinedTypes.ts';
import { addedBy, madeIn } from './madeEnvelopes.ts';
import { ofFields, together } from './metadata.ts';
import type { Aliases, Metadata } from './metadataKinds.ts';

/** What stands around events: a type, or what a function adds. */
type Around =
  | {
      readonly file: FilePath;
      readonly envelope: TypeExpr | TypeFact;
      /** It bears whatever has the type as its base: `EventEnvelope<E extends IEvent>`. */
      readonly isBound: boolean;
      /** It is not around the event but a part of it: all that it says counts. */
      readonly isJoined?: true;
    }
  | { readonly maker: FunctionFact };

/** What the envelopes around a type carry. */
export type Envelopes = (node: TypeNode) => Metadata;

/**
 * What the envelope around a declared event carries: `class OrderPlaced implements IEvent` and `EventEnvelope<E extends IEvent>`.
 * To be made before anything is asked of a model that was kept from the one before.
 */
export function generalEnvelopes(model: EventModel, aliases: Aliases): Envelopes {
  const around = aroundTypes(model);
  const carriedBy = (it: Around): Metadata => {
    if ('maker' in it) return addedBy(it.maker, aliases);
    const type = 'span' in it.envelope ? withoutContent(it.file, it.envelope) : it.envelope;
    const carried = ofFields(model, model.program.fieldsOf(it.file, type), aliases, 2);
    return it.isJoined ? carried : named(carried);
  };
  return (node) => together(aroundNode(model, around, node).map(carriedBy));
}

/** The declared types of which a type is the content: `EventEnvelope` of `type OrderPlacedEvent = EventEnvelope<OrderPlaced>`. */
export function envelopesAround(model: EventModel, node: TypeNode): readonly TypeFact[] {
  return aroundNode(model, aroundTypes(model), node).flatMap((it) =>
    'envelope' in it && 'span' in it.envelope ? [it.envelope] : [],
  );
}

function aroundNode(
  model: EventModel,
  around: (fact: TypeFact) => readonly Around[] | undefined,
  node: TypeNode,
): readonly Around[] {
  return spellings(model, node).flatMap((it) => [
    ...markersOf(model, it).flatMap((marker) => (around(marker) ?? []).filter(isBound)),
    ...(around(it.fact) ?? []),
  ]);
}

/** `type Stored<E> = E & { id: string }`: what `E` has is asked of the event itself, and leaves nothing open. */
function withoutContent(file: FilePath, fact: TypeFact): TypeExpr | TypeNode {
  const { alias, parameters } = fact;
  if (alias?.kind !== 'intersection') return { file, fact };
  const of = alias.of.filter((it) => it.kind !== 'ref' || !parameters.includes(it.name));
  return { ...alias, of };
}

const aroundTypes = perModel((model) =>
  model.keeper.lookUp(
    'envelopes around types',
    () => byContent(saidOfFiles(model, 'general envelopes', (it) => envelopesIn(model, it))),
    (one, other) => areSame(one, other, isSameEnvelope),
  ),
);

/** The type, the schema that it is inferred of or checked by, and the type that a schema checks: what is around one is around all. */
function spellings(model: EventModel, node: TypeNode): readonly TypeNode[] {
  const known = namedBy(model, node) ?? node;
  const inferred = nodesOf(model, node.file, inferredBy(node.fact.alias));
  const all = [
    node,
    known,
    ...model.aliasesOf(known.fact),
    ...inferred.filter((it) => it.fact.kind === 'schema'),
  ];
  return [...new Map(all.map((it) => [it.fact, it])).values()];
}

/** What says more than that it is an event carries its metadata itself. */
function markersOf(model: EventModel, { file, fact }: TypeNode): readonly TypeFact[] {
  const bases = nodesOf(model, file, [...fact.bases, ...fact.implements]);
  return bases.map((it) => it.fact).filter(saysLittle);
}

function isBound(around: Around): boolean {
  return 'isBound' in around && around.isBound;
}

/** Only what names the event and is metadata by itself says that it comes around it. */
function named(carried: Metadata): Metadata {
  return carried.present.has('id') && carried.present.has('timestamp') ? carried : together([]);
}

type Content = readonly [TypeFact, Around];

function byContent(all: readonly Content[]): ReadonlyMap<TypeFact, readonly Around[]> {
  const found = new Map<TypeFact, Around[]>();
  for (const [content, around] of all) {
    const known = found.get(content);
    if (known) known.push(around);
    else found.set(content, [around]);
  }
  return found;
}

function isSameEnvelope(one: Around, other: Around): boolean {
  if ('maker' in one || 'maker' in other)
    return 'maker' in one && 'maker' in other && one.maker === other.maker;
  const isAsBinding = one.isBound === other.isBound && one.isJoined === other.isJoined;
  return one.file === other.file && one.envelope === other.envelope && isAsBinding;
}

/** What the envelopes bear that a file declares, or writes around something. */
function envelopesIn(model: EventModel, facts: FileFacts): readonly Content[] {
  return [
    ...boundEnvelopes(model, facts),
    ...genericEnvelopes(model, facts),
    ...writtenEnvelopes(model, facts),
    ...madeEnvelopes(model, facts),
    ...joinedEnvelopes(model, facts),
  ];
}

function boundEnvelopes(model: EventModel, { file, types }: FileFacts): readonly Content[] {
  return types.flatMap((fact) => {
    const bounds = fact.bounds && bearsParameter(fact) ? fact.bounds : [];
    const named = nodesOf(model, file, bounds).map((it) => it.fact);
    const held = bounds.flatMap((it) => heldBy(model, file, it)).filter((it) => !named.includes(it));
    return [
      ...named.map((it): Content => [it, { file, envelope: fact, isBound: true }]),
      ...held.map((it): Content => [it, { file, envelope: fact, isBound: false }]),
    ];
  });
}

function saysLittle({ members }: TypeFact): boolean {
  return members.every((it) => /^(?:type|name|kind|payload|data)$/.test(it.name));
}

/** `interface Envelope<E> { payload: E }`, `type Enveloped<E> = E & Metadata`. */
function bearsParameter({ parameters, members, alias }: TypeFact): boolean {
  const isParameter = (it: TypeExpr | undefined): boolean =>
    it?.kind === 'ref' && parameters.includes(it.name);
  if (alias?.kind === 'intersection' && alias.of.some(isParameter)) return true;
  const parts = alias?.kind === 'intersection' ? alias.of : alias ? [alias] : [];
  const written = parts.flatMap((it) => (it.kind === 'object' ? it.members : []));
  return [...members, ...written].some((it) => bearing.test(it.name) && isParameter(it.type));
}

/** `const envelope: Envelope<OrderEvent> = …`: what stands around each event of the union. */
function genericEnvelopes(model: EventModel, facts: FileFacts): readonly Content[] {
  const { keeper, program } = model;
  const { file } = facts;
  const bearers = keeper.keepBy(
    'names of what bears a parameter',
    () => '',
    () => bearerNames(model),
  )('');
  return usesIn(facts).flatMap(({ name, exported, args }) => {
    const type = bearers.has(exported) ? program.typeNamed(file, name) : undefined;
    if (!type || !bearsParameter(type.fact)) return [];
    const around = { file: type.file, envelope: type.fact, isBound: false };
    return args.flatMap((it) => heldBy(model, file, it)).map((it): Content => [it, around]);
  });
}

/** A barrel may rename what another one has renamed. */
const maxRenamings = 2;

/** What types are called that bear a parameter, where they are declared and where they are exported by another name. */
function bearerNames(model: EventModel): ReadonlySet<string> {
  const names = new Set(foundInFiles(model, 'types that bear a parameter', bearersNamed));
  const renamed = foundInFiles(model, 'exports by another name', renamedIn);
  for (let hop = 0; hop < maxRenamings; hop += 1) {
    for (const it of renamed) {
      const [own = '', other = ''] = it.split(' ');
      if (names.has(own)) names.add(other);
    }
  }
  return names;
}

const bearersNamed = once(({ types }: FileFacts) => types.filter(bearsParameter).map((it) => it.name));

const renamedIn = once(({ exports, imports }: FileFacts) =>
  [
    ...exports.map(({ name, local }) => [local, name] as const),
    ...imports.map(({ name, local }) => [name, local] as const),
  ].flatMap(([own, other]) => (own !== other && own !== '*' && other !== '*' ? [`${own} ${other}`] : [])),
);

/** The type itself and the members of its union, by whatever names in between. */
function heldBy(model: EventModel, file: FilePath, type: TypeExpr, depth = 5): readonly TypeFact[] {
  if (depth === 0) return [];
  if (type.kind === 'union') return type.of.flatMap((it) => heldBy(model, file, it, depth - 1));
  return nodesOf(model, file, [type]).flatMap(({ file: other, fact }) => {
    const inner = [fact.alias, ...inferredBy(fact.alias)].flatMap((it) => it ?? []);
    return [fact, ...eventMembers(fact), ...inner.flatMap((it) => heldBy(model, other, it, depth - 1))];
  });
}

interface Written {
  readonly file: FilePath;
  readonly envelope: TypeExpr | TypeFact;
  readonly content: TypeExpr;
}

/** `interface ShipJobs { ship: { id: string; timestamp: Date; payload: ShipEvent } }`: each message comes in one. */
function writtenEnvelopes(model: EventModel, facts: FileFacts): readonly Content[] {
  return writtenIn(facts).flatMap(({ file, envelope, content }) =>
    heldBy(model, file, content).map((it): Content => [it, { file, envelope, isBound: false }]),
  );
}

/** `Enveloped(OrderEvent)`: what the function adds to the schema that it is given. */
function madeEnvelopes(model: EventModel, facts: FileFacts): readonly Content[] {
  const { file } = facts;
  return madeIn(facts).flatMap(({ call, given }) => {
    const makers = given.length > 0 ? model.program.functionsOf(file, call.callee) : [];
    const held = given.flatMap((name) => heldBy(model, file, { kind: 'ref', name, args: [], at: call.at }));
    return makers.flatMap(({ fact: maker }) => held.map((it): Content => [it, { maker }]));
  });
}

/** `(OrderPlaced | OrderCancelled) & EventMetadata`: each of them has what is joined to all. */
function joinedEnvelopes(model: EventModel, facts: FileFacts): readonly Content[] {
  const { file } = facts;
  return joinedIn(facts).flatMap(({ part, others: envelope }) => {
    const isUnion =
      part.kind === 'union' || nodesOf(model, file, [part]).some((it) => it.fact.alias?.kind === 'union');
    const held = isUnion ? heldBy(model, file, part) : [];
    return held.map((it): Content => [it, { file, envelope, isBound: false, isJoined: true }]);
  });
}

const writtenIn = once(({ file, types }: FileFacts): readonly Written[] =>
  types.flatMap((fact) => {
    const inside = [...fact.members.map((it) => it.type), fact.alias];
    const content = fact.members.find(bears)?.type;
    const own = content ? [{ file, envelope: fact, content }] : [];
    return [...own, ...inside.flatMap((it) => (it ? bearersIn(file, it, 2) : []))];
  }),
);

/** The object types that bear something as their `payload`, and have more to say of it. */
function bearersIn(file: FilePath, type: TypeExpr, depth: number): readonly Written[] {
  if (type.kind !== 'object' || depth === 0) return [];
  const content = type.members.find(bears)?.type;
  if (content && type.members.length > 2) return [{ file, envelope: type, content }];
  return type.members.flatMap((it) => (it.type ? bearersIn(file, it.type, depth - 1) : []));
}

/** Under what an envelope bears its content. */
export const bearing = /^(?:payload|data|body|detail|event|message|content)$/;

function bears({ name, type }: Member): boolean {
  return bearing.test(name) && (type?.kind === 'ref' || type?.kind === 'typeof' || type?.kind === 'union');
}

/** The schema of `z.infer<typeof ShipEventSchema>`. */
function inferredBy(alias: TypeExpr | undefined): readonly TypeExpr[] {
  if (alias?.kind === 'typeof') return [{ kind: 'ref', name: alias.name, args: [], at: alias.at }];
  return alias?.kind === 'ref' ? alias.args.flatMap(inferredBy) : [];
}

function nodesOf({ program }: EventModel, file: FilePath, types: readonly TypeExpr[]): readonly TypeNode[] {
  return types.flatMap((it) =>
    it.kind === 'ref' || it.kind === 'typeof' ? (program.typeNamed(file, it.name) ?? []) : [],
  );
}
