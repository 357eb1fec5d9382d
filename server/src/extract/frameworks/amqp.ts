// RabbitMQ: amqplib (https://amqp-node.github.io/amqplib) and amqp-connection-manager.
import { table } from '../../table.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { AckRole, PublishRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, isReplyAddress, labelOf, mayHandle, unwrapped } from './messages.ts';
import { polling } from './polling.ts';
import { queueDeclared } from './rabbitQueues.ts';

const modules = [
  'amqplib',
  'amqplib/',
  'amqplib-as-promised',
  'amqplib-as-promised/',
  'amqp-connection-manager',
  '@golevelup/nestjs-rabbitmq',
];
const acks: Readonly<Record<string, AckRole['what']>> = table({
  ack: 'ack',
  ackAll: 'ack',
  nack: 'nack',
  reject: 'reject',
});

export const amqp: Framework = {
  name: 'amqplib',
  // Whoever hands handlers to a wrapper may say no more than its name.
  triggers: ['amqp', 'sendToQueue', 'assertExchange', 'assertQueue', 'rabbit', 'Rabbit'],
  makes: {
    'amqplib.connect': 'Connection',
    'amqplib/callback_api.connect': 'Connection',
    'amqp-connection-manager.connect': 'AmqpConnectionManager',
    'Connection.createChannel': 'Channel',
    'ChannelModel.createChannel': 'Channel',
    'Connection.createConfirmChannel': 'ConfirmChannel',
    'ChannelModel.createConfirmChannel': 'ConfirmChannel',
    'AmqpConnectionManager.createChannel': 'ChannelWrapper',
    'AmqpConnection.channel': 'Channel',
    'AmqpConnection.managedChannel': 'ChannelWrapper',
  },
  roles(site) {
    if (!isChannel(site) && !sendsBuffer(site)) return [];
    if (site.name === 'assertQueue') return queueDeclared(site);
    if (site.name === 'publish' && site.call.args.length >= 3)
      return [published(site, site.arg(1), site.call.args[2])];
    if (site.name === 'sendToQueue') return [published(site, site.arg(0), site.call.args[1])];
    const what = acks[site.name];
    return what ? [acknowledged(site, what)] : [];
  },
  consumers(site) {
    if (site.name === 'get') return got(site);
    if (site.name !== 'consume' || !isChannel(site) || !mayHandle(site.view, site.call.args[1])) return [];
    if (isReplyAddress(site.arg(0))) return [];
    return [consumed(site, site.call.args[1])];
  },
};

/** By type, or a thing called channel with RabbitMQ's own methods. */
function isChannel(site: CallSite): boolean {
  if (isFrom(site.origin, modules)) return true;
  // A channel that another file of the workspace exports has no type here.
  const isUntyped =
    site.origin?.from === undefined || (site.origin.from.startsWith('.') && doesImport(site.view, modules));
  return isUntyped && /channel|amqpConnection/i.test(site.receiverName);
}

/** `channels.loans.sendToQueue('loans', Buffer.from(…))`: a channel by any name that another file of the workspace exports. */
function sendsBuffer({ name, call, view }: CallSite): boolean {
  const content = call.args[name === 'sendToQueue' ? 1 : name === 'publish' ? 2 : -1];
  if (content?.kind !== 'call' || content.callee.kind !== 'member') return false;
  const { object, name: maker } = content.callee;
  const isBuffer = object.kind === 'name' && object.name === 'Buffer' && maker === 'from';
  let root = call.callee;
  while (root.kind === 'member') root = root.object;
  const binding = isBuffer ? view.bindingOf(root) : undefined;
  const from = binding?.import === undefined ? undefined : view.facts.imports[binding.import]?.from;
  return from?.startsWith('.') === true;
}

function published(site: CallSite, key: Expr | undefined, content: Expr | undefined): Role {
  const name = nameOf(site, key);
  const payload = unwrapped(site.view, content);
  const role: PublishRole = {
    kind: 'publish',
    library: 'amqplib',
    transport: 'broker',
    event: name,
    channel: name,
    ...(payload ? { payload } : {}),
    gives: givenBy(site),
    ...(isExchange(site, key) ? { isRequest: true } : {}),
    confidence: isFrom(site.origin, modules) ? 'type' : 'name',
  };
  return role;
}

/** A call with an address for the answer, or the answer: both go to one receiver. */
function isExchange({ view, call }: CallSite, key: Expr | undefined): boolean {
  return isReplyAddress(key) || view.entryOf(call.args.at(-1), 'replyTo') !== undefined;
}

