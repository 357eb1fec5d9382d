// Where the messages of a hand-written bus travel, and whether they are requests, as far as its name, type and verbs say it.
import type { Transport } from '../../facts/roles.ts';
import { namesBroker } from './brokerNames.ts';
import type { CallSite } from './framework.ts';

/** By these an object keeps its events until somebody takes them. */
export const collects =
  /^(addDomainEvent|addEvent|raiseEvent|raise|recordEvent|record|registerEvent|pushEvent|storeOutboxMessage|saveToOutbox|addToOutbox|enqueueEvent)s?$/;
const outboxName = /outbox/i;
/** What an emitter that hands over to a queue does; events of a process are emitted. */
const sendsOut = /^(?:send|produce|enqueue)(?:Messages?|Batch|ToQueue|ToTopic|ToExchange)$/;
const localBus = /mediator|domain_?events|eventemitter|emitter|inmemory|local/i;
/** Calls the one handler of a command, or those of a domain event, in the same process, unless it is called after a broker. */
const commandBus = /(?:commands?|quer(?:y|ies))_?bus$/i;
const domainBus = /domain_?events?_?bus$/i;
/** What it works with, where that is no product's. */
const localName = /(?:bus|dispatcher|mediator)$/i;

/** `commandBus.send(…)`, `mediator.send(…)`: to one receiver, which may refuse. */
export function isRequest(site: CallSite): boolean {
  const bus = `${site.receiverName} ${site.origin?.name ?? ''}`;
  if (/command|quer(?:y|ies)/i.test(bus) || isCalled(site, commandBus)) return true;
  return /mediator/i.test(bus) && site.name === 'send';
}

/** `commandBus.dispatch(…)`, and what the class of such a bus hands on: `messageBus.dispatch(…)`. */
function isCalled({ receiverName, origin, fn }: CallSite, bus: RegExp): boolean {
  const name = receiverName.replace(/\(\)$/, '');
  const owner = localName.test(name) ? fn.owner : undefined;
  return [name, origin?.name, owner].some((it) => it !== undefined && bus.test(it));
}

/** Where what a hand-written bus is told travels, as far as names say it. */
export function transportOf(site: CallSite): Transport {
  const names = `${site.receiverName} ${site.origin?.name ?? ''} ${site.name}`;
  if (outboxName.test(names)) return 'outbox';
  if (collects.test(site.name) || site.name === 'push') return 'in-process';
  if (localBus.test(names) && !sendsOut.test(site.name)) return 'in-process';
  if (namesBroker(site)) return 'broker';
  return isCalled(site, commandBus) || isCalled(site, domainBus) ? 'in-process' : 'unknown';
}
