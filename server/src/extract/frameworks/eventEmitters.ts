// In-process emitters used as a domain bus: @nestjs/event-emitter, Node's EventEmitter, eventemitter2/3.
// An emitter is a bus only where its event names look like events; 'error' and 'close' are not.
import type { ConsumerFact } from '../../facts/facts.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';
import type { FileView, Origin } from '../fileView.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { callbackConsumer, handlerOf, labelOf, mayHandle, methodConsumer } from './messages.ts';

const modules = [
  '@nestjs/event-emitter',
  'events',
  'node:events',
  'eventemitter2',
  'eventemitter3',
  'emittery',
  'mitt',
];
const types = new Set([
  'EventEmitter',
  'EventEmitter2',
  'EventEmitter3',
  'Emittery',
  'TypedEmitter',
  'default',
]);

const registers = /^(?:on|once|addListener|prependListener|prependOnceListener|many|prependMany)$/;

export const eventEmitters: Framework = {
  name: 'event-emitter',
  triggers: ['eventemitter', 'OnEvent', 'emittery', "'mitt'", '"mitt"'],
  everydayTriggers: ['EventEmitter', 'mitter'],
  makes: { 'mitt.default': 'Emitter' },
  roles(site) {
    if (!/^emit(?:Async|Serial)?$/.test(site.name)) return [];
    if (!speaksOfEvent(site) || isDesktop(site.view)) return [];
    return [emitted(site)];
  },
  consumers(site) {
    const [event] = site.call.args;
    if (isDesktop(site.view)) return [];
    if (site.name === 'onAny' && isEmitter(site.origin)) return takesAll(site);
    const callback = site.call.args.find((it, index) => index > 0 && mayHandle(site.view, it));
    if (event && !callback) return awaited(site);
    if (!registers.test(site.name) || !event || !callback || !speaksOfEvent(site)) return [];
    const handler = handlerOf(site.view, callback);
    const owner = site.view.ownerOf(site.fn.id);
    return [
      {
        ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
        library: 'event-emitter',
        transport: 'in-process',
        events: listed(site.view.valueOf(event)),
        handler,
        eventParameter: 0,
        ...(owner === undefined ? {} : { owner }),
      },
    ];
  },
  methods({ view, fn, decorator }) {
    if (decorator.name !== 'OnEvent') return [];
    const [event] = decorator.args;
    const consumer: ConsumerFact = methodConsumer(fn, {
      library: 'event-emitter',
      transport: 'in-process',
      events: event ? listed(view.valueOf(event)) : [],
    });
    return [consumer];
  },
};

/** `emitter.onAny((event, value) => …)`. */
function takesAll(site: CallSite): readonly ConsumerFact[] {
  const [callback] = site.call.args;
  if (!mayHandle(site.view, callback)) return [];
  const all: Expr = { kind: 'string', value: '*', at: site.call.at };
  const rest = { library: 'event-emitter', transport: 'in-process', events: [all] } as const;
  return [callbackConsumer(site, callback, { ...rest, eventParameter: 1 })];
}

/** `await once(emitter, 'order.paid')`, `for await (… of on(emitter, …))`, `await emitter.waitFor('order.paid')`: whoever waits goes on with it. */
function awaited(site: CallSite): readonly ConsumerFact[] {
  const { view, call, name } = site;
  const isOfNode =
    /^(?:once|on)$/.test(name) && !site.receiver && isFrom(site.origin, ['events', 'node:events']);
  const isOfEmitter =
    isEmitter(site.origin) && (name === 'waitFor' || (name === 'once' && site.origin?.from === 'emittery'));
  const [event, emitter] = isOfNode ? [call.args[1], call.args[0]] : [call.args[0], site.receiver];
  if ((!isOfNode && !isOfEmitter) || !emitter || !event || !namesEvent(view.valueOf(event))) return [];
  if (isOfNode && !isEmitter(view.originOf(emitter))) return [];
  // Nobody is called: what stands behind the wait goes on.
  const handler: Expr = { kind: 'literal', text: 'undefined', at: call.at };
  const rest = { library: 'event-emitter', transport: 'in-process', eventParameter: 0 } as const;
  return [{ at: call.at, name, ...rest, events: listed(view.valueOf(event)), handler }];
}

/** `OnEvent(['order.cancelled', 'order.expired'])`. */
function listed(event: Expr): readonly Expr[] {
  return event.kind === 'array' ? event.items : [event];
}

/** What a program on somebody's desk tells its own windows crosses no boundary. */
export function isDesktop({ facts }: FileView): boolean {
  return facts.imports.some((it) => it.from === 'electron');
}

function speaksOfEvent(site: CallSite): boolean {
  const event = site.arg(0);
  if (isEmitter(site.origin)) return namesEvent(event);
  return isOwnEmitter(site) && namesDomainEvent(event);
}

function isEmitter(origin: Origin | undefined): boolean {
  return isFrom(origin, modules) && (types.has(origin?.name ?? '') || origin?.from === 'mitt');
}

/** `this.emit(…)` in a class that extends an emitter, or a call on an instance of it. */
function isOwnEmitter({ view, receiver, origin, fn }: CallSite): boolean {
  const isThis = receiver?.kind === 'this';
  const name = isThis ? view.ownerOf(fn.id) : origin?.from === undefined ? origin?.name : undefined;
  const type = name === undefined ? undefined : view.typeNamed(name);
  return (type?.bases ?? []).some((it) => isEmitter(view.originOfType(it)));
}

/** Players, parsers and connections are emitters too: `'stateChanged'` of theirs is not the shop's. */
function namesDomainEvent(event: Expr | undefined): boolean {
  if (event?.kind === 'string')
    return /^[a-z]+(?:[.:][a-z_-]+)+$|^[A-Z][a-z]+(?:[A-Z][a-z]+)+$/.test(event.value);
  return event?.kind === 'member' && event.object.kind === 'name' && /^[A-Z]/.test(event.object.name);
}

/** `'order.placed'`, `OrderEvents.Placed`; not `'error'`, `'close'`, `'connection'`: one lower-case word is a stream's own event. */
export function namesEvent(expr: Expr | undefined): boolean {
  if (!expr) return false;
  if (expr.kind === 'string') return /[a-z\d][.:_\-/][a-zA-Z\d*]|[a-z][A-Z]|^[A-Z]/.test(expr.value);
  return expr.kind === 'member' || expr.kind === 'template' || expr.kind === 'name' || expr.kind === 'choice';
}

/** What a Node stream or socket tells of itself, and every emitter of what goes wrong: `body.emit('error', new Error('…'))`. */
export function isOfStream(event: Expr): boolean {
  return event.kind === 'string' && ofStream.test(event.value);
}

const ofStream =
  /^(?:data|end|close|finish|error|drain|pipe|readable|open|ready|connect|disconnect|line|(?:new|remove)Listener)$/;

function emitted(site: CallSite): Role {
  const event = site.arg(0) ?? { kind: 'unknown', at: site.call.at };
  const payload = site.call.args[1];
  return {
    kind: 'publish',
    library: 'event-emitter',
    transport: 'in-process',
    event,
    channel: event,
    ...(payload ? { payload } : {}),
    gives: site.name !== 'emit' || site.origin?.from === 'emittery' ? 'promise' : 'nothing',
    confidence: 'type',
  };
}
