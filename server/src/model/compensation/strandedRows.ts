// Rows that a service stores as its part of a flow of events, while a later service announces that it failed and nobody hears of that who
// could change anything: the order stays as it was placed for ever.
import type { FilePath, Span } from '../../text.ts';
import { hopsOf } from '../choreography/hops.ts';
import { unnamedSites } from '../events/sites.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { unheardFailures } from '../failures/unheardFailures.ts';
import { saidOfEvents } from '../incremental/about.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { producersOf, storeOf } from '../producers/sent.ts';
import { failureWords } from '../sagas/replies.ts';
import { isRow } from './halfDone.ts';
import { endsFlow } from './leftDeeds.ts';
import { setRightByClocks } from './seenTo.ts';

export interface StrandedRow {
  readonly failure: EventNode;
  readonly failed: ProducerNode;
  readonly row: { readonly file: FilePath; readonly at: Span; readonly name: string };
  readonly announced: EventNode;
}

/** All of them, once the whole workspace was read and each consumer says what it takes. */
export function strandedRows(model: EventModel): readonly StrandedRow[] {
  if (!model.isComplete) return [];
  const failures = saidOfEvents(model, 'ends a flow somehow', (it) => (isFailure(it) ? [true] : [])).map(
    ({ of }) => of,
  );
  const unheard = new Set(unheardFailures(model, failureWords).map(({ event }) => event));
  const ignored = failures.filter(
    (it) =>
      unheard.has(it) || (it.consumers.length > 0 && it.consumers.every((one) => onlyTells(model, one))),
  );
  if (ignored.length === 0 || unnamedSites(model).some((it) => it.end === 'consumer')) return [];
  return ignored.flatMap((failure) => rowsBefore(model, failure));
}

/** Whether somebody hears of it or not. */
function isFailure(event: EventNode): boolean {
  return event.isConsumed !== 'unknown' && endsFlow({ ...event, isConsumed: 'yes' });
}

/** It tells somebody, or keeps a note. */
function onlyTells(model: EventModel, consumer: ConsumerNode): boolean {
  if (!consumer.handler) return false;
  const { effects, isOpen } = model.bodyOfConsumer(consumer);
  return !isOpen && effects.every(tells);
}

function tells({ role, name }: Effect): boolean {
  if (role.kind === 'remote') return role.isRead === true || role.what === 'email' || role.what === 'sms';
  return (
    role.kind === 'write' &&
    /log|audit|notif|metric|processed|inbox|dedup/i.test(`${role.store ?? ''} ${name}`)
  );
}

function rowsBefore(model: EventModel, failure: EventNode): readonly StrandedRow[] {
  const [failed] = failure.producers;
  const failing = new Set(failure.producers.map((it) => model.serviceOf(it.file)));
  if (!failed) return [];
  const before = [...eventsBefore(model, failure)];
  const found = before.flatMap((announced) =>
    announced.producers
      .filter((it) => !failing.has(model.serviceOf(it.file)))
      .flatMap((it) => rowStoredWith(model, it).map((row) => ({ failure, failed, row, announced }))),
  );
  return found.filter(({ row }) => !hearsOfEnd(model, failure, row.file));
}

/** The events that lead to one. */
function eventsBefore(model: EventModel, failure: EventNode): ReadonlySet<EventNode> {
  const hops = [...hopsOf(model).values()].flat();
  const found = new Set([failure]);
  for (const event of found) for (const { from, to } of hops) if (to === event) found.add(from);
  found.delete(failure);
  return found;
}

/** The row that a function stores which also announces something, or one that calls it. */
function rowStoredWith(model: EventModel, producer: ProducerNode): readonly StrandedRow['row'][] {
  const callers = callersOf(model, producer.fn).map(({ caller }) => caller);
  const row = [producer.fn, ...callers]
    .map((fn) => rowIn(model, fn, producer))
    .find((it) => it !== undefined);
  return row ? [row] : [];
}

function rowIn(model: EventModel, fn: FunctionNode, producer: ProducerNode): StrandedRow['row'] | undefined {
  const { effects } = model.bodyOf(fn);
  if (!effects.some((it) => producersOf(model, it).includes(producer))) return undefined;
  const row = effects.find((it) => isRow(it) && !it.inCatch && !it.runs);
  if (!row || setRightByClocks(model).has(storeOf(row).toLowerCase())) return undefined;
  const { file, at, name } = row.via[0] ?? row;
  return { file, at, name };
}

/** Its service hears of any failure that is announced together with that one, or of what follows from it. */
function hearsOfEnd(model: EventModel, failure: EventNode, file: FilePath): boolean {
  const service = model.serviceOf(file);
  const beside = model.producers.filter((it) => failure.producers.some((one) => one.fn.fact === it.fn.fact));
  const ends = beside.flatMap((it) => (it.event && isFailure(it.event) ? [it.event] : []));
  return ends.some((it) => it.consumers.some((one) => model.serviceOf(one.file) === service));
}
