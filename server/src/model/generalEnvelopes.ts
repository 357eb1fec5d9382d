// The envelopes that a workspace writes around its events: a generic type over the events' base, and types that name what they bear.
import type { Member, TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import { callsIn } from '../facts/walk.ts';
import type { FilePath } from '../text.ts';
import { foundInFiles } from './about.ts';
import { ofMadeEnvelope } from './madeEnvelopes.ts';
import { metadataOf, ofFields, together } from './metadata.ts';
import type { Aliases, Metadata } from './metadataKinds.ts';
import type { EventModel, TypeNode } from './model.ts';
import { eventMembers } from './unionMembers.ts';

/** What the envelope around a declared event carries: `class OrderPlaced implements IEvent` and `EventEnvelope<E extends IEvent>`. */
export function ofGeneralEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  // What is inferred of a schema comes in the schema's envelope.
  const schemas = nodesOf(model, node.file, inferredBy(node.fact.alias)).filter(
    (it) => it.fact.kind === 'schema',
  );
  return together([node, ...schemas].map((it) => ofEnvelope(model, it, aliases)));
}

function ofEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  return together([
    ofBasesEnvelope(model, node, aliases),
    ofWrittenEnvelope(model, node, aliases),
    ofGenericEnvelope(model, node, aliases),
    ofMadeEnvelope(
      model,
      (file, name) => holds(model, file, { kind: 'ref', name, args: [], at: node.fact.at }, node),
      aliases,
    ),
  ]);
}

function ofBasesEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const bases = nodesOf(model, node.file, [...node.fact.bases, ...node.fact.implements]);
  // What says more than that it is an event carries its metadata itself.
  const markers = bases.filter((it) => saysLittle(it.fact)).map((it) => it.fact);
  const around = foundInFiles(model, 'bounded envelopes', boundedIn).filter(({ file, fact }) =>
    (fact.bounds ?? []).some(
      (it) =>
        nodesOf(model, file, [it]).some((one) => markers.includes(one.fact)) || holds(model, file, it, node),
    ),
  );
  return allOf(around.map((it) => metadataOf(model, it, aliases)));
}

function saysLittle({ members }: TypeFact): boolean {
  return members.every((it) => /^(?:type|name|kind|payload|data)$/.test(it.name));
}

/** By what they bear; what that has to be is looked up when somebody asks. */
const boundedIn = once(({ file, types }: FileFacts): readonly TypeNode[] =>
  types.flatMap((fact) => (fact.bounds && bearsParameter(fact) ? [{ file, fact }] : [])),
);

/** `interface Envelope<E> { payload: E }`, `type Enveloped<E> = E & Metadata`. */
function bearsParameter({ parameters, members, alias }: TypeFact): boolean {
  const isParameter = (it: TypeExpr | undefined): boolean =>
    it?.kind === 'ref' && parameters.includes(it.name);
  if (alias?.kind === 'intersection' && alias.of.some(isParameter)) return true;
  const parts = alias?.kind === 'intersection' ? alias.of : alias ? [alias] : [];
  const written = parts.flatMap((it) => (it.kind === 'object' ? it.members : []));
  return [...members, ...written].some((it) => bearing.test(it.name) && isParameter(it.type));
}

/** Only what names the event and is metadata by itself says that it comes around it. */
function allOf(carried: readonly Metadata[]): Metadata {
  return together(carried.filter(({ present }) => present.has('id') && present.has('timestamp')));
}

interface Use {
  readonly file: FilePath;
  readonly name: string;
  readonly args: readonly TypeExpr[];
}

/** `const envelope: Envelope<OrderEvent> = …`: what stands around each event of the union. */
function ofGenericEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const uses = foundInFiles(model, 'generic types in use', usesIn).filter(({ file, args }) =>
    args.some((it) => holds(model, file, it, node)),
  );
  const around = uses.flatMap(({ file, name }) => model.program.typeNamed(file, name) ?? []);
  const envelopes = new Map(around.filter((it) => bearsParameter(it.fact)).map((it) => [it.fact, it]));
  return allOf([...envelopes.values()].map((it) => metadataOf(model, it, aliases)));
}

/** Generic types of which a list, a promise or a part says nothing more. */
const transparent =
  /^(?:Promise|Readonly|Partial|Required|(?:Readonly)?(?:Array|Set|Map)|Record|Omit|Pick|Extract|Exclude|(?:Async)?Itera\w+|Awaited|NonNullable)$/;

const usesIn = once(({ file, types, bindings, functions }: FileFacts): readonly Use[] => {
  const declared = types.flatMap(({ members, alias, bases, implements: implemented }) => [
    ...members.map((it) => it.type),
    ...bases,
    ...implemented,
    alias,
  ]);
  const written = [
    ...declared,
    ...bindings.map((it) => it.type),
    ...functions.flatMap((it) => [it.returns, ...callsIn(it.body).flatMap(({ call }) => call.typeArgs)]),
  ];
  const uses = new Map<string, Use>();
  for (const { name, args } of written.flatMap((it) => (it ? genericsIn(it, 4) : []))) {
    if (!transparent.test(name)) uses.set(`${name} ${args.map(spelled).join()}`, { file, name, args });
  }
  return [...uses.values()];
});

function genericsIn(type: TypeExpr, depth: number): readonly (TypeExpr & { readonly kind: 'ref' })[] {
  if (depth === 0) return [];
  const below = (it: TypeExpr | undefined): readonly (TypeExpr & { readonly kind: 'ref' })[] =>
    it ? genericsIn(it, depth - 1) : [];
  switch (type.kind) {
    case 'ref':
      return type.args.length === 0 ? [] : [type, ...type.args.flatMap(below)];
    case 'array':
      return below(type.of);
    case 'union':
    case 'intersection':
      return type.of.flatMap(below);
    case 'object':
      return type.members.flatMap((it) => below(it.type));
    case 'function':
      return below(type.returns);
    default:
      return [];
  }
}

function spelled(type: TypeExpr): string {
  if (type.kind === 'ref') return `${type.name}<${type.args.map(spelled).join()}>`;
  return type.kind === 'union' ? type.of.map(spelled).join('|') : type.kind;
}

/** Whether a type is an event or a union that has it as a member, by whatever names in between. */
function holds(model: EventModel, file: FilePath, type: TypeExpr, node: TypeNode, depth = 5): boolean {
  if (depth === 0) return false;
  if (type.kind === 'union') return type.of.some((it) => holds(model, file, it, node, depth - 1));
  return nodesOf(model, file, [type]).some((it) => {
    if (it.fact === node.fact || eventMembers(it.fact).includes(node.fact)) return true;
    return [it.fact.alias, ...inferredBy(it.fact.alias)].some(
      (inner) => inner && holds(model, it.file, inner, node, depth - 1),
    );
  });
}

interface Written {
  readonly file: FilePath;
  readonly envelope: TypeExpr | TypeFact;
  readonly content: TypeExpr;
}

/** `interface ShipJobs { ship: { id: string; timestamp: Date; payload: ShipEvent } }`: each message comes in one. */
function ofWrittenEnvelope(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const around = foundInFiles(model, 'written envelopes', writtenIn).filter(({ file, content }) =>
    holds(model, file, content, node),
  );
  const carried = around.map(({ file, envelope }) => {
    const type = 'span' in envelope ? { file, fact: envelope } : envelope;
    return ofFields(model, model.program.fieldsOf(file, type), aliases, 2);
  });
  return allOf(carried);
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

const bearing = /^(?:payload|data|body|detail|event|message|content)$/;

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
