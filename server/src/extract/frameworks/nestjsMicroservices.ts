// @nestjs/microservices: https://docs.nestjs.com/microservices/basics
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole, RemoteRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { initOfField } from '../origins.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { methodConsumer } from './messages.ts';
import { microserviceQueue } from './rabbitQueues.ts';
import { idempotencyKey, readsOnly } from './remote.ts';

const modules = ['@nestjs/microservices'];
const clients = new Set([
  'ClientProxy',
  'ClientKafka',
  'ClientRMQ',
  'ClientNats',
  'ClientRedis',
  'ClientKafkaProxy',
  'ClientTCP',
  'ClientGrpc',
  'ClientMqtt',
]);

const sends = new Set(['emit', 'send', 'emitBatch']);

export const nestjsMicroservices: Framework = {
  name: '@nestjs/microservices',
  triggers: ['@nestjs/microservices', 'EventPattern', 'MessagePattern', 'ClientProxy', 'ClientKafka'],
  makes: { 'ClientProxyFactory.create': 'ClientProxy' },
  roles(site) {
    const roles = acknowledged(site);
    if (roles.length > 0) return roles;
    if (site.name === 'connectMicroservice' || site.name === 'createMicroservice')
      return microserviceQueue(site);
    if (isClient(site)) return sends.has(site.name) ? [sent(site)] : [];
    return isRemoteService(site) ? [asked(site)] : [];
  },
  methods({ fn, decorator }) {
    if (decorator.name !== 'EventPattern' && decorator.name !== 'MessagePattern') return [];
    const pattern = decorator.args[0];
    const consumer: ConsumerFact = methodConsumer(fn, {
      library: '@nestjs/microservices',
      transport: 'broker',
      events: pattern ? [pattern] : [],
      ...(decorator.name === 'MessagePattern' ? { isRequest: true } : {}),
    });
    return [consumer];
  },
};

/** Interfaces that a workspace lays over NestJS' own. */
const ownClients = /^(?:Tcp|Rmq|Rabbit(?:MQ)?|Nats|Redis|Kafka|Mqtt)Client(?:Proxy)?$/;

/** By type; or by `@Inject('X_SERVICE') private client: ClientProxy` read through the origin, never by the name `client` alone (socket.io has one too). */
function isClient(site: CallSite): boolean {
  if (isFrom(site.origin, modules)) return clients.has(site.origin?.name ?? '');
  return ownClients.test(site.origin?.name ?? '') && doesImport(site.view, ['rxjs', '@nestjs/']);
}

/** `this.payments.charge(…)` of `this.payments = this.client.getService<Payments>('Payments')`, as a field or a variable. */
function isRemoteService({ view, receiver, action }: CallSite): boolean {
  if (action.isNew || (receiver?.kind !== 'member' && receiver?.kind !== 'name')) return false;
  const isField = receiver.kind === 'member' && receiver.object.kind === 'this';
  const made = isField ? initOfField(view, receiver.name, receiver.at.start) : view.valueOf(receiver);
  const callee = made?.kind === 'call' ? made.callee : undefined;
  if (callee?.kind !== 'member' || callee.name !== 'getService') return false;
  const client = view.originOf(callee.object);
  return isFrom(client, modules) && /^Client(?:Grpc|GrpcProxy)$/.test(client?.name ?? '');
}

/** A call of gRPC has no deadline unless it is given one. */
function asked(site: CallSite): RemoteRole {
  const key = idempotencyKey(site);
  return {
    kind: 'remote',
    library: '@nestjs/microservices',
    what: 'rpc',
    ...(readsOnly.test(site.name) ? { isRead: true } : {}),
    ...(key ? { idempotencyKey: key } : {}),
    endedBy: '`timeout(…)` of rxjs',
    confidence: 'type',
  };
}

function sent(site: CallSite): PublishRole {
  const pattern = site.arg(0) ?? { kind: 'unknown', at: site.call.at };
  const payload = site.call.args[1];
  return {
    kind: 'publish',
    library: '@nestjs/microservices',
    transport: 'broker',
    event: pattern,
    channel: pattern,
    ...(payload ? { payload: valueIn(site.view, payload) } : {}),
    gives: 'observable',
    ...(site.name === 'send' ? { isRequest: true } : {}),
    confidence: 'type',
  };
}

/** ClientKafka wraps the event: `{ key, value }`. */
function valueIn(
  view: FileView,
  payload: NonNullable<PublishRole['payload']>,
): NonNullable<PublishRole['payload']> {
  const object = view.valueOf(payload);
  if (object.kind !== 'object') return payload;
  const keys = object.entries.map((it) => it.key);
  const value = object.entries.find((it) => it.key === 'value')?.value;
  return value && keys.every((it) => it === 'key' || it === 'value' || it === 'headers') ? value : payload;
}

/** `context.getChannelRef().ack(originalMessage)`, `context.getConsumer().commitOffsets(…)`. */
function acknowledged(site: CallSite): readonly Role[] {
  const commits = site.name === 'commitOffsets' && isKafkaConsumer(site);
  if (commits) return [{ kind: 'ack', library: '@nestjs/microservices', what: 'ack' }];
  if (site.name !== 'ack' && site.name !== 'nack' && site.name !== 'reject') return [];
  if (!isChannel(site) || !doesImport(site.view, modules)) return [];
  if (site.name === 'ack') return [{ kind: 'ack', library: '@nestjs/microservices', what: 'ack' }];
  const requeue = site.arg(site.name === 'reject' ? 1 : 2);
  const isPutBack = requeue === undefined || (requeue.kind === 'literal' && requeue.text === 'true');
  return [{ kind: 'ack', library: '@nestjs/microservices', what: isPutBack ? 'requeue' : 'nack' }];
}

/** `const ch = context.getChannelRef()`, or what is called a channel. */
function isChannel({ view, receiver, receiverName }: CallSite): boolean {
  if (/channel/i.test(receiverName)) return true;
  const made = receiver && view.valueOf(receiver);
  return made?.kind === 'call' && made.callee.kind === 'member' && made.callee.name === 'getChannelRef';
}

/** `const consumer = context.getConsumer()`, or the client itself. */
function isKafkaConsumer({ view, receiver, origin }: CallSite): boolean {
  const object = receiver && view.valueOf(receiver);
  const isAsked =
    object?.kind === 'call' && object.callee.kind === 'member' && object.callee.name === 'getConsumer';
  return isAsked || (isFrom(origin, modules) && /^ClientKafka/.test(origin?.name ?? ''));
}
