// Messages about rows that were stored before the flow began: the service stores a row, tells of it, and hears of it again, at once or
// after others went on with it. Who finds none then most often knows that the row was deleted.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { mayFollow } from '../calls/order.ts';
import { pathOf } from '../effects/effects.ts';
import type { FilePath } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import { perModel } from '../incremental/perModel.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { stemOf, wordsOf } from '../names/names.ts';
import { storeOf } from '../producers/sent.ts';
import { classAt } from '../resolution/values.ts';
import { hopsOf } from './hops.ts';

const highest = 3;
/** So many services may go on with it in between. */
const furthest = 5;
const holders =
  /^(?:this|db|prisma|tx|repositor(?:y|ies)|repo|model|dao|store|collection|table|manager|entity)$/;

/** `announced`: the message itself tells of the row; `earlier`: others went on with it in between. */
export type StoredBefore = 'announced' | 'earlier';

/** How the row that a consumer asks for was stored before any of its messages was sent, if it was. */
export function storedBefore(
  model: EventModel,
  { file, events }: ConsumerNode,
  load: CallAction,
): StoredBefore | undefined {
  const kept = { service: model.serviceOf(file), table: tableOf(load) };
  const producers = events.flatMap((it) => it.producers);
  if (kept.table === '' || events.length === 0) return undefined;
  if (producers.length === 0) {
    const isAnnounced = events.some((it) => isNamedAfter(it, kept.table));
    return isAnnounced && sendingAfterCommit(model).has(kept.service) ? 'announced' : undefined;
  }
  if (producers.every((it) => isToldAfter(model, it, kept, 0))) return 'announced';
  return producers.every((it) => isToldAfter(model, it, kept, furthest)) ? 'earlier' : undefined;
}

/** Whether the service makes such rows when it handles another message, or before it sends one: by that a flow begins or goes on. */
export function isMadeInFlow(
  model: EventModel,
  consumer: ConsumerNode,
  load: CallAction,
  { file, fact }: FunctionNode,
): boolean {
  const service = model.serviceOf(consumer.file);
  const owner = repositories.test(fact.owner ?? '') ? fact.owner : undefined;
  const kept = { service, table: tableOf(load), ...(owner !== undefined && { repository: { file, owner } }) };
  const isOwn = (it: { readonly file: FilePath }): boolean => model.serviceOf(it.file) === service;
  return (
    isMadeByOthers(model, consumer, kept) ||
    model.producers.some((it) => isOwn(it) && makes(model, it.fn, kept, highest))
  );
}

/** Whether another message of the service makes such rows: which of the two comes first, nobody knows. */
export function isMadeByMessage(model: EventModel, consumer: ConsumerNode, load: CallAction): boolean {
  const kept = { service: model.serviceOf(consumer.file), table: tableOf(load) };
  return kept.table !== '' && isMadeByOthers(model, consumer, kept);
}

function isMadeByOthers(model: EventModel, { handler }: ConsumerNode, kept: Kept): boolean {
  const others = model.consumers.filter(
    (it) => it.handler !== handler && !it.fact.isRequest && model.serviceOf(it.file) === kept.service,
  );
  return others.some((it) => model.bodyOfConsumer(it).effects.some((effect) => isMade(model, effect, kept)));
}

/** `OrderRepository`, `OrdersDao`. */
export const repositories = /(?:Repositor(?:y|ies)|Repo|Dao|Gateway|Store)(?:Impl)?$/i;

function makes(model: EventModel, fn: FunctionNode, kept: Kept, height: number): boolean {
  if (model.bodyOf(fn).effects.some((it) => isMade(model, it, kept))) return true;
  return height > 0 && model.program.callersOf(fn).some((it) => makes(model, it.caller, kept, height - 1));
}

/** It makes a row of the table, or any in the repository that is asked. */
function isMade({ files }: EventModel, effect: Effect, { table, repository }: Kept): boolean {
  const { role, file, at } = effect;
  if (role.kind !== 'write' || !/^(?:insert|upsert)$/.test(role.operation)) return false;
  if (table !== '' && tableNamed(storeOf(effect)) === table) return true;
  const facts = repository?.file === file ? files.get(file) : undefined;
  return facts !== undefined && classAt(facts, at.start)?.name === repository?.owner;
}

