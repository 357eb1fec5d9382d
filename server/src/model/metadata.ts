// Which metadata an event carries: in its own fields, in a metadata member, or added by the layer that publishes it.
import { callsIn } from '../facts/walk.ts';
import type { BindingId, Expr } from '../facts/expressions.ts';
import type { FilePath } from '../text.ts';
import type { EventModel, EventNode, Fields, FunctionNode, TypeNode } from './model.ts';

/** A kind of metadata: event id, timestamp, correlation id, version. */
export type MetadataKind = 'id' | 'timestamp' | 'correlationId' | 'version';

/** The names under which each kind counts as present. */
export type Aliases = Readonly<Record<MetadataKind, readonly string[]>>;

export const metadataKinds: readonly MetadataKind[] = ['id', 'timestamp', 'correlationId', 'version'];

/** What is there, and whether more may be there that could not be read. */
export interface Metadata {
  readonly present: ReadonlySet<MetadataKind>;
  readonly isOpen: boolean;
}

/** Their envelope belongs to the engine: whoever emits can add nothing but data. */
const engines: ReadonlySet<string> = new Set(['medusa', 'inngest']);
const containers =
  /^(_?meta(data|Data)?|headers?|context|envelope|eventMeta(data)?|trace|tracing|\$metadata)$/;

/** The metadata of a declared type: fields, inherited ones, and those of a `metadata` member. */
export function metadataOf(model: EventModel, node: TypeNode, aliases: Aliases): Metadata {
  return ofFields(model, model.program.fieldsOf(node.file, node), aliases, 2);
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
    return ofFields(model, model.program.fieldsOf(field.file, field.member.type), aliases, depth - 1);
  });
  const own = kindsNamed([...fields.keys()], aliases);
  return together([{ present: own, isOpen }, ...parts]);
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
  if (object.kind !== 'object')
    return { present: new Set(), isOpen: object.kind !== 'new' && object.kind !== 'string' };
  if (depth === 0) return nothing;
  const inner = object.entries
    .filter((it) => containers.test(it.key))
    .map((it) => ofObject(model, file, it.value, aliases, depth - 1));
  const spread = object.spreads.map((it) => ofValue(model, file, it, aliases, depth - 1));
  const own = kindsNamed(
    object.entries.map((it) => it.key),
    aliases,
  );
  return together([{ present: own, isOpen: false }, ...inner, ...spread]);
}

function ofValue(model: EventModel, file: FilePath, expr: Expr, aliases: Aliases, depth: number): Metadata {
  const type = model.program.typeOf(file, expr);
  return type ? metadataOf(model, type, aliases) : ofObject(model, file, expr, aliases, depth);
}

/** What the layers between the producers and the broker add to every message of an event: envelopes, headers, properties. */
export function addedOnTheWay(model: EventModel, event: EventNode, aliases: Aliases): Metadata {
  if (event.producers.length === 0) return nothing;
  const added = event.producers.map((producer) => {
    const layers = [
      producer.fn,
      ...model.program.calleesOf(producer.file, producer.fn, producer.action.call),
    ];
    const own = producer.action.call.args.map((it) => wrapper(model, producer.file, it, event, aliases));
    if (engines.has(producer.role.library)) return { present: new Set<MetadataKind>(), isOpen: true };
    return together([...own, ...layers.slice(1).map((it) => addedBy(model, it, aliases, 3))]);
  });
  return common(added);
}

/** An object at the publishing call that wraps the event: its own keys, and those of objects in it, but not the event's. */
function wrapper(model: EventModel, file: FilePath, arg: Expr, event: EventNode, aliases: Aliases): Metadata {
  const isInline = event.declarations.length === 0;
  return isInline ? nothing : keysBelow(model, file, arg, aliases, 4);
}

function keysBelow(model: EventModel, file: FilePath, expr: Expr, aliases: Aliases, depth: number): Metadata {
  const value = behind(model, file, expr);
  if (depth === 0) return nothing;
  if (value.kind === 'array')
    return together(value.items.map((it) => keysBelow(model, file, it, aliases, depth - 1)));
  if (value.kind === 'call')
    return together(value.args.map((it) => keysBelow(model, file, it, aliases, depth - 1)));
  if (value.kind !== 'object') return nothing;
  const carried = namesIn(value);
  const own = kindsNamed(
    value.entries.filter((it) => isAdded(it.value, carried)).map((it) => it.key),
    aliases,
  );
  const inner = value.entries
    .filter((it) => !/^(data|payload|body|detail)$/.test(it.key))
    .map((it) => keysBelow(model, file, it.value, aliases, depth - 1));
  return together([{ present: own, isOpen: false }, ...inner]);
}

