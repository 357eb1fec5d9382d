// rascal, a wrapper around amqplib with queues and retries by configuration: https://github.com/onebeyond/rascal
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import { isAbsent } from '../../facts/queuePolicy.ts';
import type { AckRole, PublishRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { callbackConsumer, mayHandle, unwrapped } from './messages.ts';

const modules = ['rascal'];
const library = 'rascal';

/** Messages of RabbitMQ by rascal. */
export const rascal: Framework = {
  name: library,
  triggers: ['rascal', 'Rascal'],
  hasTriggersAlways: true,
  makes: {
    'BrokerAsPromised.create': 'BrokerAsPromised',
    'Broker.create': 'Broker',
    'BrokerAsPromised.subscribe': 'SubscriberSessionAsPromised',
    'Broker.subscribe': 'SubscriberSession',
  },
  roles: (site) => [...published(site), ...acknowledged(site)],
  consumers: received,
};

/** `broker.publish('orders', message)`; a broker that a callback or another file gives has no type here. */
function published(site: CallSite): readonly PublishRole[] {
  const { name, view } = site;
  const [publication, message] = site.call.args;
  if (!/^(?:publish|forward)$/.test(name) || !publication || !isBroker(site)) return [];
  const payload = unwrapped(view, message);
  const hasCallback = site.call.args.length > 2 && site.call.args.at(-1)?.kind === 'function';
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: publication,
      channel: publication,
      ...(payload ? { payload } : {}),
      gives: hasCallback || site.origin?.name === 'Broker' ? 'nothing' : 'promise',
      confidence: isFrom(site.origin, modules) ? 'type' : 'name',
    },
  ];
}

function isBroker({ origin, receiverName, view }: CallSite): boolean {
  if (origin?.from !== undefined) return origin.name.startsWith('Broker') && isFrom(origin, modules);
  return /rascal/i.test(receiverName) || (/broker/i.test(receiverName) && doesImport(view, modules));
}

/** `ackOrNack()`, and `ackOrNack(error, { strategy: 'nack' })`. */
function acknowledged({ name, receiver, call, view }: CallSite): readonly AckRole[] {
  if (name !== 'ackOrNack' || receiver || !doesImport(view, modules)) return [];
  const [error, recovery] = call.args;
  return [{ kind: 'ack', library, what: error && !isAbsent(error) ? whatOf(view, recovery) : 'ack' }];
}

/** One way to recover, or several that follow each other when one is used up. */
function whatOf(view: FileView, recovery: Expr | undefined): AckRole['what'] {
  const given = recovery && view.valueOf(recovery);
  const steps = given?.kind === 'array' ? given.items : given ? [given] : [];
  const strategies = steps.map((it) => view.entryOf(it, 'strategy'));
  if (strategies.some((it) => it?.kind === 'string' && it.value === 'forward')) return 'dead-letter';
  return steps.some((it) => isEndless(view, it)) && !isCounted(view) ? 'requeue' : 'nack';
}

/** `{ strategy: 'nack', requeue: true }`, or `republish` without `attempts`: at once, unless it is deferred. */
function isEndless(view: FileView, step: Expr): boolean {
  const strategy = view.entryOf(step, 'strategy');
  const isDeferred = view.entryOf(step, 'defer') !== undefined;
  if (strategy?.kind !== 'string' || isDeferred) return false;
  if (strategy.value === 'republish') return view.entryOf(step, 'attempts') === undefined;
  const requeue = view.entryOf(step, 'requeue');
  return strategy.value === 'nack' && requeue?.kind === 'literal' && requeue.text === 'true';
}

/** `subscription.on('redeliveries_exceeded', …)`: the configuration counts. */
function isCounted(view: FileView): boolean {
  return view.callsNamed('on').some(({ action }) => {
    const [event] = action.call.args;
    return event?.kind === 'string' && event.value.startsWith('redeliveries_');
  });
}

/** `const subscription = await broker.subscribe('orders'); subscription.on('message', (message, content, ackOrNack) => …)`. */
function received(site: CallSite): readonly ConsumerFact[] {
  const { view, receiver } = site;
  if (site.name === 'subscribe') return receivedInCallback(site);
  if (site.name !== 'on' || !isMessage(site.call) || !isFrom(site.origin, modules)) return [];
  const made = receiver && view.makingOf(receiver);
  const subscription = made?.kind === 'call' && made.args[0] ? view.valueOf(made.args[0]) : undefined;
  return consumed(site, site.call, subscription);
}

/** `broker.subscribe('orders', (error, subscription) => { subscription.on('message', …); })`, the older way. */
function receivedInCallback(site: CallSite): readonly ConsumerFact[] {
  const { view, call } = site;
  const [subscription] = call.args;
  const callback = call.args.at(-1);
  if (callback?.kind !== 'function' || !subscription || !isBroker(site)) return [];
  const session = view.facts.functions[callback.function]?.parameters[1];
  const listening = view.callsNamed('on').map(({ action }) => action.call);
  return listening
    .filter((it) => session !== undefined && isMessage(it) && rootOf(it.callee) === session)
    .flatMap((it) => consumed(site, it, view.valueOf(subscription)));
}

function isMessage({ args: [event] }: CallExpr): boolean {
  return event?.kind === 'string' && event.value === 'message';
}

/** The name that a chain of calls starts from. */
function rootOf(expr: Expr): number | undefined {
  if (expr.kind === 'member') return rootOf(expr.object);
  if (expr.kind === 'call') return rootOf(expr.callee);
  return expr.kind === 'name' ? expr.binding : undefined;
}

function consumed(
  site: CallSite,
  { args: [, callback] }: CallExpr,
  subscription: Expr | undefined,
): readonly ConsumerFact[] {
  if (!mayHandle(site.view, callback)) return [];
  return [
    callbackConsumer(site, callback, {
      library,
      transport: 'broker',
      events: subscription ? [subscription] : [],
      // The message comes first, its content second.
      eventParameter: 1,
      acknowledges: 'never',
    }),
  ];
}
