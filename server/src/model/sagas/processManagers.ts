// Process managers: handlers of several events that move one saga forward. They may stand in one class, in one file, or be
// spread over the classes of a service that keep one saga's rows.
import type { FunctionFact } from '../../facts/facts.ts';
import { durableEngines, placeNameOf, sagaName } from '../../facts/sagaWords.ts';
import { holds, type FilePath, type Place, type Span } from '../../text.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode } from '../model.ts';
import { keyOf, sentIn, storeOf, type Reaction, type Sent } from '../producers/sent.ts';
import { awaits } from './replies.ts';

export interface ProcessManager extends Place {
  /** As a reader calls it: its class, its file, or the table of its state. */
  readonly name: string;
  readonly service: string;
  readonly reactions: readonly Reaction[];
  /** What it sends, also from functions that begin it without any event. */
  readonly sent: readonly Sent[];
  /** The stores that hold its state. */
  readonly stores: ReadonlySet<string>;
  /** The functions it consists of: handlers, and what they call in its own classes and files. */
  readonly functions: readonly FunctionNode[];
}

/** All process managers of the workspace that no durable engine runs. */
export const processManagersOf = perModel((model: EventModel): readonly ProcessManager[] => {
  const reactions = reactionsIn(model);
  const byHome = new Map<string, Candidate[]>();
  for (const it of reactions) for (const home of it.homes) put(byHome, home.key, it);
  const isShared = (key: string): boolean => handledBy(byHome.get(key) ?? []).size > 1;
  const groups = new Map<string, Candidate[]>();
  for (const it of reactions) {
    const home = it.homes.find(({ key }) => isShared(key));
    if (home) put(groups, home.key, it);
  }
  return [...groups].flatMap(([key, group]) => managerOf(model, key, group));
});

interface Home {
  readonly key: string;
  readonly kind: 'class' | 'file' | 'store' | 'unit';
  readonly name: string;
  readonly file: FilePath;
  readonly at?: Span;
}

interface Candidate extends Reaction {
  /** Where the saga that it moves may live, the nearest first. */
  readonly homes: readonly Home[];
}

function reactionsIn(model: EventModel): readonly Candidate[] {
  const found = model.saidOfConsumers('homes', (consumer) => {
    const homes = homesIn(model, consumer);
    return homes ? [{ effects: model.bodyOfConsumer(consumer).effects, homes }] : [];
  });
  return found.map(({ of, said }) => ({ consumer: of, ...said }));
}

/** Where the saga may live that a consumer moves; undefined for one that moves none. */
function homesIn(model: EventModel, consumer: ConsumerNode): readonly Home[] | undefined {
  const { file, handler, events } = consumer;
  const imports = model.files.get(handler?.file ?? file)?.imports ?? [];
  if (!handler || events.length === 0 || imports.some((it) => durableEngines.test(it.from))) return undefined;
  return homesOf(model, consumer, handler, model.bodyOfConsumer(consumer).effects);
}

/** Sagas by name come first, then the rows that are kept, then whatever class holds several handlers. */
function homesOf(
  model: EventModel,
  { file, fact }: ConsumerNode,
  handler: FunctionNode,
  effects: readonly Effect[],
): readonly Home[] {
  const places = [{ file: handler.file, at: handler.fact.at }, ...effects.flatMap((it) => [...it.via, it])];
  const own = places.map((it) => unitAt(model, it)).filter((it) => it !== undefined);
  const named = own.filter((it) => it.isNamed).map(({ home }) => home);
  const service = model.serviceOf(handler.file);
  const stores = effects.flatMap((it): readonly Home[] => {
    const isKept = isSagaStore(it) && model.serviceOf(it.file) === service;
    return isKept ? [{ key: `store ${service}`, kind: 'store', name: storeOf(it), file }] : [];
  });
  const [unit] = own;
  const isInline =
    typeof fact.handler === 'number' && model.files.get(file)?.functions[fact.handler]?.kind === 'module';
  return [
    ...named,
    ...stores,
    ...(unit && !isInline ? [{ ...unit.home, key: `unit ${unit.home.key}`, kind: 'unit' as const }] : []),
  ];
}

/** The class around a place, or else the file. */
function unitAt(
  model: EventModel,
  { file, at }: Place,
): { readonly home: Home; readonly isNamed: boolean } | undefined {
  const facts = model.files.get(file);
  if (!facts) return undefined;
  const type = facts.types.find((it) => it.kind === 'class' && holds(it.span, at));
  if (type) {
    const home = { key: `${file} ${type.name}`, kind: 'class', name: type.name, file, at: type.at } as const;
    return { home, isNamed: isSagaName(type.name) };
  }
  const name = file.slice(file.lastIndexOf('/') + 1);
  return { home: { key: file, kind: 'file', name, file }, isNamed: isSagaName(placeNameOf(file)) };
}

/** A workflow says nothing by itself: documents and notifications have them too. */
function isSagaName(name: string): boolean {
  return (
    sagaName.test(name.replace(/workflows?/gi, '')) &&
    !/redux|repo|store$|dao|prisma|entity|migration/i.test(name)
  );
}

function isSagaStore(effect: Effect): boolean {
  return effect.role.kind === 'write' && /saga|process_?manager|orchestration/i.test(storeOf(effect));
}

