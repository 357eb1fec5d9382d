// Hand-written buses, the commonest of all: recognised by the name or type of the object, the verb, and the shape of the arguments.
// Names alone say little, so everything here has confidence `name`, and gives way to what the called code turns out to do.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { addressed } from './addressed.ts';
import { busName, isBus, isConsumer } from './buses.ts';
import { collects, isRequest, transportOf } from './busTransports.ts';
import { isOfStream, namesEvent } from './eventEmitters.ts';
import { isFrom, isText, type CallSite, type Framework } from './framework.ts';
import { conventional, handlerClass, handlerWords } from './handlerClasses.ts';
import { asDeclared, handlerOf, labelOf, mayHandle, unwrapped } from './messages.ts';
import { messaging } from '../../facts/messagingPackages.ts';
import { withoutTransaction } from './transactions.ts';

const publishes =
  /^(publish|emit|dispatch|send|raise|fire|produce|enqueue|notify)(All|Async|Event|Events|Message|Messages|Batch|DomainEvent|DomainEvents|IntegrationEvent|ToOutbox|ToQueue|ToTopic|ToExchange)?$/;
const consumes =
  /^(on|subscribe|handle|register|consume|listen|addListener|addHandler|registerHandler|subscribeTo|subscribeToEvent|onEvent|onMessage)$/;
