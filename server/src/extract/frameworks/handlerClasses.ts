// Handler classes by convention: `class OrderPlacedHandler { handle(event: OrderPlaced) }`. A registry or a base calls them.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import type { ClassSite } from './framework.ts';
import { inheritedConsumer, methodConsumer } from './messages.ts';
import { isRedelivered } from '../../facts/messagingPackages.ts';
import { isUnitOfWork } from './transactions.ts';

/** A message, what it came with, and the channel that it came by. */
const maxParameters = 3;
/** What a class that handles messages is called. */
export const handlerClass = /(Handler|Consumer|Processor|Listener|Subscriber|Projection|Policy)$/;
/** How a handler is spelt where it is declared, registered or typed; not the `clickHandler` of a button. */
export const handlerWords = [
  ...['Handler ', 'Handler\n', 'Handler\r', 'Handler{', 'Handler<', 'Handler(', 'Handlers('],
  'EventHandler',
  'MessageHandler',
];
/** `WebSocketMessageHandler`, `SocketListener`, `WsEventHandler`. */
const ofSocket = /(?:^|[a-z])(?:[wW]eb)?[sS]ocket(?![a-z])|^Ws[A-Z]/;
/** What is read piece by piece as long as a connection is open. */
const streaming = /(?:^|\.)(?:Async(?:Iterable|IterableIterator|Generator)|\w*(?:Readable|Duplex)\w*)$/;
const handlerMethods = [
  'handle',
  'handleEvent',
  'handleMessage',
  'onMessage',
  'onEvent',
  'process',
  'processMessage',
  'consume',
  'execute',
];
/** A name that ends with a participle. */
const fact =
  /([a-z](ed|en)|Sent|Paid|Made|Built|Shipped|Lost|Put|Read|Set|Done|Begun|Left|Held|Sold|Bought)$/;
/** Types of what a handler is given that say nothing about which event it is. */
const carriers =
  /Command|Query|Request|Context|Job|Response|(?:Dto|Handler|Callback|Listener|Fn|Options)$|^On[A-Z]|^(Type|Message|ConsumeMessage|Event|DomainEvent|IEvent|Buffer|Date|Map|Record|T[A-Z]?\w?)$/;

/** `class OrderPlacedHandler { handle(event: OrderPlaced) }`, also by `implements EventHandler<OrderPlaced>`, or by its name alone. */
export function conventional(site: ClassSite): readonly ConsumerFact[] {
  const { name } = site.type;
  const isNamed =
    handlerClass.test(name) &&
    !/(Command|Query|Request|Error|Exception|Http|Click|Route)\w*Handler$/.test(name);
  const generic = handledByBase(site);
  if ((!isNamed && !generic) || servesRequests(site)) return [];
  const listed = eventsListed(site);
  const spelt = [
    ...handlerMethods,
    ...(generic ? ['on'] : []),
    ...(listed.length > 0 ? ['perform', 'run'] : []),
  ];
  const method = spelt.map((it) => site.methods.find((own) => own.name === it)).find(Boolean);
  if (!method && generic && !site.type.isAbstract) return [inheritedConsumer(site.type, common(generic))];
  if (!method || method.isAbstract || site.type.isAbstract) return [];
  const taken = typesOfFirst(site, method);
  const typed = generic && !(taken.length > 0 && generic.every(isTag)) ? generic : taken;
  const told = generic || typed.some(saysEvent) ? typed : [...eventInName(site), ...typed];
  const events = listed.length > 0 ? listed : told;
  if (events.length === 0 || takesStream(site, method)) return [];
  const isGuessed = !generic && listed.length === 0 && !events.some(saysEvent);
  if (isGuessed && isStep(site, method)) return [];
  return [methodConsumer(method, { ...common(events), transport: transportOf(site, method) })];
}

/** `extends Handler<EventType.OrderPlaced>`: what the handler takes tells more. */
function isTag(expr: Expr): boolean {
  return expr.kind === 'name' && expr.name.includes('.');
}

/** `process(order, balance, manager: EntityManager)`: who calls it has opened a transaction, or hands in more than a message has. */
function isStep({ view }: ClassSite, { parameters }: FunctionFact): boolean {
  const types = parameters.map((it) => view.facts.bindings[it]?.type);
  const isOpen = types.some(isUnitOfWork);
  return isOpen || parameters.length > maxParameters;
}