function managerOf(model: EventModel, key: string, group: readonly Candidate[]): readonly ProcessManager[] {
  const home = group.flatMap((it) => it.homes).find((it) => it.key === key);
  if (!home) return [];
  const service = model.serviceOf(home.file);
  const shared = sharedStores(group, service, model);
  const sagaStores = new Set(group.flatMap(({ effects }) => effects.filter(isSagaStore).map(storeOf)));
  const stores = sagaStores.size > 0 ? sagaStores : shared;
  const functions = functionsOf(model, group, home);
  const reacting = group.flatMap(({ consumer, effects }) => sentIn(model, effects, consumer));
  const starting = startsOf(model, { home, service, stores, sagaStores }, reacting);
  const manager: ProcessManager = {
    name: home.name,
    ...placeOf(home, group),
    service,
    reactions: group,
    sent: [...reacting, ...starting],
    stores,
    functions,
  };
  return isManager(model, manager, home) ? [manager] : [];
}

/** A class that holds several handlers moves a saga only where it commands, waits for the answers and keeps a state. */
function isManager(model: EventModel, manager: ProcessManager, { kind }: Home): boolean {
  if (manager.sent.length === 0) return manager.reactions.some((it) => it.consumer.handler?.fact.name === '');
  if (kind !== 'unit') return true;
  return manager.stores.size > 0 && awaits(model, manager).length > 0;
}

/** Stores that at least two of the reactions write to. */
function sharedStores(group: readonly Candidate[], service: string, model: EventModel): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { effects } of group) {
    const own = effects.filter((it) => it.role.kind === 'write' && model.serviceOf(it.file) === service);
    for (const it of new Set(own.map(storeOf))) counts.set(it, (counts.get(it) ?? 0) + 1);
  }
  return new Set([...counts].flatMap(([store, count]) => (count > 1 && !isJournal(store) ? [store] : [])));
}

function isJournal(store: string): boolean {
  return /outbox|inbox|processed|event_?store|events?$|log|audit|history/i.test(store);
}

function placeOf(home: Home, group: readonly Candidate[]): Place {
  if (home.at) return { file: home.file, at: home.at };
  const [first] = group;
  const handler = first?.consumer.handler;
  if (handler && handler.fact.name !== '') return { file: handler.file, at: handler.fact.at };
  return { file: first?.consumer.file ?? home.file, at: first?.consumer.at ?? { start: 0, end: 0 } };
}

/** Handlers, and what they call in the class or file of the saga. */
function functionsOf(model: EventModel, group: readonly Candidate[], home: Home): readonly FunctionNode[] {
  const found = new Map<FunctionFact, FunctionNode>();
  const passedBy = model.aboutConsumers('functions on its way', (it) => passedIn(model, it));
  const unit = home.key.replace(/^unit /, '');
  for (const { consumer } of group) {
    if (consumer.handler) found.set(consumer.handler.fact, consumer.handler);
    for (const it of passedBy(consumer))
      if (home.kind === 'store' || it.units.has(unit)) found.set(it.fn.fact, it.fn);
  }
  return [...found.values()];
}

/** The functions through which the effects of a consumer are reached, each with the classes and files that it passes there. */
function passedIn(
  model: EventModel,
  consumer: ConsumerNode,
): readonly { readonly fn: FunctionNode; readonly units: ReadonlySet<string> }[] {
  const found = new Map<FunctionFact, { readonly fn: FunctionNode; readonly units: Set<string> }>();
  for (const place of model.bodyOfConsumer(consumer).effects.flatMap((it) => [...it.via, it])) {
    const fn = functionAt(model, place);
    if (!fn) continue;
    const known = found.get(fn.fact) ?? { fn, units: new Set() };
    found.set(fn.fact, known);
    const unit = unitAt(model, place);
    if (unit) known.units.add(unit.home.key);
  }
  return [...found.values()];
}

/** The innermost function with a name around a place, else the innermost one. */
function functionAt(model: EventModel, { file, at }: Place): FunctionNode | undefined {
  const around =
    model.files.get(file)?.functions.filter((it) => it.kind !== 'module' && holds(it.span, at)) ?? [];
  const fact = around.findLast((it) => it.name !== '') ?? around.at(-1);
  return fact && { file, fact };
}

interface Seat {
  readonly home: Home;
  readonly service: string;
  readonly stores: ReadonlySet<string>;
  readonly sagaStores: ReadonlySet<string>;
}

/** What is sent by functions of the same class, or that write the saga's own rows, when something else than an event begins it. */
function startsOf(model: EventModel, seat: Seat, known: readonly Sent[]): readonly Sent[] {
  const seen = new Set(known.map(({ effect }) => keyOf(effect)));
  const starts: Sent[] = [];
  if (seat.sagaStores.size === 0) return starts;
  for (const fn of sending(model).get(seat.service) ?? []) {
    if (fn.fact.name === '') continue;
    const { effects } = model.bodyOf(fn);
    const isOwn = effects.some((it) => it.role.kind === 'write' && seat.sagaStores.has(storeOf(it)));
    if (!isOwn) continue;
    const fresh = sentIn(model, effects).filter(({ effect }) => !seen.has(keyOf(effect)));
    for (const it of fresh) seen.add(keyOf(it.effect));
    starts.push(...fresh);
  }
  return starts;
}

/** By service the functions that send anything, be it by a call that names the message for another one. */
const sending = perModel((model: EventModel): ReadonlyMap<string, readonly FunctionNode[]> => {
  const found = new Map(model.producers.map((it) => [it.fn.fact, it.fn]));
  const publishing = saidOfFiles(model, 'functions that publish', (facts) =>
    indexOf(facts).publishes.map(({ fn: fact }) => ({ file: facts.file, fact })),
  );
  for (const it of publishing) found.set(it.fact, it);
  const byService = new Map<string, FunctionNode[]>();
  for (const fn of found.values()) put(byService, model.serviceOf(fn.file), fn);
  return byService;
});

function handledBy(group: readonly Candidate[]): ReadonlySet<EventNode> {
  return new Set(group.flatMap((it) => it.consumer.events));
}

function put<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const found = map.get(key);
  if (found) found.push(value);
  else map.set(key, [value]);
}
