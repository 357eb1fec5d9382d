// Consumers that ask the producer for what the event does not say: with an id of the event, and before they do their work.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import { lastName, type Handling } from '../calls/handling.ts';
import { reached, type Reached } from '../calls/reached.ts';
import { isHandledPart } from '../consumers/handledParts.ts';
import { pathOf } from '../effects/effects.ts';
import { perModel } from '../incremental/perModel.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode } from '../model.ts';
import { isParticiple, wordsOf } from '../names/names.ts';

/** A call back to the service that published the event. */
export interface CallBack {
  readonly event: EventNode;
  readonly consumer: ConsumerNode;
  readonly file: FilePath;
  readonly fn: FunctionNode;
  readonly action: CallAction;
  /** As a reader calls it: `ordersClient.getOrder`. */
  readonly name: string;
}

/** All calls back, by the event that says too little; each consumer's first one. */
export function callsBack(model: EventModel): ReadonlyMap<EventNode, readonly CallBack[]> {
  const found = new Map<EventNode, CallBack[]>();
  const firstOf = model.aboutConsumers('calls back', (it) => firstIn(model, it));
  for (const consumer of model.consumers) {
    const [event] = consumer.events;
    const back = firstOf(consumer);
    if (event && back) found.set(event, [...(found.get(event) ?? []), { event, consumer, ...back }]);
  }
  return found;
}

function firstIn(
  model: EventModel,
  consumer: ConsumerNode,
): Omit<CallBack, 'event' | 'consumer'> | undefined {
  const [event, ...others] = consumer.events;
  if (!event || others.length > 0 || consumer.fact.isRequest || !consumer.handler) return undefined;
  const home = homeOf(model, event, consumer);
  if (!home) return undefined;
  for (const here of reached(model, consumer.handler)) {
    const last = here.levels.at(-1);
    const isWanted = last && isAsking(here, last.action, home) && isBeforeWork(model, consumer, here);
    // A function of one's own that asks is what a reader knows, and where the answer is read.
    const shown = isWanted
      ? (here.levels.find((it) => gives.test(lastName(it.action.call.callee))) ?? last)
      : undefined;
    if (!shown) continue;
    const { action, entry } = shown;
    return { file: entry.file, fn: entry, action, name: pathOf(action.call.callee) };
  }
  return undefined;
}

/** Where the answers are: the services that publish the event, what names them, and which words name others. */
interface Home {
  readonly services: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  readonly isOther: (word: string) => boolean;
}

/** Undefined where the event comes from the consumer's own service, or nobody knows whence. */
function homeOf(model: EventModel, event: EventNode, consumer: ConsumerNode): Home | undefined {
  const services = new Set(event.producers.map((it) => model.serviceOf(it.file)));
  if (services.size === 0 || services.has(model.serviceOf(consumer.file))) return undefined;
  const verb = event.key.split(' ').findIndex(isParticiple);
  const subject = event.key.split(' ').slice(0, verb < 1 ? 1 : verb);
  const words = new Set([...subject.map(singular), ...[...services].flatMap(wordsOfService)]);
  const isOther = (word: string): boolean =>
    !words.has(word) && (speaking(model).get(word) ?? []).some((it) => !services.has(it));
  return { services, words, isOther };
}

/** The services that send or take anything, by the words that name them. */
const speaking = perModel((model: EventModel): ReadonlyMap<string, readonly string[]> => {
  const services = new Set([...model.producers, ...model.consumers].map((it) => model.serviceOf(it.file)));
  const byWord = new Map<string, string[]>();
  for (const service of services) {
    for (const word of wordsOfService(service)) {
      const known = byWord.get(word);
      if (known) known.push(service);
      else byWord.set(word, [service]);
    }
  }
  return byWord;
});

/** `orders` of `@shop/orders-service`. */
function wordsOfService(name: string): readonly string[] {
  return wordsOf(name.slice(name.lastIndexOf('/') + 1))
    .filter((it) => !common.has(it))
    .map(singular);
}

const common = new Set([
  'service',
  'services',
  'svc',
  'api',
  'app',
  'server',
  'ms',
  'microservice',
  'the',
  'backend',
]);

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}

const gives = /^(?:find|get|load|fetch|read|query|retrieve|look_?up|by[A-Z])/i;
const asks = new RegExp(`${gives.source}|^(?:request|send)`, 'i');
const lists = /^(?:findAll|getAll|list|search)/;

interface Site {
  readonly here: Handling;
  readonly file: FilePath;
}

