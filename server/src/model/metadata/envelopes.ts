// The metadata that travels around an event: envelopes, headers and message properties that the layers between the producers
// and the broker add, and the envelopes out of which consumers take it.
import type { CallAction } from '../../facts/actions.ts';
import type { BindingId, CallExpr, Expr, ObjectEntry } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { holds, type FilePath } from '../../text.ts';
import type { EventModel, EventNode, FunctionNode, ProducerNode, TypeNode } from '../model.ts';
import { ofClient, ofCloudEvent, ofReceived } from './cloudEvents.ts';
import { behind, isGivenMore, kindsNamed, metadataOf, nothing, together } from './metadata.ts';
import { metadataKinds, type Aliases, type Metadata, type MetadataKind } from './metadataKinds.ts';
import { sentColumns } from './outboxRelays.ts';
import { filledIn } from './outboxTables.ts';

/** Their envelope belongs to the engine: whoever emits can add nothing but data. */
const engines: ReadonlySet<string> = new Set(['medusa', 'inngest']);
const deepest = 12;

/**
 * What the layers between the producers and the broker add to every message of an event: envelopes, headers, properties.
 * Of several declarations of one event each goes the way of those that publish it.
 */
export function addedOnTheWay(
  model: EventModel,
  event: EventNode,
  aliases: Aliases,
  node?: TypeNode,
): Metadata {
  const received = node ? ofReceived(model, node) : nothing;
  const producers = node
    ? event.producers.filter((it) => mayPublish(model, it, event, node))
    : event.producers;
  if (producers.length === 0) return received;
  const added = producers.map((producer) => {
    const layers = [
      producer.fn,
      ...model.program.calleesOf(producer.file, producer.fn, producer.action.call),
    ];
    const own = producer.action.call.args.map((it) => wrapper(model, producer, it, event, aliases));
    if (engines.has(producer.role.library)) return { present: new Set<MetadataKind>(), isOpen: true };
    const row = ofRow(model, producer.file, producer.action, aliases);
    return together([
      ofClient(producer.role),
      ...own,
      row,
      ...layers.slice(1).map((it) => addedBy(model, it, aliases, 3)),
    ]);
  });
  return together([common(added), received]);
}

/** A row of an outbox is the message that leaves: what it is written with, and what its table fills in. */
function ofRow(model: EventModel, file: FilePath, { roles }: CallAction, aliases: Aliases): Metadata {
  const write = roles.find((it) => it.kind === 'write');
  const isOutbox = roles.some((it) => it.kind === 'publish' && it.library === 'outbox');
  if (!isOutbox || !write?.data) return nothing;
  const written = keysBelow(model, file, write.data, aliases, deepest);
  const filled = filledIn(model, write.store ?? '', aliases);
  const made: readonly MetadataKind[] = hasMadeId(write.data) ? ['id'] : [];
  const row = { ...written, present: new Set([...written.present, ...filled, ...made]) };
  const columns = sentColumns(model);
  return columns ? { ...row, present: onlySent(row.present, [...columns], aliases) } : row;
}

/** What leaves with the payload where a relay picks out columns. */
function onlySent(
  kinds: ReadonlySet<MetadataKind>,
  columns: readonly string[],
  aliases: Aliases,
): ReadonlySet<MetadataKind> {
  const sent = kindsNamed(columns, aliases);
  const isIdSent = columns.some((it) => /^_?id$/.test(it));
  return new Set([...kinds].filter((it) => sent.has(it) || (it === 'id' && isIdSent)));
}

/** `{ id: randomUUID(), payload }`: a row has one id, which is the message's. */
function hasMadeId(row: Expr): boolean {
  return row.kind === 'object' && row.entries.some(({ key, value }) => key === 'id' && value.kind === 'call');
}