/** By these somebody waits for what a queue hands out. */
const hearing = ['on', 'subscribe', 'handle', 'register', 'consume', 'listen', 'process', 'onMessage'];
const keptEvents = /^[_#]*(?:domain|uncommitted|pending|unpublished|recorded|raised|integration)Events$/;
export const ownBus: Framework = {
  name: 'own-bus',
  triggers: ['ublish', 'outbox', 'Outbox'],
  everydayTriggers: ['Event', 'event', 'dispatch', 'onMessage', 'Consumer', ...handlerWords],
  roles(called) {
    const site = withoutTransaction(called);
    if (isKept(site)) return [published(site, site.arg(0), undefined)];
    if (collects.test(site.name) && isCollector(site) && looksLikeEvent(site, site.arg(0)))
      return [published(site, site.arg(0), undefined)];
    if (!publishes.test(site.name) || !isBus(site) || isForeignCommand(site) || isWorkList(site)) return [];
    return named(site);
  },
  consumers(site) {
    if (!consumes.test(site.name) || !(isBus(site) || isConsumer(site)) || isFrom(site.origin, messaging))
      return [];
    const event = eventOf(site, site.call.args[0]);
    const last = site.call.args.at(-1);
    if (!event || !last || site.call.args.length < 2) return [];
    if (!mayHandle(site.view, last) && !isHandlerObject(site, last)) return [];
    const isBound = last.kind === 'call' && last.callee.kind === 'member' && last.callee.name === 'bind';
    if (
      last.kind === 'call' &&
      !isBound &&
      !last.args.some((it) => it.kind !== 'call' && mayHandle(site.view, it))
    )
      return [];
    if (last.kind === 'member' && !/handle|on|process|consume|bind/i.test(last.name)) return [];
    return [consumed(site, event, last)];
  },
  classes: conventional,
};

/** `bus.subscribe('order.placed', new OrderPlacedHandler(orders))`. */
function isHandlerObject({ view }: CallSite, expr: Expr): boolean {
  const value = view.valueOf(expr);
  return value.kind === 'new' && value.callee.kind === 'name' && handlerClass.test(value.callee.name);
}

/** `this.domainEvents.push(new OrderPlaced(…))`: an aggregate without a method for it. */
function isKept({ name, receiver, receiverName, arg }: CallSite): boolean {
  const isOwn = receiver?.kind === 'member' && receiver.object.kind === 'this';
  return name === 'push' && isOwn && keptEvents.test(receiverName) && arg(0)?.kind === 'new';
}

/** `this.record(event)` collects in an aggregate; elsewhere plain verbs (`z.record(…)`) say nothing without an object made for it. */
function isCollector(site: CallSite): boolean {
  if (!/^(?:raise|record|addEvent)s?$/.test(site.name)) return true;
  // `tracker.addEvent({ type: 'completed' })` keeps a note; an event of an aggregate has a name of its own.
  const tag = site.view.entryOf(site.arg(0), 'type');
  if (site.name.startsWith('addEvent') && tag && namesEvent(tag)) return true;
  return site.receiver?.kind === 'this' || site.arg(0)?.kind === 'new' || isBus(site);
}

/** `const todo = new SlotQueue(); todo.enqueue(slot);` in one function: what it has still to do, which nobody subscribes to. */
function isWorkList({ name, receiver, action, view }: CallSite): boolean {
  const binding = receiver && view.bindingOf(receiver);
  if (name !== 'enqueue' || !binding || binding.isTopLevel || action.settled !== 'dropped') return false;
  const isHeard = hearing.some((verb) =>
    view
      .callsNamed(verb)
      .some(
        ({ action: { call } }) =>
          call.callee.kind === 'member' && view.bindingOf(call.callee.object) === binding,
      ),
  );
  return !isHeard && view.valueOf(receiver).kind === 'new';
}

/** `client.send(new ReceiveMessageCommand(…))`: what an SDK's command does is said in aws.ts. */
function isForeignCommand({ view, arg }: CallSite): boolean {
  const command = arg(0);
  const name = command?.kind === 'new' && command.callee.kind === 'name' ? command.callee.name : undefined;
  return name !== undefined && (view.importedFrom(name) ?? '').startsWith('@aws-sdk/');
}

/** `publish(event)`, `publish('order.placed', payload)`, `publish({ type, … })`, `publish(topic, key, payload)`. */
function named(site: CallSite): readonly PublishRole[] {
  const first = site.arg(0);
  if (!first) return [];
  if (first.kind === 'array' && first.items.length > 0) {
    return first.items.map((it) => published(site, site.view.valueOf(it), undefined));
  }
  if (tellsNothing(site, first) || (site.name === 'emit' && isOfStream(first))) return [];
  const message = addressed(site);
  if (message) return [published(site, message, undefined)];
  const isNamed = isText(first) || first.kind === 'member' || isConstant(site, first) || isTopic(site, first);
  const several = isNamed ? [] : listed(site, site.call.args.slice(1));
  if (several.length > 0) return several;
  const second = site.call.args.length > 1 ? site.call.args.at(-1) : undefined;
  if (isNamed && second) {
    const key = routedBy(site);
    if (key) return [published(site, key, second)];
    if (isText(first) && !namesEvent(first) && !busName.test(site.receiverName)) return [];
    return [published(site, first, second)];
  }
  const filled = first.kind === 'array' ? site.call.args[0] : undefined;
  if (filled?.kind === 'name') return [published(site, filled, undefined)];
  const event =
    looksLikeEvent(site, first) || first.kind === 'name' || first.kind === 'member' ? first : undefined;
  return event ? [published(site, event, undefined)] : [];
}

/** `publish('shop', 'order.placed', payload)`: an exchange, then the key that says which message it is. */
function routedBy({ call, arg }: CallSite): Expr | undefined {
  const [exchange, key, content] = [arg(0), arg(1), arg(2)];
  const isRouted = call.args.length > 2 && isText(exchange) && isText(key) && !isText(content);
  return isRouted && key && namesEvent(key) ? call.args[1] : undefined;
}

const tags = 'type eventType event_type eventName name event kind topic subject pattern routingKey'.split(
  ' ',
);

/** `emitter.emit({ x, y })` names no event; nor does `afterSave.emit({ event })`, a hook that is handed one. */
function tellsNothing(site: CallSite, first: Expr): boolean {
  const isAlone = site.name === 'emit' && site.call.args.length === 1 && first.kind === 'object';
  if (!isAlone || first.spreads.length > 0) return false;
  const isHook = /^(?:before|after|on|will|did)[A-Z]/.test(site.receiverName);
  return isHook || !tags.some((it) => site.view.entryOf(first, it));
}

/** `publish(order, [new OrderPlaced(…)])`, `publish(order, events)`: the aggregate, then what it states. */
function listed(site: CallSite, args: readonly Expr[]): readonly PublishRole[] {
  const [arg] = args;
  const list = arg && site.view.valueOf(arg);
  if (list?.kind === 'array' && list.items.some((it) => site.view.valueOf(it).kind === 'new'))
    return list.items.map((it) => published(site, site.view.valueOf(it), undefined));
  const isEmpty = list?.kind === 'array' && list.items.length === 0;
  const isEvents = isEmpty || (arg?.kind === 'name' && /(?:^e|E)vents$/.test(arg.name));
  return isEvents ? [published(site, arg, undefined)] : [];
}

/** `publish(topic, event)`: a parameter that says it is a name. */
function isTopic({ view }: CallSite, expr: Expr): boolean {
  if (expr.kind !== 'name') return false;
  const type = view.bindingOf(expr)?.type;
  const isString = type?.kind === 'primitive' && type.name === 'string';
  return isString || /^(?:topic|subject|routingKey|eventName|eventType|pattern|channel)$/i.test(expr.name);
}

function isConstant(site: CallSite, expr: Expr): boolean {
  return expr.kind === 'name' && /^[A-Z][A-Z0-9_]+$/.test(expr.name) && site.call.args.length > 1;
}

function looksLikeEvent(site: CallSite, expr: Expr | undefined): boolean {
  if (expr?.kind === 'new') return true;
  if (expr?.kind === 'object') return expr.entries.length > 0;
  if (expr?.kind === 'call') return true;
  return expr?.kind === 'name' && site.view.bindingOf(expr) !== undefined;
}

function published(site: CallSite, found: Expr | undefined, payload: Expr | undefined): PublishRole {
  const event = found && asDeclared(site.view, site.call.args, found);
  const value = unwrapped(site.view, payload);
  const channel = payload ? event : undefined;
  return {
    kind: 'publish',
    library: 'own-bus',
    transport: transportOf(site),
    event: event ?? { kind: 'unknown', at: site.call.at },
    ...(channel ? { channel } : {}),
    ...(value ? { payload: value } : event ? { payload: event } : {}),
    gives: 'unknown',
    ...(isRequest(site) ? { isRequest: true } : {}),
    confidence: 'name',
  };
}

function eventOf(site: CallSite, first: Expr | undefined): Expr | undefined {
  if (!first) return undefined;
  const value = site.view.valueOf(first);
  if (value.kind === 'object')
    return (
      site.view.entryOf(value, 'event') ??
      site.view.entryOf(value, 'topic') ??
      site.view.entryOf(value, 'type')
    );
  if (isOfStream(value)) return undefined;
  if (isText(value)) return namesEvent(value) || busName.test(site.receiverName) ? value : undefined;
  if (value.kind === 'member' || value.kind === 'array') return value;
  return value.kind === 'name' && /^[A-Z]/.test(value.name) ? value : undefined;
}

function consumed(site: CallSite, event: Expr, last: Expr): ConsumerFact {
  const handler = handlerOf(site.view, last);
  const owner = site.view.ownerOf(site.fn.id);
  return {
    ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
    library: 'own-bus',
    transport: transportOf(site),
    events: event.kind === 'array' ? event.items : [event],
    handler,
    eventParameter: 0,
    ...(isRequest(site) ? { isRequest: true } : {}),
    ...(owner === undefined ? {} : { owner }),
  };
}