/** A question to the producer's service, with something of the event in it. */
function isAsking({ model, fn, levels }: Reached, action: CallAction, home: Home): boolean {
  const { call, roles, settled, isNew } = action;
  if (isNew || settled === 'dropped') return false;
  if (home.services.has(model.serviceOf(fn.file)) && !isAskedFromOutside(model, levels, home)) return false;
  const site = { here: { model, levels }, file: fn.file };
  if (!call.args.some((it) => isHandledPart(site.here, fn.file, it))) return false;
  if (roles.some((it) => it.kind === 'remote')) {
    const isRead = roles.some(
      (it) => it.kind === 'remote' && it.isRead === true && /^(?:http|rpc)$/.test(it.what),
    );
    return isRead && speaksOf(site, [call.callee, ...call.args], home);
  }
  const request = roles.find((it) => it.kind === 'publish');
  if (request)
    return (
      request.isRequest === true &&
      asksByName(request.event) &&
      speaksOf(site, [request.event, call.callee], home)
    );
  const name = lastName(call.callee);
  if (!asks.test(name) || lists.test(name)) return false;
  const callees = model.program.calleesOf(fn.file, fn, call);
  // The producer's service may hold what others need besides: settings, or who is who.
  if (!speaksOf(site, [call.callee], home)) return false;
  if (callees.length === 0) return isClient(action);
  return callees.every((it) => home.services.has(model.serviceOf(it.file)) && it.fact.kind !== 'constructor');
}

/** What the producer's service asks itself is its own business, unless the way into it is a question: `getOrder.handle(orderId)`. */
function isAskedFromOutside({ serviceOf }: EventModel, levels: Handling['levels'], home: Home): boolean {
  const way = levels.findLast(({ entry }) => !home.services.has(serviceOf(entry.file)));
  const words = way ? textsIn(way.action.call.callee, () => false).flatMap(wordsOf) : [];
  return words.some((it) => gives.test(it));
}

/** `getOrder`, `orders.get`, `{ cmd: 'find_order' }`: a command is no question. */
function asksByName(expr: Expr): boolean {
  return textsIn(expr, () => false).some((it) =>
    wordsOf(it).some((word) => asks.test(word) || word === 'by'),
  );
}

function isClient({ call: { callee } }: CallAction): boolean {
  return callee.kind === 'member' && /client|api|gateway|proxy|rpc|stub/i.test(pathOf(callee.object));
}

/** Names and texts say the producer's service or what the event is about, and no other service. */
function speaksOf({ here, file }: Site, exprs: readonly Expr[], { words, isOther }: Home): boolean {
  const said = exprs
    .flatMap((it) => textsIn(it, (part) => isHandledPart(here, file, part)))
    .flatMap((it) => wordsOf(it.replace(/\?.*$/, '')))
    .map(singular);
  return said.some((it) => words.has(it)) && !said.some(isOther);
}

/** Parts of a URL, a receiver, a pattern; what is read of the event says nothing of the receiver. */
function textsIn(expr: Expr, isSkipped: (expr: Expr) => boolean): readonly string[] {
  if (expr.kind !== 'template' && expr.kind !== 'object' && isSkipped(expr)) return [];
  const inner = (it: Expr): readonly string[] => textsIn(it, isSkipped);
  switch (expr.kind) {
    case 'string':
      return [expr.value];
    case 'name':
      return [expr.name];
    case 'member':
      return [...inner(expr.object), expr.name];
    case 'template':
      return expr.parts.flatMap((it) => (typeof it === 'string' ? [it] : inner(it)));
    case 'object':
      return expr.entries.flatMap((it) => inner(it.value));
    case 'operation':
      return expr.of.flatMap(inner);
    case 'call':
    case 'new':
      return expr.args.flatMap(inner);
    default:
      return [];
  }
}

/** Something changes the world after the answer came. */
function isBeforeWork(model: EventModel, consumer: ConsumerNode, { levels }: Reached): boolean {
  return model.bodyOfConsumer(consumer).effects.some((it) => {
    const isWork = it.role.kind !== 'remote' || it.role.isRead !== true;
    return isWork && !it.inCatch && comesAfter(it, levels);
  });
}

/** Whether the ways to both part at a function that goes on to an effect after it asked. */
function comesAfter(effect: Effect, levels: Handling['levels']): boolean {
  const way = [...effect.via, effect];
  const parting = levels.findIndex(({ action }, index) => way[index]?.at.start !== action.call.at.start);
  const [asked, done] = [levels[parting], way[parting]];
  if (!asked || !done || done.file !== asked.entry.file) return false;
  return done.at.start > asked.action.call.at.start;
}