/** A `null` that somebody fills in later is nothing yet, and what is read off the event beside it is there or not in the event. */
function isAdded(value: Expr, carried: ReadonlySet<BindingId>): boolean {
  if (value.kind === 'literal') return !/^(?:null|undefined)$/.test(value.text);
  if (value.kind !== 'member') return true;
  const { object } = value;
  return !(object.kind === 'name' && object.binding !== undefined && carried.has(object.binding));
}

/** What an object carries as a whole: `event` of `{ payload: event }` and `{ body: JSON.stringify(event) }`. */
function namesIn({ entries, spreads }: Expr & { readonly kind: 'object' }): ReadonlySet<BindingId> {
  const values = entries.flatMap(({ value }) => (value.kind === 'call' ? value.args : [value]));
  return new Set(
    [...values, ...spreads].flatMap((it) =>
      it.kind === 'name' && it.binding !== undefined ? [it.binding] : [],
    ),
  );
}

/** What a publishing function adds to what it is given: object literals in its own publishing calls, and in those it calls. */
function addedBy(model: EventModel, fn: FunctionNode, aliases: Aliases, depth: number): Metadata {
  const parts = [...callsIn(fn.fact.body)].flatMap((action): readonly Metadata[] => {
    const isPublish = action.roles.some((it) => it.kind === 'publish' || it.kind === 'write');
    const args = isPublish ? action.call.args.map((it) => keysBelow(model, fn.file, it, aliases, 5)) : [];
    if (depth === 0) return args;
    const callees =
      isPublish || /publish|emit|send|dispatch|produce/i.test(nameOf(action.call.callee))
        ? model.program.calleesOf(fn.file, fn, action.call)
        : [];
    return [
      ...args,
      ...callees.filter((it) => it.fact !== fn.fact).map((it) => addedBy(model, it, aliases, depth - 1)),
    ];
  });
  return together(parts);
}

function nameOf(expr: Expr): string {
  return expr.kind === 'member' || expr.kind === 'name' ? expr.name : '';
}

/** The value of a constant, else the expression itself. */
function behind(model: EventModel, file: FilePath, expr: Expr, steps = 3): Expr {
  if (expr.kind !== 'name' || expr.binding === undefined || steps === 0) return expr;
  const binding = model.files.get(file)?.bindings[expr.binding];
  return binding?.init && binding.kind === 'const' ? behind(model, file, binding.init, steps - 1) : expr;
}

const nothing: Metadata = { present: new Set(), isOpen: false };

function together(parts: readonly Metadata[]): Metadata {
  return { present: new Set(parts.flatMap((it) => [...it.present])), isOpen: parts.some((it) => it.isOpen) };
}

/** What every way carries. */
function common(parts: readonly Metadata[]): Metadata {
  const kinds = metadataKinds.filter((kind) => parts.every((it) => it.present.has(kind)));
  return { present: new Set(kinds), isOpen: parts.some((it) => it.isOpen) };
}

const besides = ['specversion', 'source', 'metadata', 'meta', 'aggregateid'];

/** A bare `id` is the event's own only beside other metadata: in `WorkspaceCreated { id, ownerId }` it is the workspace's. */
function kindsNamed(names: readonly string[], aliases: Aliases): ReadonlySet<MetadataKind> {
  const plain = new Set(names.map(plainly));
  const kinds = new Set(metadataKinds.filter((kind) => aliases[kind].some((it) => plain.has(plainly(it)))));
  const hasOthers =
    kinds.has('timestamp') || kinds.has('correlationId') || besides.some((it) => plain.has(it));
  // What has been created and updated is a stored thing.
  if (plain.has('id') && hasOthers && !plain.has('updatedat')) kinds.add('id');
  return kinds;
}

/** `correlation_id`, `correlationId` and `x-correlation-id` are one name. */
function plainly(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z\d]/g, '')
    .replace(/^x(?=correlation|request|trace|message|event)/, '');
}
