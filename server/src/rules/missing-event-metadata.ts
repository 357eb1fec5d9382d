// An event without id, timestamp, correlation id or version: it can't be deduplicated, ordered, traced or evolved.
import { z } from 'zod';
import type { Expr } from '../facts/expressions.ts';
import { namedBy } from '../model/aliases.ts';
import {
  addedOnTheWay,
  metadataKinds,
  metadataOf,
  ofObject,
  type Metadata,
  type MetadataKind,
} from '../model/metadata.ts';
import type { EventModel, EventNode, TypeNode } from '../model/model.ts';
import { statesFact, wordsOf } from '../model/names.ts';
import { nearestFirst } from '../model/nearness.ts';
import type { Place } from '../text.ts';
import { makersIn } from './makers.ts';
import { fieldsFor, metadataFixes, type Known } from './metadataFixes.ts';
import type { Rule, RuleFinding } from './rule.ts';

const options = z.strictObject({
  required: z
    .array(z.enum(['id', 'timestamp', 'correlationId', 'version']))
    .default([...metadataKinds])
    .describe('What an event must carry.'),
  id: z
    .array(z.string())
    .default([
      'eventId',
      'messageId',
      'uuid',
      'eventUuid',
      'messageUuid',
      'deduplicationId',
      'idempotencyKey',
    ])
    .describe('Names that count as the event id; a bare `id` counts beside other metadata.'),
  timestamp: z
    .array(z.string())
    .default([
      'occurredAt',
      'occurredOn',
      'createdAt',
      'createdOn',
      'time',
      'timestamp',
      'emittedAt',
      'publishedAt',
      'raisedAt',
      'happenedAt',
      'eventTime',
      'eventTimestamp',
      'eventDate',
      'dateTimeOccurred',
      'dateOccurred',
      'producedAt',
      'sentAt',
    ])
    .describe('Names that count as the timestamp.'),
  correlationId: z
    .array(z.string())
    .default([
      'correlationId',
      'correlation',
      'traceId',
      'requestId',
      'traceparent',
      'traceContext',
      'sagaId',
      'transactionId',
      'flowId',
      'conversationId',
      'workflowId',
      'processId',
    ])
    .describe('Names that count as the correlation id.'),
  version: z
    .array(z.string())
    .default([
      'version',
      'schemaVersion',
      'eventVersion',
      'specversion',
      'v',
      'dataVersion',
      'messageVersion',
    ])
    .describe('Names that count as the version.'),
});

type Options = z.infer<typeof options>;

const words: Readonly<Record<MetadataKind, { readonly name: string; readonly why: string }>> = {
  id: { name: 'event id', why: 'a consumer cannot tell a redelivery from a new event' },
  timestamp: { name: 'timestamp', why: 'events cannot be ordered or matched with logs' },
  correlationId: { name: 'correlation id', why: 'one flow cannot be traced over the services' },
  version: { name: 'version', why: 'consumers cannot tell an old schema from a new one' },
};

export const rule: Rule<Options> = {
  id: 'missing-event-metadata',
  severity: 'warning',
  summary: 'An event carries no id, timestamp, correlation id or version',
  hasFix: true,
  options,
  *check({ model, options: chosen }) {
    const known = { model, makersOf: makersIn(model) };
    const faults = model.events.flatMap((event) => [...faultsOf(model, event, chosen)]);
    const shared = sharedBases(model, faults, chosen);
    const bases = new Set<TypeNode['fact']>();
    const objects = new Set<object>();
    for (const fault of faults) {
      if (fault.object && objects.has(fault.object)) continue;
      if (fault.object) objects.add(fault.object);
      const base = fault.node && shared.get(fault.node.fact);
      if (!base) yield findingOf(known, fault, chosen);
      else if (!bases.has(base.fault.node.fact)) {
        bases.add(base.fault.node.fact);
        yield baseFinding(known, base, chosen);
      }
    }
  },
};

/** An event that misses something, at one of its declarations or where an untyped one is published. */
interface Fault {
  readonly event: EventNode;
  readonly node?: TypeNode;
  readonly place: Place;
  readonly name: string;
  readonly missing: readonly MetadataKind[];
  /** The published literal of an untyped event; one under a computed topic (`ok ? 'a' : 'b'`) is one fault. */
  readonly object?: Expr;
}

function* faultsOf(model: EventModel, event: EventNode, chosen: Options): Iterable<Fault> {
  const added = addedOnTheWay(model, event, chosen);
  for (const node of event.declarations) {
    if (repeats(model, event, node)) continue;
    const missing = missingIn([metadataOf(model, node, chosen), added], chosen);
    const place = { file: node.file, at: node.fact.at };
    if (missing.length > 0) yield { event, node, place, name: node.fact.name, missing };
  }
  if (event.declarations.length > 0 || !announces(event.name)) return;
  for (const { file, at, object } of event.inline) {
    const missing = missingIn([ofObject(model, file, object, chosen), added], chosen);
    if (missing.length > 0) yield { event, place: { file, at }, name: event.name, missing, object };
  }
}

