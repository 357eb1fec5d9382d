// With what a system sends and stores its events: which brokers, and whether by event sourcing and CQRS.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { callsIn, partsOf } from '../../facts/walk.ts';
import { table } from '../../table.ts';
import type { Place } from '../../text.ts';
import { lastName } from '../calls/handling.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, EventNode } from '../model.ts';
import { statesFact } from '../names/names.ts';

/** One place that shows it, and what a reader calls it there. */
export interface Trace extends Place {
  readonly name: string;
}

export interface BrokerUse extends Trace {
  readonly broker: string;
  readonly service: string;
}

const brokers: Readonly<Record<string, string>> = table({
  kafkajs: 'Kafka',
  amqplib: 'RabbitMQ',
  '@golevelup/nestjs-rabbitmq': 'RabbitMQ',
  nats: 'NATS',
  redis: 'Redis',
  aws: 'AWS',
  'aws-lambda': 'AWS',
  'sqs-consumer': 'AWS',
  '@ssut/nestjs-sqs': 'AWS',
  '@google-cloud/pubsub': 'Google Pub/Sub',
  '@azure/service-bus': 'Azure Service Bus',
});
const nestTransports: Readonly<Record<string, string>> = table({
  KAFKA: 'Kafka',
  RMQ: 'RabbitMQ',
  NATS: 'NATS',
  MQTT: 'MQTT',
  REDIS: 'Redis',
});

/** Where events that have a name go to or come from a broker. Queues of jobs are no brokers here. */
export function brokerUses(model: EventModel): readonly BrokerUse[] {
  const uses: BrokerUse[] = [];
  const add = (library: string, events: readonly EventNode[], { file, at }: Place): void => {
    const broker = brokers[library];
    const [event] = broker === 'Redis' ? events.filter(isDomainEvent) : events;
    if (broker === undefined || !event) return;
    uses.push({ broker, service: model.serviceOf(file), name: event.name, file, at });
  };
  for (const it of model.producers) add(it.role.library, it.event ? [it.event] : [], it);
  for (const it of model.consumers) if (!it.fact.isRequest) add(it.fact.library, it.events, it);
  const connected = saidOfFiles(model, 'transports of NestJS', (it) => transportsOf(model, it));
  uses.push(...connected.filter((it) => !isForRequests(it, connected)));
  return uses;
}

/** Redis beside another transport of the service most often carries its requests: which way an event takes is not said. */
function isForRequests(use: BrokerUse, connected: readonly BrokerUse[]): boolean {
  return (
    use.broker === 'Redis' && connected.some((it) => it.service === use.service && it.broker !== use.broker)
  );
}

/** Redis hands on much that is no event: cache invalidations, sockets' rooms. */
function isDomainEvent({ name, wireNames, declarations }: EventNode): boolean {
  return declarations.length > 0 || [name, ...wireNames].some(statesFact);
}

const connecting = /^(?:connectMicroservice|createMicroservice|register|registerAsync)$/;

/** `Transport.KAFKA` of NestJS, where a service connects; a shared configuration may be for any. */
function transportsOf({ serviceOf }: EventModel, facts: FileFacts): readonly BrokerUse[] {
  if (!facts.imports.some((it) => it.local === 'Transport' && it.from === '@nestjs/microservices')) return [];
  const calls = facts.functions.flatMap((it) => [...callsIn(it.body)]);
  const exprs = [
    ...calls.filter((it) => connecting.test(lastName(it.call.callee))).flatMap((it) => it.call.args),
    ...facts.types.flatMap((it) => it.decorators.flatMap((one) => one.args)),
  ];
  return exprs.flatMap(membersOfTransport).flatMap(({ name, at }) => {
    const broker = nestTransports[name];
    const { file } = facts;
    return broker === undefined
      ? []
      : [{ broker, service: serviceOf(file), name: `Transport.${name}`, file, at }];
  });
}

function membersOfTransport(expr: Expr): readonly (Expr & { readonly kind: 'member' })[] {
  if (expr.kind === 'member' && expr.object.kind === 'name' && expr.object.name === 'Transport')
    return [expr];
  return partsOf(expr).flatMap(membersOfTransport);
}

const eventStores =
  /^@eventstore\/|^@kurrent\/|^@event-driven-io\/|^@castore\/|^@ocoda\/event-sourcing|^eventstore$|^@resolve-js\//;
const replaying =
  /^(?:loadFromHistory|loadFromEvents|replayEvents|rehydrate|fromHistory|fromEvents|appendToStream|readStream|aggregateStream)$/;

/** Where state is made of its events. */
export function eventSourcing({ files }: EventModel): Trace | undefined {
  for (const facts of files.values()) {
    const found = eventSourcingIn(facts);
    if (found) return found;
  }
  return undefined;
}

const eventSourcingIn = once((facts: FileFacts): Trace | undefined => {
  const { file, functions, imports, types } = facts;
  const replay = functions.find((it) => replaying.test(it.name));
  if (replay) return { file, at: replay.at, name: replay.name };
  const [call] = replayingCalls(facts);
  if (call && call.call.callee.kind === 'member')
    return { file, at: call.call.at, name: call.call.callee.name };
  const named = imports.some((it) => !it.isTypeOnly && eventStores.test(it.from))
    ? (types[0] ?? functions[1])
    : undefined;
  return named && named.name !== '' ? { file, at: named.at, name: named.name } : undefined;
});

const replayingCalls = once((facts: FileFacts): readonly CallAction[] =>
  facts.functions
    .flatMap((it) => callsIn(it.body))
    .filter(({ call: { callee } }) => callee.kind === 'member' && replaying.test(callee.name)),
);

/** Where reading is parted from writing: handlers of commands, and a handler of queries beside them. */
export function commandsAndQueries({ files }: EventModel): Trace | undefined {
  let query: Trace | undefined;
  let hasCommand = false;
  for (const { file, types } of files.values()) {
    for (const { name, at, kind, decorators, implements: roles } of types) {
      if (kind !== 'class') continue;
      const said = [
        name,
        ...decorators.map((it) => it.name),
        ...roles.map((it) => (it.kind === 'ref' ? it.name : '')),
      ];
      hasCommand ||= said.some((it) => /CommandHandler$/.test(it));
      if (said.some((it) => /QueryHandler$/.test(it))) query ??= { file, at, name };
    }
  }
  return hasCommand ? query : undefined;
}