/** Whether it does not say that it publishes another of the event's declarations. */
function mayPublish(
  { program }: EventModel,
  { file, action }: ProducerNode,
  { declarations }: EventNode,
  node: TypeNode,
): boolean {
  if (declarations.length < 2) return true;
  const facts = action.call.args.map((it) => program.typeOf(file, it)?.fact);
  const said = declarations.filter((it) => facts.includes(it.fact));
  return said.length === 0 || said.some((it) => it.fact === node.fact);
}

/** An object at the publishing call that wraps the event: its own keys, and those of objects in it, but not the event's. */
function wrapper(
  model: EventModel,
  { file, role }: ProducerNode,
  arg: Expr,
  event: EventNode,
  aliases: Aliases,
): Metadata {
  if (event.declarations.length > 0) return keysBelow(model, file, arg, aliases, deepest);
  // What nobody declares is the payload itself, and a row of an outbox is asked for what its relay sends.
  if (role.transport !== 'broker') return nothing;
  const payload = [role.payload, role.event, ...event.inline.map((it) => it.object)];
  return besidePayload(model, file, arg, new Set(payload), aliases, deepest);
}

/** What goes with the payload of a call that publishes. */
export function beside(
  model: EventModel,
  file: FilePath,
  { args }: CallExpr,
  role: PublishRole,
  aliases: Aliases,
): Metadata {
  const payload = new Set([role.payload, role.event]);
  return together(args.map((it) => besidePayload(model, file, it, payload, aliases, deepest)));
}

/** `{ value: JSON.stringify(order), headers: { eventId } }`, `publish(exchange, key, body, { messageId })`: what goes with the payload. */
function besidePayload(
  model: EventModel,
  file: FilePath,
  expr: Expr,
  payload: ReadonlySet<Expr | undefined>,
  aliases: Aliases,
  depth: number,
): Metadata {
  const value = behind(model, file, expr);
  if (depth <= 0 || payload.has(expr) || payload.has(value)) return nothing;
  // `headers['x-event-id'] = id`
  if (value.kind === 'object' && isGivenMore(model, file, expr)) return { present: new Set(), isOpen: true };
  const below = (it: Expr): Metadata => besidePayload(model, file, it, payload, aliases, depth - 1);
  if (value.kind === 'array') return together(value.items.map(below));
  if (value.kind === 'new') return together(value.args.map(below));
  if (value.kind !== 'object') return nothing;
  const own = kindsNamed(
    value.entries.map((it) => keyOf(model, file, it)),
    aliases,
  );
  const headers = value.entries.filter((it) => travelling.test(it.key));
  return together([
    { present: own, isOpen: false },
    ...value.entries.map((it) => below(it.value)),
    ...headers.map((it) => ofHeaders(model, file, it.value, aliases)),
  ]);
}

/** The names in headers that are written here, or in the function that makes them; others may hold anything. */
function ofHeaders(model: EventModel, file: FilePath, expr: Expr, aliases: Aliases): Metadata {
  const value = behind(model, file, expr);
  const makers = value.kind === 'call' ? model.program.functionsOf(file, value.callee) : [];
  const given = makers.flatMap((it) =>
    actionsIn(it.fact.body).flatMap((one) => (one.kind === 'return' && one.value ? [one.value] : [])),
  );
  const written = value.kind === 'object' ? [value] : given;
  const keys = written.flatMap((it) => (it.kind === 'object' ? it.entries.map((one) => one.key) : []));
  const isRead = written.length > 0 && written.every((it) => it.kind === 'object' && it.spreads.length === 0);
  return { present: kindsNamed(keys, aliases), isOpen: !isRead };
}

/** Under what a broker takes what goes with a message. */
const travelling = /^(?:headers|properties|attributes|[mM]essageAttributes|applicationProperties)$/;