/** A confirm channel tells by a callback or by `waitForConfirms`; the channels of its wrappers give promises. */
function givenBy({ origin, receiverName, name, call, view }: CallSite): PublishRole['gives'] {
  const type = origin?.name ?? '';
  if (/Wrapper|AmqpConnection$/.test(type)) return 'promise';
  if (!/Confirm/.test(type) && !/confirm/i.test(receiverName)) return 'nothing';
  const isTold = call.args.length > (name === 'publish' ? 4 : 3);
  return isTold || view.callsNamed('waitForConfirms').length > 0 ? 'nothing' : 'confirm';
}

/** A fanout exchange has an empty routing key: then the exchange names the event. */
function nameOf(site: CallSite, key: Expr | undefined): Expr {
  const isEmpty = key?.kind === 'string' && key.value === '';
  const name = isEmpty ? site.arg(0) : key;
  return name ?? { kind: 'unknown', at: site.call.at };
}

function acknowledged(site: CallSite, what: AckRole['what']): Role {
  const requeue = site.arg(what === 'reject' ? 1 : 2);
  return { kind: 'ack', library: 'amqplib', what: what === 'ack' ? what : whatOf(requeue, what, true) };
}

/** `nack(message, false, isFirstTry)` puts back some messages only. */
function whatOf(requeue: Expr | undefined, what: AckRole['what'], isDefault: boolean): AckRole['what'] {
  const isPutBack = requeue ? requeue.kind === 'literal' && requeue.text === 'true' : isDefault;
  return isPutBack ? 'requeue' : what;
}

/** `while ((message = await channel.get('orders'))) …`: the function with the loop consumes. */
function got(site: CallSite): readonly ConsumerFact[] {
  const [queue, options] = site.call.args;
  if (!queue || !/Channel/.test(site.origin?.name ?? '') || !isFrom(site.origin, modules)) return [];
  return polling(site, 'amqplib', boundTo(site)).map((it) => ({
    ...it,
    queue,
    ...(isForgotten(site.view, options) && { acknowledges: 'before' }),
  }));
}

function isForgotten(view: FileView, options: Expr | undefined): boolean {
  const noAck = view.entryOf(options, 'noAck');
  return noAck?.kind === 'literal' && noAck.text === 'true';
}

function consumed(site: CallSite, callback: Expr): ConsumerFact {
  const handler = handlerOf(site.view, callback);
  const [queue] = site.call.args;
  const owner = site.view.ownerOf(site.fn.id);
  return {
    ...labelOf(site.view, handler, { name: 'consume', at: site.call.at }),
    library: 'amqplib',
    transport: 'broker',
    events: boundTo(site),
    handler,
    eventParameter: 0,
    acknowledges: isForgotten(site.view, site.call.args[2]) ? 'before' : 'never',
    ...(queue && { queue }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** Routing keys that the consumed queue is bound to in this file, the exchange where there is no key, else the queue itself. */
function boundTo(site: CallSite): readonly Expr[] {
  const queue = site.arg(0);
  const owner = site.view.ownerOf(site.fn.id);
  const near = site.view
    .callsNamed('bindQueue')
    .filter(({ action, fn }) => site.view.ownerOf(fn.id) === owner && isSameQueue(site, action.call.args[0]));
  const beside = near.filter(({ fn }) => fn.id === site.fn.id);
  // Which queue it is says whoever calls, and nobody knows what is bound elsewhere.
  if (queue && isHandedIn(site, queue) && beside.length === 0) return [queue];
  const names = (beside.length > 0 ? beside : near).flatMap(({ action }) => {
    const [, exchange, key] = action.call.args;
    if (!key) return [];
    const isEmpty = key.kind === 'string' && key.value === '';
    return isEmpty ? (exchange ?? []) : [site.view.valueOf(key)];
  });
  return names.length > 0 ? names : queue ? [queue] : [];
}

/** Of two queues that are written out the names decide, and one that is handed in is none of those; else what stands near belongs together. */
function isSameQueue(site: CallSite, bound: Expr | undefined): boolean {
  const queue = site.arg(0);
  const other = bound && site.view.valueOf(bound);
  if (other?.kind !== 'string') return true;
  return queue?.kind === 'string' ? queue.value === other.value : !isHandedIn(site, queue);
}

function isHandedIn({ view }: CallSite, queue: Expr | undefined): boolean {
  return queue?.kind === 'name' && view.bindingOf(queue)?.kind === 'parameter';
}
