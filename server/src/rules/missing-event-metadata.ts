// An event without id, timestamp, correlation id or version: it can't be deduplicated, ordered, traced or evolved.
import { z } from 'zod';
import { isBorne } from '../model/events/borneTypes.ts';
import { isIdle } from '../model/events/idleEvents.ts';
import { isListedPart } from '../model/events/listedParts.ts';
import { saidOfEvents } from '../model/incremental/about.ts';
import { carriersOf } from '../model/metadata/eventMetadata.ts';
import { generalEnvelopes, type Envelopes } from '../model/metadata/generalEnvelopes.ts';
import { metadataKinds, metadataNames, type MetadataKind } from '../model/metadata/metadataKinds.ts';
import type { EventModel, EventNode, ProducerNode, TypeNode } from '../model/model.ts';
import { nearestFirst } from '../model/resolution/nearness.ts';
import { keptFindings } from './keptFindings.ts';
import { basesOfEvents, fieldsFor, metadataFixes, type Base } from './metadataFixes.ts';
import type { Rule, RuleFinding } from './rule.ts';
import {
  keyed,
  missingIn,
  sharedFaults,
  sourcesOf,
  sourcesOfLiteral,
  type Fault,
  type FoundFault,
  type SharedFault,
} from './sharedMetadata.ts';

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
      'outboxId',
    ])
    .describe('Names that count as the event id; a bare `id` counts beside other metadata.'),
  timestamp: z
    .array(z.string())
    .default([
      'occurredAt',
      'occurredOn',
      // Spelt so in the wild.
      'occuredAt',
      'occuredOn',
      'createdAt',
      'createdOn',
      'time',
      'timestamp',
      'ts',
      'at',
      'emittedAt',
      'publishedAt',
      'raisedAt',
      'happenedAt',
      'eventTime',
      'eventTimestamp',
      'eventDate',
      'dateTime',
      'eventDateTime',
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

const reasons: Readonly<Record<MetadataKind, string>> = {
  id: 'a consumer cannot tell a redelivery from a new event',
  timestamp: 'events cannot be ordered or matched with logs',
  correlationId: 'one flow cannot be traced over the services',
  version: 'consumers cannot tell an old schema from a new one',
};

export const rule: Rule<Options> = {
  id: 'missing-event-metadata',
  severity: 'warning',
  summary: 'An event carries no id, timestamp, correlation id or version',
  hasFix: true,
  options,
  *check({ model, options: chosen }) {
    const envelopes = generalEnvelopes(model, chosen);
    const own = saidOfEvents(model, `missing-event-metadata ${JSON.stringify(chosen)}`, (event) =>
      keyed(event, faultsOf({ model, event, chosen, envelopes })),
    );
    const alive = own.filter(
      ({ of, said: { node } }) =>
        !isIdle(model, of) && !isListedPart(model, of) && !(node && isBorne(model, of, node, chosen)),
    );
    const faults = alive.map(({ of, said }) => ({ event: of, ...said }));
    const { shared, own: left } = sharedFaults(model, faults, chosen);
    const workspace = { model, bases: basesOfEvents(model, chosen) };
    for (const it of shared) yield sharedFinding(workspace, it, chosen);
    const findings = keptFindings(model, {
      question: `findings of missing metadata ${JSON.stringify(chosen)}`,
      keyOf: ({ key }: Fault) => key,
      findingOf: (it: Fault) => findingOf(workspace, it, chosen),
    });
    // One literal under a computed topic, one type under two topics is one fault.
    const seen = new Set<object>();
    for (const fault of left) {
      const thing = fault.object ?? fault.envelope ?? fault.node?.fact;
      if (thing && seen.has(thing)) continue;
      if (thing) seen.add(thing);
      yield findings(fault);
    }
  },
};

interface Asked {
  readonly model: EventModel;
  readonly event: EventNode;
  readonly chosen: Options;
  readonly envelopes: Envelopes;
}

/** Of the things that a service publishes as they are, one stands for all. */
function* faultsOf({ model, event, chosen, envelopes }: Asked): Iterable<FoundFault> {
  const toldOfThings = new Set<string>();
  for (const { known, form, ...carrier } of carriersOf(model, event, { aliases: chosen, envelopes })) {
    const missing = missingIn(known, chosen);
    const { node, object, place } = carrier;
    const service = model.serviceOf(place.file);
    if (missing.length === 0 || (form === 'thing' && toldOfThings.has(service))) continue;
    if (form === 'thing') toldOfThings.add(service);
    if (form === 'declaration' && node) yield { ...carrier, missing, sources: sourcesOf(model, node) };
    else if (object) yield { ...carrier, missing, sources: sourcesOfLiteral(model, place.file, object) };
    else yield { ...carrier, missing };
  }
}

/** The model, and what it offers to extend. */
interface Workspace {
  readonly model: EventModel;
  readonly bases: () => readonly Base[];
}

function findingOf(workspace: Workspace, fault: Fault, chosen: Options): RuleFinding {
  const { place, name, missing } = fault;
  const producer = producerOf(workspace.model, fault);
  return {
    ...place,
    symbol: name,
    message: `${fault.envelope ? `What \`${name}\` puts around \`${fault.event.name}\`` : `\`${name}\``} carries no ${listed(missing)}: ${reasonOf(missing)}.`,
    help: helpFor(missing),
    related: producer ? [{ file: producer.file, at: producer.at, message: 'It is published here.' }] : [],
    fixes: metadataFixes(workspace, fault, chosen),
  };
}

/** Of types of one name in several services, each is published in its own. */
function producerOf(model: EventModel, { event, node }: Fault): ProducerNode | undefined {
  if (!node) return undefined;
  const isOnly = event.declarations.length === 1;
  const service = model.serviceOf(node.file);
  const own = event.producers.filter((it) => isOnly || model.serviceOf(it.file) === service);
  return nearestFirst(node.file, own)[0];
}

function sharedFinding(
  workspace: Workspace,
  { fault, form, events }: SharedFault,
  chosen: Options,
): RuleFinding {
  const { event, name, missing, place } = fault;
  const isBase = form === 'base';
  const role = `the ${isBase ? 'base' : 'metadata'} of ${events.length === 1 ? `\`${event.name}\`` : `${events.length} events`}`;
  const fixes =
    isBase && !isImplemented(workspace.model, fault.node) ? metadataFixes(workspace, fault, chosen) : [];
  return {
    ...place,
    symbol: name,
    message: `\`${name}\`, ${role}, carries no ${listed(missing)}: ${reasonOf(missing)}.`,
    help: helpFor(missing),
    related: nearestFirst(
      place.file,
      events.map((it) => ({ ...it.place, name: it.name })),
    )
      .slice(0, 5)
      .map(({ file, at, name: user }) => ({
        file,
        at,
        message: `\`${user}\` ${isBase ? 'extends' : 'carries'} it.`,
      })),
    fixes: fixes.filter((it) => it.plan.kind === 'add-fields'),
  };
}

/** Fields of an interface that classes implement have to be added to each of these as well. */
function isImplemented({ program }: EventModel, node: TypeNode): boolean {
  if (node.fact.kind === 'class') return false;
  const below = new Set([node]);
  for (const it of below) for (const sub of program.subtypesOf(it)) below.add(sub);
  return [...below].some((it) => it.fact.kind === 'class');
}

function listed(missing: readonly MetadataKind[]): string {
  const all = missing.map((it) => metadataNames[it]);
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`;
}

function reasonOf(missing: readonly MetadataKind[]): string {
  return missing.map((it) => reasons[it])[0] ?? '';
}

function helpFor(missing: readonly MetadataKind[]): string {
  return `Add ${fieldsFor(missing)
    .map((it) => `\`${it.name}\``)
    .join(', ')}, or let the publishing layer add them to every event.`;
}
