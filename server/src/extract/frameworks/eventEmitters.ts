// In-process emitters used as a domain bus: @nestjs/event-emitter, Node's EventEmitter, eventemitter2/3.
// An emitter is a bus only where its event names look like events; 'error' and 'close' are not.
import type { ConsumerFact } from '../../facts/facts.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle, methodConsumer } from './messages.ts';

const modules = [
  '@nestjs/event-emitter',
  'events',
  'node:events',
  'eventemitter2',
  'eventemitter3',
  'emittery',
  'mitt',
];
const types = new Set(['EventEmitter', 'EventEmitter2', 'EventEmitter3', 'Emittery']);

export const eventEmitters: Framework = {
  name: 'event-emitter',
  triggers: ['EventEmitter', 'eventemitter', 'OnEvent', 'emittery'],
  roles(site) {
    if (site.name !== 'emit' && site.name !== 'emitAsync') return [];
    if (!isEmitter(site) || !namesEvent(site.arg(0))) return [];
    return [emitted(site)];
  },
  consumers(site) {
    if (!['on', 'addListener', 'once'].includes(site.name)) return [];
    const event = site.arg(0);
    const last = site.call.args[1];
    if (!isEmitter(site) || !namesEvent(event) || !event || !mayHandle(site.view, last)) return [];
    const handler = handlerOf(site.view, last);
    const label = labelOf(site.view, handler, { name: site.name, at: site.call.at });
    return [
      {
        ...label,
        library: 'event-emitter',
        transport: 'in-process',
        events: [event],
        handler,
        eventParameter: 0,
      },
    ];
  },
  methods({ fn, decorator }) {
    if (decorator.name !== 'OnEvent') return [];
    const event = decorator.args[0];
    const consumer: ConsumerFact = methodConsumer(fn, {
      library: 'event-emitter',
      transport: 'in-process',
      events: event ? [event] : [],
    });
    return [consumer];
  },
};

function isEmitter(site: CallSite): boolean {
  return isFrom(site.origin, modules) && (types.has(site.origin?.name ?? '') || site.origin?.from === 'mitt');
}

/** `'order.placed'`, `OrderEvents.Placed`; not `'error'`, `'close'`, `'connection'`: one lower-case word is a stream's own event. */
export function namesEvent(expr: Expr | undefined): boolean {
  if (!expr) return false;
  if (expr.kind === 'string') return /[a-z\d][.:_\-/][a-zA-Z\d]|[a-z][A-Z]|^[A-Z]/.test(expr.value);
  return expr.kind === 'member' || expr.kind === 'template' || expr.kind === 'name' || expr.kind === 'choice';
}

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
    gives: site.name === 'emitAsync' ? 'promise' : 'nothing',
    confidence: 'type',
  };
}
