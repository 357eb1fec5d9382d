// What looks like a bus or a client of a broker by its name, its type and where it comes from.
import { isDesktop } from './eventEmitters.ts';
import { doesImport, isFrom, type CallSite } from './framework.ts';

export const busName =
  /(bus|broker|publisher|producer|dispatcher|mediator|queue|topic|outbox|stream|messaging|messenger|rabbit|kafka|nats|pubsub|eventstore|events?|emitter|eventemitter|channel|exchange|sns|sqs|amqp|mq)(service|client|port|adapter|gateway|provider|repository|helper|manager)?$/i;
const noBus =
  /socket|^ws(?:$|publisher|gateway|emitter|service)|^io$|server$|window|document|process$|logger|^log$|analytics|response|^res$|router|program|element|ref$|store$|redux|vscode|worker$|child|page$|browser/i;
/** An open connection to somebody, and what is read from one: nobody keeps for it what it has missed. */
const ofConnection = /(?:^|\.)(?:Session|Connection|EventSource|\w*(?:Readable|Writable|Duplex)\w*)$/;
/** What is emitted in a browser's page stays there. */
const userInterfaces = [
  'react',
  'react-dom',
  'react-native',
  'preact',
  'vue',
  'svelte',
  'solid-js',
  '@angular/core',
];
/** Node's own streams, sockets and servers. */
const streams = ['stream', 'node:stream', 'net', 'node:net', 'http', 'node:http', 'fs', 'node:fs'];

/** Whether the receiver of a call is a bus. */
export function isBus(site: CallSite): boolean {
  if (isDesktop(site.view)) return false;
  const { receiver, receiverName, origin } = site;
  if (!receiver || doesImport(site.view, userInterfaces)) return false;
  if (isPush(site) || isFrom(origin, streams)) return false;
  if (noBus.test(receiverName.replace(/\(\)$/, '')) || (origin && noBus.test(origin.name))) return false;
  if (origin && ofConnection.test(origin.name)) return false;
  if (origin?.from !== undefined && isForeign(origin.from)) return /events?|bus|queue|mq/i.test(origin.from);
  return (
    busName.test(receiverName.replace(/\(\)$/, '')) || (origin !== undefined && busName.test(origin.name))
  );
}

/** `consumer.subscribe('order.placed', handle)`: a client of one's own, or of a package of one's own, that only consumes. */
export function isConsumer({ name, receiver, receiverName, origin, call, view }: CallSite): boolean {
  if (!receiver || call.args.length < 2 || origin?.from !== undefined) return false;
  if (!/^(?:subscribe|subscribeTo|consume|handle|register|registerHandler)$/.test(name)) return false;
  return /consumer(?:service|client)?$/i.test(receiverName) && !doesImport(view, userInterfaces);
}

/** `firebaseAdmin.messaging().send(…)` rings somebody's telephone. */
function isPush({ view, receiver }: CallSite): boolean {
  let root = receiver;
  while (root && (root.kind === 'member' || root.kind === 'call'))
    root = root.kind === 'member' ? root.object : root.callee;
  return root?.kind === 'name' && (view.importedFrom(root.name) ?? '').startsWith('firebase-admin');
}

/** A package's object is for that package's own framework file to judge. */
function isForeign(from: string): boolean {
  return [
    'react',
    'vue',
    'rxjs',
    'socket.io',
    '@angular/',
    'redux',
    'express',
    'ws',
    'knex',
    'mongoose',
    'winston',
    'axios',
    'node:diagnostics_channel',
    'diagnostics_channel',
  ].some(
    (it) => from === it || from.startsWith(it.endsWith('/') ? it : `${it}/`) || from.startsWith(`${it}-`),
  );
}