/** `onMessage(data: …, message: Message)` with a `Message` of node-nats-streaming. */
function transportOf(site: ClassSite, { parameters }: FunctionFact): ConsumerFact['transport'] {
  const { view } = site;
  const isOfBroker = parameters.some((it) => {
    const type = view.facts.bindings[it]?.type;
    const from = type?.kind === 'ref' ? view.importedFrom(type.name) : undefined;
    return type?.kind === 'ref' && from !== undefined && isRedelivered(type.name, from);
  });
  if (isOfBroker) return 'broker';
  // What comes over somebody's open connection comes once.
  return ofSocket.test(site.type.name) ? 'in-process' : 'unknown';
}

/** `handle(orders: AsyncIterable<OrderPlaced>)`: all that comes over one open connection, not a message. */
function takesStream({ view }: ClassSite, { parameters: [first] }: FunctionFact): boolean {
  const type = first === undefined ? undefined : view.facts.bindings[first]?.type;
  return type?.kind === 'ref' && streaming.test(type.name);
}

function common(events: readonly Expr[]): Pick<ConsumerFact, 'library' | 'transport' | 'events'> {
  return { library: 'own-bus', transport: 'unknown', events };
}

/** `OrderPlaced`, `OrderEvent`; a `User` is what an event may be about. */
function saysEvent(expr: Expr): boolean {
  return (
    expr.kind === 'name' && (fact.test(expr.name) || /Event|Message|[a-z]e[dn](?![a-z])/.test(expr.name))
  );
}

/** `static applicableEvents = ['order.placed']`: whoever runs the processors hands it those. */
function eventsListed({ type }: ClassSite): readonly Expr[] {
  return type.members.flatMap(({ isStatic, name, init }) => {
    const isList = isStatic === true && /(?:events|topics|subjects)$/i.test(name) && init?.kind === 'array';
    return isList ? init.items.filter((it) => it.kind === 'string' || it.kind === 'member') : [];
  });
}

/** `OrderPlacedProcessor`: a registry looks it up by the message's type, and nothing else in the class says what it handles. */
function eventInName(site: ClassSite): readonly Expr[] {
  const name = site.type.name
    .replace(handlerClass, '')
    .replace(/Event$/, '')
    .replace(/^(?:\w*[a-z])?(?:On|When|After)(?=[A-Z])/, '');
  return fact.test(name) && /[a-z][A-Z]/.test(name) ? [{ kind: 'name', name, at: site.type.at }] : [];
}

/** `implements CommandHandler<ConfirmOrder>`, a method that takes a `command`, or TypeORM's listener to what happens to rows. */
function servesRequests({ type, methods, view }: ClassSite): boolean {
  if (type.decorators.some((it) => it.name === 'EventSubscriber')) return true;
  const bases = [...type.bases, ...type.implements];
  if (bases.some((it) => it.kind === 'ref' && /(Command|Query|Request)\w*Handler/.test(it.name))) return true;
  return methods.some(({ parameters: [first] }) => {
    const name = first === undefined ? '' : view.facts.bindings[first]?.name;
    return /^(?:command|query|cmd)$/i.test(name ?? '');
  });
}

/** `extends Listener<OrderCreatedEvent>`, `implements EventHandler<OrderPlaced>`. */
function handledByBase(site: ClassSite): readonly Expr[] | undefined {
  for (const base of [...site.type.bases, ...site.type.implements]) {
    if (
      base.kind !== 'ref' ||
      !/(Event|Message|Domain)?(Handler|Listener|Consumer|Subscriber|Processor)$/.test(base.name) ||
      // The traps of a JavaScript proxy.
      base.name === 'ProxyHandler'
    )
      continue;
    const events = base.args.slice(0, 1).flatMap(eventTypes);
    if (events.length > 0) return events;
  }
  return undefined;
}

function typesOfFirst(site: ClassSite, method: FunctionFact): readonly Expr[] {
  const first = method.parameters[0];
  const type = first === undefined ? undefined : site.view.facts.bindings[first]?.type;
  if (!type) return [];
  return eventTypes(type).filter((it) => {
    if (it.kind !== 'name' || it.name.includes('.') || carriers.test(it.name)) return false;
    const from = site.view.importedFrom(it.name);
    return (
      from === undefined || !/^(amqplib|kafkajs|bull|bullmq|@nestjs\/|@aws-sdk\/|nats|typeorm)/.test(from)
    );
  });
}

function eventTypes(type: TypeExpr): readonly Expr[] {
  if (type.kind === 'union') return type.of.flatMap(eventTypes);
  return type.kind === 'ref' ? [{ kind: 'name', name: type.name, at: type.at }] : [];
}