/**
 * A topic like `inventory.reserve` carries a command, which is a message but no event.
 * One word (`timeout`, `completed`) does not say what it happened to: so emitters tell of their own state.
 */
function announces(name: string): boolean {
  if (wordsOf(name).length < 2) return false;
  return statesFact(name) || /success|fail|complete|timeout/i.test(name);
}

/** `type OrderPlaced = z.infer<typeof OrderPlacedSchema>` and plain references: the declaration they name is mended. */
function repeats(model: EventModel, event: EventNode, node: TypeNode): boolean {
  const named = namedBy(model, node);
  return named !== undefined && event.declarations.some((it) => it.fact === named.fact);
}

function missingIn(parts: readonly Metadata[], chosen: Options): readonly MetadataKind[] {
  if (parts.some((it) => it.isOpen)) return [];
  return chosen.required.filter((kind) => !parts.some((it) => it.present.has(kind)));
}

interface SharedBase {
  readonly fault: Fault & { readonly node: TypeNode };
  readonly events: readonly EventNode[];
}

/** Bases that supply fields to several events which all miss the same: the fault is the base's, and is mended there. */
function sharedBases(
  model: EventModel,
  faults: readonly Fault[],
  chosen: Options,
): ReadonlyMap<TypeNode['fact'], SharedBase> {
  const heirs = new Map<TypeNode['fact'], { readonly base: TypeNode; readonly faults: Fault[] }>();
  for (const fault of faults) {
    const base = fault.node && supplierOf(model, fault.node);
    if (!base) continue;
    const entry = heirs.get(base.fact) ?? { base, faults: [] };
    heirs.set(base.fact, entry);
    entry.faults.push(fault);
  }
  const shared = new Map<TypeNode['fact'], SharedBase>();
  for (const { base, faults: own } of heirs.values()) {
    const missing = missingIn([metadataOf(model, base, chosen)], chosen);
    const isSame = own.every((it) => it.missing.join() === own[0]?.missing.join());
    const first = own[0];
    if (!first || own.length < 2 || !isSame || missing.length === 0) continue;
    const place = { file: base.file, at: base.fact.at };
    const fault = { event: first.event, node: base, place, name: base.fact.name, missing: first.missing };
    for (const it of own)
      if (it.node) shared.set(it.node.fact, { fault, events: own.map((heir) => heir.event) });
  }
  return shared;
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
  return supplier;
}

function baseOf(model: EventModel, { file, fact }: TypeNode): TypeNode | undefined {
  const alias = fact.alias?.kind === 'intersection' ? fact.alias.of : fact.alias ? [fact.alias] : [];
  for (const type of [...fact.bases, ...alias]) {
    if (type.kind !== 'ref' && type.kind !== 'typeof') continue;
    const found = model.program.typeNamed(file, type.name);
    if (found && found.fact.kind !== 'enum') return found;
  }
  return undefined;
}

function findingOf(known: Known, fault: Fault, chosen: Options): RuleFinding {
  const { event, place, name, missing } = fault;
  const [producer] = nearestFirst(place.file, event.producers);
  return {
    ...place,
    symbol: name,
    message: `\`${name}\` carries no ${listed(missing)}: ${reasonOf(missing)}.`,
    help: helpFor(missing),
    related:
      producer && fault.node
        ? [{ file: producer.file, at: producer.at, message: 'It is published here.' }]
        : [],
    fixes: metadataFixes(known, fault, chosen),
  };
}

function baseFinding(known: Known, { fault, events }: SharedBase, chosen: Options): RuleFinding {
  const { name, missing, place } = fault;
  const count = `${events.length} events`;
  return {
    ...place,
    symbol: name,
    message: `\`${name}\`, the base of ${count}, carries no ${listed(missing)}: ${reasonOf(missing)}.`,
    help: helpFor(missing),
    related: nearestFirst(
      place.file,
      events.map((it) => ({ ...it.place, name: it.name })),
    )
      .slice(0, 5)
      .map(({ file, at, name: heir }) => ({ file, at, message: `\`${heir}\` extends it.` })),
    fixes: metadataFixes(known, fault, chosen).filter((it) => it.plan.kind === 'add-fields'),
  };
}

function listed(missing: readonly MetadataKind[]): string {
  const all = missing.map((it) => words[it].name);
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`;
}

function reasonOf(missing: readonly MetadataKind[]): string {
  return missing.map((it) => words[it].why)[0] ?? '';
}

function helpFor(missing: readonly MetadataKind[]): string {
  return `Add ${fieldsFor(missing)
    .map((it) => `\`${it.name}\``)
    .join(', ')}, or let the publishing layer add them to every event.`;
}
