// Which metadata an event carries in its own fields or in a metadata member.
import type { Expr } from '../../facts/expressions.ts';
import { once } from '../../facts/once.ts';
import type { FilePath } from '../../text.ts';
import { declaredName, isBaseName } from '../events/evidence.ts';
import type { EventModel, Fields, TypeNode } from '../model.ts';
import { isChangedLater } from './changedLater.ts';
import { ofCloudEvent } from './cloudEvents.ts';
import { carriedByAll, handedTo } from './handedMetadata.ts';
import { fillingsOf, holdsLoosely, isLoose } from './looseMetadata.ts';
import { metadataKinds, type Aliases, type Metadata, type MetadataKind } from './metadataKinds.ts';
import { keysOfStored } from './storedRows.ts';

const containers =
  /^(_?meta(data|Data)?|headers?|context|envelope|eventMeta(data)?|trace|tracing|saga|correlation|\$metadata)$/;

/** The metadata of a declared type: fields, inherited ones, and those of a `metadata` member. */
export function metadataOf(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  const fields = model.program.fieldsOf(node.file, node);
  const own = together([ofFields(model, fields, aliases, 2), ...writtenForms(model, node, aliases)]);
  return bearsId(fields) ? { ...own, present: new Set([...own.present, 'id']) } : own;
}

/** `toJSON() { return { …, metadata: traceOf(this) }; }`: in which form a class or its bases travel. */
function writtenForms(model: EventModel, node: TypeNode, aliases: Aliases): readonly Metadata[] {
  if (node.fact.kind !== 'class') return [];
  const forms = [node, ...model.program.lineageOf(node)].flatMap(({ file, fact }) => {
    const functions = model.files.get(file)?.functions ?? [];
    return functions
      .filter((it) => it.owner === fact.name && it.name === 'toJSON')
      .flatMap(({ body }) => body)
      .flatMap((it) =>
        it.kind === 'return' && it.value?.kind === 'object' ? [{ file, value: it.value }] : [],
      );
  });
  // What it spreads are the event's own fields, which are known.
  return forms.map(({ file, value }) => ofObject(model, file, { ...value, spreads: [] }, aliases));
}

/** `interface BaseEvent { _id: string }`: what all events have is the event's own, whatever each of them is about. */
function bearsId({ fields }: Fields): boolean {
  return [...fields.values()].some(({ name, from }) => {
    const base = from && declaredName(from.fact);
    return /^_?id$/.test(name) && base !== undefined && isBaseName(base) && /event/i.test(base);
  });
}

/** The declared types of a type's `metadata` members. */
export function metadataTypes(model: EventModel, node: TypeNode): readonly TypeNode[] {
  return [...model.program.fieldsOf(node.file, node).fields.values()].flatMap((field) => {
    const { type } = field.member;
    if (!containers.test(field.name) || type?.kind !== 'ref') return [];
    return model.program.typeNamed(field.file, type.name) ?? [];
  });
}

/** The metadata that fields alone carry. */
export function ofFields(
  model: EventModel,
  { fields, isOpen }: Fields,
  aliases: Aliases,
  depth: number,
): Metadata {
  const parts = [...fields.values()].map((field): Metadata => {
    if (!containers.test(field.name) || depth === 0) return nothing;
    if (!field.member.type) return { present: new Set(), isOpen: true };
    const isDeclared = field.from?.fact.kind !== 'class';
    if (isDeclared && holdsLoosely(field.name) && isLoose(field.member.type))
      return put(model, [...fields.keys()], field.name, aliases);
    return ofFields(model, model.program.fieldsOf(field.file, field.member.type), aliases, depth - 1);
  });
  const named = [...fields.values()].filter((it) => !isPlace(it.name, it.member.type?.kind));
  const own = kindsNamed(
    named.map((it) => it.name),
    aliases,
  );
  return together([{ present: own, isOpen }, ...parts]);
}

/** What is put into a member whose type leaves open what it holds; of an object with methods the constructor decides. */
function put(model: EventModel, fields: readonly string[], name: string, aliases: Aliases): Metadata {
  const all = fillingsOf(model, name, fields);
  return together(all.map((it) => ofObject(model, it.file, it.value, aliases, 1)));
}