/** What a call is about: `order` of `orderRepository.findById(…)`. */
export function tableOf({ call, roles }: CallAction): string {
  const [store] = roles.flatMap((it) =>
    (it.kind === 'read' || it.kind === 'write') && it.store ? [it.store] : [],
  );
  return tableNamed(store ?? pathOf(call.callee).split('.').at(-2) ?? '');
}

/** The row, and the service that keeps it. */
interface Kept {
  readonly service: string;
  readonly table: string;
  /** The class that asks for it. */
  readonly repository?: { readonly file: FilePath; readonly owner: string };
}

/** Whether the service stores the row before that message, or before each that leads to it. */
function isToldAfter(model: EventModel, producer: ProducerNode, kept: Kept, hops: number): boolean {
  const isOwn = model.serviceOf(producer.file) === kept.service;
  if (isOwn && stores(model, producer, producer.fn, kept.table, highest)) return true;
  const causes = hops > 0 ? (causesOf(model).get(producer.action) ?? []) : [];
  return (
    causes.length > 0 &&
    causes.every(
      ({ producers }) =>
        producers.length > 0 && producers.every((it) => isToldAfter(model, it, kept, hops - 1)),
    )
  );
}

/** The events to which a call that publishes is the answer. */
const causesOf = perModel((model): ReadonlyMap<CallAction, readonly EventNode[]> => {
  const found = new Map<CallAction, EventNode[]>();
  for (const { from, producer } of [...hopsOf(model).values()].flat()) {
    const known = found.get(producer.action);
    if (known) known.push(from);
    else found.set(producer.action, [from]);
  }
  return found;
});

/** Whether the function that sends a message stores such a row before, or all that call it do. */
function stores(
  model: EventModel,
  producer: ProducerNode,
  fn: FunctionNode,
  table: string,
  height: number,
): boolean {
  const { effects } = model.bodyOf(fn);
  const sent = effects.find((it) => [it, ...it.via].some((at) => isAt(at, producer)));
  const isBefore = (it: Effect): boolean =>
    sent !== undefined &&
    mayFollow(fn.fact.body, headOf(it), headOf(sent)) &&
    !(it.inTransaction && sent.inTransaction);
  if (effects.some((it) => isKept(it, table) && isBefore(it))) return true;
  const callers = height > 0 ? model.program.callersOf(fn) : [];
  return callers.length > 0 && callers.every((it) => stores(model, producer, it.caller, table, height - 1));
}

function isAt({ file, at }: Pick<Effect, 'file' | 'at'>, producer: ProducerNode): boolean {
  return file === producer.file && at.start === producer.at.start;
}

function isKept(effect: Effect, table: string): boolean {
  const { role, inCatch } = effect;
  return (
    role.kind === 'write' && role.operation !== 'delete' && !inCatch && tableNamed(storeOf(effect)) === table
  );
}

function headOf({ at, via }: Effect): number {
  return (via[0] ?? { at }).at.start;
}

function isNamedAfter({ name }: EventNode, table: string): boolean {
  return wordsOf(name).map(stemOf).includes(table);
}

/** The services that send with `transaction.afterCommit(() => queue.add(event))`: what that is about, is stored. */
const sendingAfterCommit = perModel((model): ReadonlySet<string> => {
  const files = [...model.files.values()].filter((facts) => sendsAfterCommit(model, facts));
  return new Set(files.map((it) => model.serviceOf(it.file)));
});

function sendsAfterCommit(model: EventModel, facts: FileFacts): boolean {
  const hooks = ['afterCommit', 'onCommit', 'runOnTransactionCommit'].flatMap(
    (it) => indexOf(facts).calls.get(it) ?? [],
  );
  return hooks.some(({ action: { call } }) =>
    call.args.some((it) => {
      const fact = it.kind === 'function' ? facts.functions[it.function] : undefined;
      return (
        fact && model.bodyOf({ file: facts.file, fact }).effects.some(({ role }) => role.kind === 'publish')
      );
    }),
  );
}

/** `order` of `orderRepository`, `prisma.orders`, `Order`. */
export function tableNamed(store: string): string {
  return wordsOf(store)
    .filter((it) => !holders.test(it))
    .map(stemOf)
    .join(' ');
}