function keysBelow(model: EventModel, file: FilePath, expr: Expr, aliases: Aliases, depth: number): Metadata {
  const value = behind(model, file, expr);
  if (depth <= 0) return nothing;
  const below = (it: Expr): Metadata => keysBelow(model, file, it, aliases, depth - 1);
  if (value.kind === 'array') return together(value.items.map(below));
  if (value.kind === 'call')
    return together([givenBy(model, file, value, aliases, depth), ...value.args.map(below)]);
  if (value.kind === 'new')
    return together([
      ofCloudEvent(model, file, value),
      ofMade(model, file, value, aliases),
      ...value.args.map(below),
    ]);
  if (value.kind !== 'object') return nothing;
  const carried = namesIn(value);
  const own = kindsNamed(
    value.entries.filter((it) => isAdded(it.value, carried)).map((it) => keyOf(model, file, it)),
    aliases,
  );
  const inner = value.entries
    .filter((it) => !/^(data|payload|body|detail)$/.test(it.key))
    .map((it) => below(it.value));
  // `{ ...JSON.parse(JSON.stringify(envelope)), trace }`
  const spread = value.spreads.map(below);
  return together([{ present: own, isOpen: false }, ...inner, ...spread]);
}

/** `new Message(event, correlationId)`: what its class carries beside the event. */
function ofMade(model: EventModel, file: FilePath, made: Expr, aliases: Aliases): Metadata {
  const type = model.program.typeOf(file, made);
  const { present } = type ? metadataOf(model, type, aliases) : nothing;
  return present.has('id') && present.has('timestamp') ? { present, isOpen: false } : nothing;
}

/** `messages: [toMessage(event)]`: what the maker puts around the event. One that makes the event itself adds nothing to it. */
function givenBy(
  model: EventModel,
  file: FilePath,
  call: CallExpr,
  aliases: Aliases,
  depth: number,
): Metadata {
  const makers = model.program.functionsOf(file, call.callee);
  const given = makers.flatMap((fn) =>
    actionsIn(fn.fact.body).flatMap((it) =>
      it.kind === 'return' && it.value && isMessage(it.value)
        ? [keysBelow(model, fn.file, it.value, aliases, depth - 2)]
        : [],
    ),
  );
  return together(given);
}

/** What a broker is handed: content with headers. */
function isMessage(expr: Expr): boolean {
  return expr.kind === 'object' && expr.entries.some((it) => /^(?:headers|value|MessageBody)$/.test(it.key));
}

/** `[EVENT_ID_HEADER]: id` with the text of the constant. */
function keyOf({ program }: EventModel, file: FilePath, { key, computed }: ObjectEntry): string {
  return (computed && program.stringOf(file, computed)) ?? key;
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
  const parts = callsWithin(model, fn).flatMap((action): readonly Metadata[] => {
    const isPublish = action.roles.some((it) => it.kind === 'publish' || it.kind === 'write');
    const args = isPublish
      ? action.call.args.map((it) => keysBelow(model, fn.file, it, aliases, deepest))
      : [];
    if (depth === 0) return [...args, ofRow(model, fn.file, action, aliases)];
    const callees =
      isPublish || /publish|emit|send|dispatch|produce/i.test(nameOf(action.call.callee))
        ? model.program.calleesOf(fn.file, fn, action.call)
        : [];
    return [
      ...args,
      ofRow(model, fn.file, action, aliases),
      ...callees.filter((it) => it.fact !== fn.fact).map((it) => addedBy(model, it, aliases, depth - 1)),
    ];
  });
  return together(parts);
}

/** Its own calls, and those of the callbacks that stand in it: `retry(async () => channel.publish(…))`. */
export function callsWithin({ files }: EventModel, { file, fact }: FunctionNode): readonly CallAction[] {
  const inside = files.get(file)?.functions.filter((it) => it !== fact && holds(fact.span, it.span)) ?? [];
  return [fact, ...inside].flatMap((it) => callsIn(it.body));
}

function nameOf(expr: Expr): string {
  return expr.kind === 'member' || expr.kind === 'name' ? expr.name : '';
}

/** What every way carries. */
function common(parts: readonly Metadata[]): Metadata {
  const kinds = metadataKinds.filter((kind) => parts.every((it) => it.present.has(kind)));
  return { present: new Set(kinds), isOpen: parts.some((it) => it.isOpen) };
}