/** The metadata in the keys of an object literal, spreads followed where the literal behind them is known. */
export function ofObject(
  model: EventModel,
  file: FilePath,
  expr: Expr,
  aliases: Aliases,
  depth = 3,
): Metadata {
  const object = behind(model, file, expr);
  if (isGivenMore(model, file, expr)) return { present: new Set(), isOpen: true };
  if (object.kind === 'new' && object.args.length > 0 && depth > 0) {
    const envelope = ofCloudEvent(model, file, object);
    const given = object.args.map((it) => ofObject(model, file, it, aliases, depth - 1));
    if (envelope.present.size > 0) return together([envelope, ...given]);
  }
  if (object.kind === 'name') return ofHanded(model, file, object, aliases, depth);
  if (object.kind === 'call') return ofStored(keysOfStored(model, file, object), aliases);
  if (object.kind !== 'object')
    return { present: new Set(), isOpen: object.kind !== 'new' && object.kind !== 'string' };
  if (depth === 0) return nothing;
  const inner = object.entries
    .filter((it) => containers.test(it.key))
    .map((it) => ofObject(model, file, it.value, aliases, depth - 1));
  const spread = object.spreads.map((it) => ofValue(model, file, it, aliases, depth - 1));
  const named = object.entries.filter((it) => !isPlace(it.key, it.value.kind));
  const own = kindsNamed(
    named.map((it) => it.key),
    aliases,
  );
  return together([{ present: own, isOpen: false }, ...inner, ...spread]);
}

/** The id of a row is its own, and not that of the message; when it was made and its version the table may fill in. */
function ofStored(keys: readonly string[] | undefined, aliases: Aliases): Metadata {
  if (!keys) return { present: new Set(), isOpen: true };
  const kinds = kindsNamed(
    keys.filter((it) => !/^_?id$/.test(it)),
    aliases,
  );
  return { present: new Set<MetadataKind>([...kinds, 'timestamp', 'version']), isOpen: false };
}

/** Whether more is put into a value, or into the constant that it is another name of, after it was made. */
export function isGivenMore(model: EventModel, file: FilePath, expr: Expr): boolean {
  const facts = model.files.get(file);
  if (isChangedLater(facts, expr)) return true;
  const init = expr.kind === 'name' ? facts?.bindings[expr.binding ?? -1]?.init : undefined;
  return init?.kind === 'name' && isChangedLater(facts, init);
}

/** `at: { lat, lng }` says where, `at: Date` when. */
function isPlace(name: string, kind: string | undefined): boolean {
  return name === 'at' && (kind === 'object' || kind === 'array');
}

/** What a parameter holds: as it is written there, or as each caller hands it in. */
function ofHanded(model: EventModel, file: FilePath, expr: Expr, aliases: Aliases, depth: number): Metadata {
  const handed = depth > 0 ? handedTo(model, file, expr) : undefined;
  if (handed?.fields) return ofFields(model, handed.fields, aliases, 2);
  const given = handed?.args.map((it) =>
    it ? ofValue(model, it.file, it.expr, aliases, depth - 1) : { present: new Set<never>(), isOpen: true },
  );
  return carriedByAll(given ?? []);
}

/** The metadata of a value: by its type where that is known, else by what it is made of. */
export function ofValue(
  model: EventModel,
  file: FilePath,
  expr: Expr,
  aliases: Aliases,
  depth = 3,
): Metadata {
  const type = model.program.typeOf(file, expr);
  return type ? metadataOf(model, type, aliases) : ofObject(model, file, expr, aliases, depth);
}

/** The value of a constant, else the expression itself. */
export function behind(model: EventModel, file: FilePath, expr: Expr, steps = 3): Expr {
  if (expr.kind !== 'name' || expr.binding === undefined || steps === 0) return expr;
  const binding = model.files.get(file)?.bindings[expr.binding];
  return binding?.init && binding.kind === 'const' ? behind(model, file, binding.init, steps - 1) : expr;
}

export const nothing: Metadata = { present: new Set(), isOpen: false };

export function together(parts: readonly Metadata[]): Metadata {
  return { present: new Set(parts.flatMap((it) => [...it.present])), isOpen: parts.some((it) => it.isOpen) };
}

const besides = ['specversion', 'source', 'metadata', 'meta', 'aggregateid'];

/** A bare `id` is the event's own only beside other metadata: in `WorkspaceCreated { id, ownerId }` it is the workspace's. */
export function kindsNamed(names: readonly string[], aliases: Aliases): ReadonlySet<MetadataKind> {
  const plain = new Set(names.map(plainly));
  const spelled = spellings(aliases);
  const kinds = new Set(metadataKinds.filter((kind) => spelled[kind].some((it) => plain.has(it))));
  const hasOthers =
    kinds.has('timestamp') || kinds.has('correlationId') || besides.some((it) => plain.has(it));
  // What has been created and updated is a stored thing.
  if (plain.has('id') && hasOthers && !plain.has('updatedat')) kinds.add('id');
  return kinds;
}

/** The names that count, as they are compared. */
const spellings = once((aliases: Aliases): Aliases => ({
  id: aliases.id.map(plainly),
  timestamp: aliases.timestamp.map(plainly),
  correlationId: aliases.correlationId.map(plainly),
  version: aliases.version.map(plainly),
}));

/** `correlation_id`, `correlationId` and `x-correlation-id` are one name. */
function plainly(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z\d]/g, '')
    .replace(/^x(?=correlation|request|trace|message|event)/, '');
}
