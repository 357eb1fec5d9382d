// Several events that miss the same have one fault: that of the base which they extend, or of the metadata type which they carry.
import type { Expr, TypeExpr } from '../facts/expressions.ts';
import { isBaseName } from '../model/events/evidence.ts';
import { envelopesAround } from '../model/metadata/generalEnvelopes.ts';
import { metadataOf, metadataTypes } from '../model/metadata/metadata.ts';
import type { Aliases, Metadata, MetadataKind } from '../model/metadata/metadataKinds.ts';
import type { EventModel, EventNode, TypeNode } from '../model/model.ts';
import type { FilePath, Place } from '../text.ts';

/** An event that misses something, at one of its declarations or where an untyped one is published. */
export interface Fault {
  /** What it is known by from model to model: a text that is made once, for there are many. */
  readonly key: string;
  readonly event: EventNode;
  readonly node?: TypeNode;
  /** Where the declaration gets its metadata from. */
  readonly sources?: Sources;
  readonly place: Place;
  readonly name: string;
  readonly missing: readonly MetadataKind[];
  /** The published literal of an untyped event; one under a computed topic (`ok ? 'a' : 'b'`) is one fault. */
  readonly object?: Expr;
  /** What a function puts around the event, as around others. */
  readonly envelope?: Expr;
}

/** The type of its `metadata` member, and the outermost type that it extends and takes fields from. */
interface Sources {
  readonly metadata: TypeNode | undefined;
  readonly base: TypeNode | undefined;
}

export function sourcesOf(model: EventModel, node: TypeNode): Sources {
  return { metadata: metadataTypes(model, node)[0], base: supplierOf(model, node) };
}

/** Of a literal: the type that it is written as, as a function returns it or a constant is declared. */
export function sourcesOfLiteral(model: EventModel, file: FilePath, object: Expr): Sources {
  const facts = model.files.get(file);
  const isIt = (it: Expr | undefined): boolean => it === object;
  const maker = facts?.functions.find(
    ({ body, returns }) => returns && body.some((it) => it.kind === 'return' && isIt(it.value)),
  );
  const type = maker?.returns ?? facts?.bindings.find((it) => it.type && isIt(it.init))?.type;
  const base = type?.kind === 'ref' ? model.program.typeNamed(file, type.name) : undefined;
  return { metadata: undefined, base };
}

/** The fault of a type that events get their metadata from. */
export interface SharedFault {
  readonly fault: Fault & { readonly node: TypeNode };
  readonly form: 'base' | 'metadata';
  readonly events: readonly EventNode[];
}

/** A fault as it is found at an event. */
export type FoundFault = Omit<Fault, 'event' | 'key'>;

/** Faults of an event, and what each is known by. */
export function* keyed(event: EventNode, faults: Iterable<FoundFault>): Iterable<Omit<Fault, 'event'>> {
  for (const it of faults) {
    const { place, name, missing, node, object, envelope } = it;
    // Beside its place: what the fixes of the finding are for.
    const mended = [node && `${node.file}:${node.fact.at.start}`, object?.at.start, envelope?.at.start];
    yield { ...it, key: [event.key, place.file, place.at.start, name, ...mended, ...missing].join(' ') };
  }
}

interface Chosen extends Aliases {
  readonly required: readonly MetadataKind[];
}

/** What is required and in none of the parts; nothing where a part can't be read. */
export function missingIn(parts: readonly Metadata[], chosen: Chosen): readonly MetadataKind[] {
  if (parts.some((it) => it.isOpen)) return [];
  return chosen.required.filter((kind) => !parts.some((it) => it.present.has(kind)));
}

/** The faults that are mended in one place for several events, and what is left of the others. */
export function sharedFaults(
  model: EventModel,
  faults: readonly Fault[],
  chosen: Chosen,
): { readonly shared: readonly SharedFault[]; readonly own: readonly Fault[] } {
  const ofMetadata = gathered(faults, 'metadata', { model, chosen });
  const ofBases = gathered(ofMetadata.own, 'base', { model, chosen });
  const shared = [...ofMetadata.shared, ...ofBases.shared];
  const missingOf = new Map(shared.map(({ fault }) => [fault.node.fact, fault.missing]));
  const own = ofBases.own.filter((it) => !it.node || !missingOf.has(it.node.fact));
  return { shared, own: own.filter((it) => !it.node || !followsBase(model, it.node, it.missing, missingOf)) };
}

/**
 * `class OrderPlaced implements IOrderPlaced`, whose base lacks the same: once that is mended, the compiler asks it of the class.
 * `Envelope<OrderPlaced>`, of which the envelope lacks it: once that is mended, nothing is left to ask of what it bears.
 */
function followsBase(
  model: EventModel,
  node: TypeNode,
  missing: readonly MetadataKind[],
  missingOf: ReadonlyMap<TypeNode['fact'], readonly MetadataKind[]>,
): boolean {
  const { program } = model;
  const named = node.fact.implements.flatMap((it) =>
    it.kind === 'ref' ? (program.typeNamed(node.file, it.name) ?? []) : [],
  );
  const asked = named.flatMap((it) => [it, ...program.lineageOf(it)]).map((it) => it.fact);
  const lacks = new Set([...asked, ...envelopesAround(model, node)].flatMap((it) => missingOf.get(it) ?? []));
  return lacks.size > 0 && missing.every((it) => lacks.has(it));
}

