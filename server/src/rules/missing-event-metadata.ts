// An event without id, timestamp, correlation id or version: it can't be deduplicated, ordered, traced or evolved.
import { z } from 'zod';
import { saidOfEvents } from '../model/about.ts';
import { isBorne } from '../model/borneTypes.ts';
import { contentsOf, passedOn, type Passed } from '../model/contents.ts';
import { addedOnTheWay } from '../model/envelopes.ts';
import { namesContent } from '../model/evidence.ts';
import { generalEnvelopes } from '../model/generalEnvelopes.ts';
import { isIdle } from '../model/idleEvents.ts';
import { isListedPart } from '../model/listedParts.ts';
import { bearsLive, handsLive, isInput } from '../model/liveParts.ts';
import { metadataOf, ofObject, ofValue } from '../model/metadata.ts';
import { metadataKinds, type MetadataKind } from '../model/metadataKinds.ts';
import type { EventModel, EventNode, ProducerNode, TypeNode } from '../model/model.ts';
import { statesFact, wordsOf } from '../model/names.ts';
import { nearestFirst } from '../model/nearness.ts';
import { isShown, staysInside } from '../model/staysInside.ts';
import { checksOf, isSpokenFor } from '../model/twins.ts';
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
    const findings = keptFindings(workspace, chosen);
    // One literal under a computed topic, one type under two topics is one fault.
    const seen = new Set<object>();
    for (const fault of left) {
      const thing = fault.object ?? fault.node?.fact;
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
  readonly envelopes: ReturnType<typeof generalEnvelopes>;
}

function* faultsOf({ model, event, chosen, envelopes }: Asked): Iterable<FoundFault> {
  for (const node of event.declarations) {
    if (isSpokenFor(model, event, node) || isPayload(node) || isShown(model, event, node)) continue;
    if (bearsLive(model, node) || isInput(model, event, node)) continue;
    const added = addedOnTheWay(model, event, chosen, node);
    const said = [node, ...checksOf(model, event, node)];
    const known = said.flatMap((it) => [metadataOf(model, it, chosen), envelopes(it)]);
    const missing = missingIn([...known, added], chosen);
    const place = { file: node.file, at: node.fact.at };
    if (missing.length === 0) continue;
    yield { node, place, name: node.fact.name, missing, sources: sourcesOf(model, node) };
  }
  if (event.declarations.length > 0 || !announces(event.name) || staysInside(model, event)) return;
  yield* undeclaredFaults({ model, event, chosen, envelopes });
}

/** What is published under the name of an event that nobody declares: a type that bears it, literals, or a thing of another type. */
function* undeclaredFaults({ model, event, chosen, envelopes }: Asked): Iterable<FoundFault> {
  const { inline, name } = event;
  const added = addedOnTheWay(model, event, chosen);
  const contents = contentsOf(model, event).filter((it) => !bearsLive(model, it.node));
  const missingOf = (it: TypeNode): readonly MetadataKind[] =>
    missingIn([metadataOf(model, it, chosen), envelopes(it), added], chosen);
  const bearer = contents.find((it) => namesContent(it.node.fact.name))?.node;
  if (bearer) {
    const missing = missingOf(bearer);
    const { file, fact } = bearer;
    if (missing.length > 0) yield { node: bearer, place: { file, at: fact.at }, name: fact.name, missing };
    return;
  }
  for (const { file, at, object } of inline.filter((it) => !handsLive(it.object))) {
    const missing = missingIn([ofObject(model, file, object, chosen), added], chosen);
    const sources = sourcesOfLiteral(model, file, object);
    if (missing.length > 0) yield { place: { file, at }, name, missing, object, sources };
  }
  if (inline.length > 0) return;
  const ofPassed = ({ file, value }: Passed): readonly MetadataKind[] =>
    missingIn([ofValue(model, file, value, chosen), added], chosen);
  const things = [
    ...contents.map((it) => ({ place: it, missing: missingOf(it.node) })),
    ...passedOn(model, event).map((it) => ({ place: it, missing: ofPassed(it) })),
  ];
  const first = things.find((it) => it.missing.length > 0);
  if (first) yield { place: { file: first.place.file, at: first.place.at }, name, missing: first.missing };
}

/** `interface OrderPlaced extends IEventPayload`: the envelope around it carries the metadata. */
function isPayload({ fact: { bases, implements: implemented } }: TypeNode): boolean {
  return [...bases, ...implemented].some((it) => it.kind === 'ref' && /Payload$/.test(it.name));
}

/**
 * A topic like `inventory.reserve` carries a command, which is a message but no event.
 * One word (`timeout`, `completed`) does not say what it happened to: so emitters tell of their own state.
 */
function announces(name: string): boolean {
  if (wordsOf(name).length < 2) return false;
  return statesFact(name) || /success|fail|complet|timeout|(?:creation|deletion)$/i.test(name);
}

/** The model, and what it offers to extend. */
interface Workspace {
  readonly model: EventModel;
  readonly bases: () => readonly Base[];
}

/** What is told of a fault, kept as long as nothing changes that its message and its fixes are made of. */
function keptFindings(workspace: Workspace, chosen: Options): (fault: Fault) => RuleFinding {
  const { keeper } = workspace.model;
  return keeper.keepBy(
    `findings of missing metadata ${JSON.stringify(chosen)}`,
    ({ key }: Fault) => key,
    (fault) => {
      keeper.noteFile(fault.place.file);
      return findingOf(workspace, fault, chosen);
    },
  );
}

function findingOf(workspace: Workspace, fault: Fault, chosen: Options): RuleFinding {
  const { place, name, missing } = fault;
  const producer = producerOf(workspace.model, fault);
  return {
    ...place,
    symbol: name,
    message: `\`${name}\` carries no ${listed(missing)}: ${reasonOf(missing)}.`,
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
  const fixes = isBase ? metadataFixes(workspace, fault, chosen) : [];
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
