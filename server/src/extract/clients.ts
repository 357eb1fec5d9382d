// Clients of libraries that one file makes and others import: `export const redis = new Redis()`. An extraction sees one file, so
// what such a name stands for in another is given to it from outside.
import type { Expr, Member } from '../facts/expressions.ts';
import type { BindingFact, FileFacts, FunctionFact } from '../facts/facts.ts';
import { isMessaging } from '../facts/messagingPackages.ts';
import { once } from '../facts/once.ts';
import { frameworks } from './frameworks/known.ts';
import { isFrom } from './frameworks/framework.ts';
import {
  nothingGiven,
  type Client,
  type Clients,
  type FileView,
  type Makes,
  type Origin,
} from './fileView.ts';
import { makingBehind } from './makings.ts';
import { viewOf } from './view.ts';

/** Whose objects tell by their package what their methods do, and hardly by the names that people give them. */
const others = [
  'ioredis', 'redis', '@redis/client', '@upstash/', '@aws-sdk/', 'aws-sdk', 'sqs-consumer', 'inngest', '@restatedev/', '@trigger.dev/',
  'moleculer', '@event-driven-io/', 'firebase-admin', '@google-cloud/firestore', 'events', 'node:events', 'eventemitter2', 'eventemitter3', 'mitt', '@nestjs/event-emitter',
]; // prettier-ignore

const makes: Makes = Object.assign({}, ...frameworks.map((it) => it.makes ?? {}));

/** The clients that a file exports, by the names under which it does; what it only hands on is not among them. */
export const clientsOf = once((facts: FileFacts): Clients => {
  if (!facts.imports.some((it) => isOfClient({ name: it.name, from: it.from }))) return nothingGiven;
  const view = viewOf(facts, makes);
  const found = facts.exports.flatMap(({ name, local, from }) => {
    const client = from === undefined ? clientNamed(view, local) : undefined;
    return client ? [[name, client] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : nothingGiven;
});

function clientNamed(view: FileView, name: string): Client | undefined {
  const instances = ofInstances(view, name);
  if (instances) return instances.client;
  // `export type ShopBus = EventEmitter<ShopEvents>`
  const alias = view.typeNamed(name)?.alias;
  const aliased = alias && view.originOfType(alias);
  if (isOfClient(aliased)) return { value: aliased };
  const { bindings, functions } = view.facts;
  // A constant that no expression of the file refers to has no binding there.
  const made = functions.find(
    (it) =>
      (it.kind === 'function' || it.kind === 'arrow') && isAtTop(view, it) && it.name === name && !it.owner,
  );
  if (made) return ofResult(view, made);
  const binding = bindings.find((it) => it.isTopLevel && it.name === name && it.kind !== 'import');
  return binding && ofBinding(view, binding);
}

/** What the instances of a class of the file hold; undefined where the name is no class. */
function ofInstances(view: FileView, name: string): { readonly client: Client | undefined } | undefined {
  const type = view.typeNamed(name);
  if (type?.kind !== 'class') return undefined;
  return { client: ofMembers(view, type.members, methodsOf(view, name)) };
}

function isAtTop({ facts }: FileView, { outer }: FunctionFact): boolean {
  return outer === undefined || facts.functions[outer]?.kind === 'module';
}

function ofBinding(view: FileView, binding: BindingFact): Client | undefined {
  const { name, at, type, init } = binding;
  const expr: Expr = { kind: 'name', name, binding: view.facts.bindings.indexOf(binding), at };
  const made = view.functionBehind(expr);
  if (made) return ofResult(view, made);
  const value = view.originOf(expr);
  if (isOfClient(value)) return ofValue(view, expr, value);
  // `export const broker = new BrokerConnection()`, a class of this file.
  if (!type && init?.kind === 'new' && init.callee.kind === 'name')
    return ofInstances(view, init.callee.name)?.client;
  if (type || init?.kind !== 'object') return undefined;
  const members = init.entries.flatMap(({ key, value: it }) => {
    const origin = view.originOf(it);
    return isOfClient(origin) ? [[key, ofValue(view, it, origin)] as const] : [];
  });
  return members.length > 0 ? { members: Object.fromEntries(members) } : undefined;
}

function ofValue(view: FileView, expr: Expr, value: Origin): Client {
  const making = makingBehind(view, expr);
  return { value, ...(making && { making }) };
}

function methodsOf({ facts }: FileView, owner: string): readonly FunctionFact[] {
  return facts.functions.filter((it) => it.owner === owner && it.kind !== 'constructor');
}

function ofMembers(
  view: FileView,
  fields: readonly Member[],
  methods: readonly FunctionFact[],
): Client | undefined {
  const found = new Map<string, Client>();
  for (const it of fields) {
    const field: Expr = { kind: 'member', object: { kind: 'this', at: it.at }, name: it.name, at: it.at };
    const value = view.originOf(field);
    if (isOfClient(value)) found.set(it.name, ofValue(view, field, value));
  }
  for (const it of methods) {
    const made = ofResult(view, it);
    if (made) found.set(it.name, it.kind === 'accessor' && made.result ? { value: made.result } : made);
  }
  return found.size > 0 ? { members: Object.fromEntries(found) } : undefined;
}

function ofResult(view: FileView, fn: FunctionFact): Client | undefined {
  const result = view.originOfReturned(fn);
  return isOfClient(result) ? { result } : undefined;
}

function isOfClient(origin: Origin | undefined): origin is Origin {
  return origin?.from !== undefined && (isMessaging(origin.from) || isFrom(origin, others));
}