interface Context {
  readonly model: EventModel;
  readonly chosen: Chosen;
}

function gathered(
  faults: readonly Fault[],
  form: SharedFault['form'],
  { model, chosen }: Context,
): { readonly shared: readonly SharedFault[]; readonly own: readonly Fault[] } {
  const users = new Map<TypeNode['fact'], { readonly source: TypeNode; readonly faults: Fault[] }>();
  for (const fault of faults) {
    const source = fault.sources?.[form];
    if (!source) continue;
    const entry = users.get(source.fact) ?? { source, faults: [] };
    users.set(source.fact, entry);
    entry.faults.push(fault);
  }
  const shared: SharedFault[] = [];
  const left = new Map<Fault, Fault>();
  const lackedBy = lacksOf({ model, chosen });
  for (const { source, faults: own } of users.values()) {
    const lacks = lackedBy(source.file, source.fact);
    const enough = suppliesSome(source, lacks, chosen) ? 1 : 2;
    const missing = lacks.filter((kind) => isCommon(kind, own, enough));
    const [first] = own;
    if (!first || missing.length === 0) continue;
    const place = { file: source.file, at: source.fact.at };
    const { key, event } = first;
    const fault = { key, event, node: source, place, name: source.fact.name, missing };
    shared.push({ fault, form, events: own.map((it) => it.event) });
    for (const it of own) left.set(it, without(it, missing));
  }
  return { shared, own: faults.map((it) => left.get(it) ?? it).filter((it) => it.missing.length > 0) };
}

/** What a type lacks that others get their metadata from. */
function lacksOf({ model, chosen }: Context): (file: FilePath, fact: TypeNode['fact']) => Fault['missing'] {
  return model.keeper.keep(`lacks of metadata ${JSON.stringify(chosen)}`, (file, fact: TypeNode['fact']) =>
    missingIn([metadataOf(model, { file, fact }, chosen)], chosen),
  );
}

function without(fault: Fault, others: readonly MetadataKind[]): Fault {
  const missing = fault.missing.filter((kind) => !others.includes(kind));
  return { ...fault, key: `${fault.key}, of these ${missing.join(' ')}`, missing };
}

/** What most of them miss is the source's fault; what a few miss, the others supply themselves. */
function isCommon(kind: MetadataKind, faults: readonly Fault[], enough: number): boolean {
  const count = faults.filter((it) => it.missing.includes(kind)).length;
  return count >= enough && count * 2 >= faults.length;
}

/** A base of events that gives them an id or a time is where the rest belongs, also while a single event extends it. */
function suppliesSome({ fact }: TypeNode, lacks: Fault['missing'], { required }: Chosen): boolean {
  return lacks.length < required.length && isBaseName(fact.name);
}

/** The outermost type that a declaration extends and takes fields from; an implemented interface supplies none. */
function supplierOf(model: EventModel, node: TypeNode): TypeNode | undefined {
  let supplier: TypeNode | undefined;
  let current: TypeNode | undefined = node;
  const seen = new Set<TypeNode['fact']>();
  while (current && !seen.has(current.fact)) {
    seen.add(current.fact);
    const next: TypeNode | undefined = baseOf(model, current);
    if (next && model.program.fieldsOf(next.file, next).fields.size > 0) supplier = next;
    current = next;
  }
  return supplier ?? envelopeOf(model, node);
}

/** `class OrderPlaced implements ShopEvent<'OrderPlaced', Order>`: the form that all of them are written in, if by another name. */
function envelopeOf(model: EventModel, { file, fact }: TypeNode): TypeNode | undefined {
  if (fact.kind !== 'class') return undefined;
  for (const type of fact.implements) {
    const asked = named(model, file, type);
    const alias = asked?.fact.alias;
    const [form, place] = asked && alias?.kind === 'ref' ? [alias, asked.file] : [type, file];
    const isFilled = form.kind === 'ref' && form.args[0] !== undefined && isText(form.args[0]);
    const envelope = isFilled ? named(model, place, form) : undefined;
    if (envelope && envelope.fact.parameters.length > 0) return envelope;
  }
  return undefined;
}

/** `'OrderPlaced'`, `EventName.OrderPlaced`, `typeof ORDER_PLACED`. */
function isText(type: TypeExpr): boolean {
  return (
    type.kind === 'literal' || type.kind === 'typeof' || (type.kind === 'ref' && type.name.includes('.'))
  );
}

function baseOf(model: EventModel, { file, fact }: TypeNode): TypeNode | undefined {
  const alias = fact.alias?.kind === 'intersection' ? fact.alias.of : fact.alias ? [fact.alias] : [];
  for (const type of [...fact.bases, ...alias]) {
    const found = named(model, file, type);
    if (found) return found;
  }
  return undefined;
}

function named({ program }: EventModel, file: FilePath, type: TypeExpr): TypeNode | undefined {
  if (type.kind !== 'ref' && type.kind !== 'typeof') return undefined;
  const found = program.typeNamed(file, type.name);
  return found?.fact.kind === 'enum' ? undefined : found;
}
