// Clients of a broker that a workspace or a package of a company's own has made, told by what they are called: the queue to listen on,
// the callback that is set for what comes.
import type { Expr, FunctionId } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import { messaging } from '../../facts/messagingPackages.ts';
import { pathOf } from '../paths.ts';
import type { FileView } from '../fileView.ts';
import { namesBroker } from './brokerNames.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';

const listens = /^(?:listen|consume|receive|subscribe)(?:On|From|To)(?:Queue|Topic|Channel)?$/;
const sets = /^set(?:Batch|Message)?(?:Callback|Handler)(?:Fn|Func|Function)?$/;
const brokers = /(?:message|event)_?brokers?$/i;
const consumers = /message_?consumer$/i;

export const brokerClients: Framework = {
  name: 'own-bus',
  triggers: ['essageBroker', 'essageConsumer'],
  everydayTriggers: ['Consumer'],
  consumers(site) {
    if (isFrom(site.origin, messaging)) return [];
    return listens.test(site.name) ? listening(site) : sets.test(site.name) ? set(site) : [];
  },
};

/** `rabbit.listenOn('slots', async (type, message) => …)`. */
function listening(site: CallSite): readonly ConsumerFact[] {
  const [queue, callback] = site.call.args;
  const isBroker = namesBroker(site) || isCalled(site, brokers);
  if (!queue || !isBroker || site.call.args.length !== 2 || !mayHandle(site.view, callback)) return [];
  return [consumed(site, callback, [queue])];
}

/** `consumer.setTopics(['transfers']); consumer.setBatchCallbackFn(this.onBatch.bind(this));` */
function set(site: CallSite): readonly ConsumerFact[] {
  const [callback] = site.call.args;
  const isConsumer = isCalled(site, consumers) || (namesBroker(site) && isCalled(site, /consumer$/i));
  if (!isConsumer || site.call.args.length !== 1 || !mayHandle(site.view, callback)) return [];
  return [consumed(site, callback, topicsOf(site))];
}

function isCalled({ receiverName, origin }: CallSite, name: RegExp): boolean {
  return name.test(receiverName) || name.test(origin?.name ?? '');
}

/** What the same object is told to listen to. */
function topicsOf({ view, path }: CallSite): readonly Expr[] {
  const object = path.slice(0, -1).join('.');
  return view.callsNamed('setTopics').flatMap(({ action: { call } }) => {
    const [topics] = call.args;
    const isSame = pathOf(call.callee).slice(0, -1).join('.') === object;
    const list = isSame && topics ? view.valueOf(topics) : undefined;
    return list?.kind === 'array' ? list.items : [];
  });
}

function consumed(site: CallSite, callback: Expr, events: readonly Expr[]): ConsumerFact {
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  return {
    ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
    library: 'own-bus',
    transport: 'broker',
    events,
    handler,
    eventParameter: isToldType(site.view, handler) ? 1 : 0,
    ...(owner === undefined ? {} : { owner }),
  };
}

/** `(type, message) => …`: what comes stands second. */
function isToldType({ facts }: FileView, handler: FunctionId | Expr): boolean {
  const fn = typeof handler === 'number' ? facts.functions[handler] : undefined;
  const [first, second] = fn?.parameters ?? [];
  const name = first === undefined ? '' : (facts.bindings[first]?.name ?? '');
  return second !== undefined && /^(?:\w+_?)?(?:type|name|topic|key)$/i.test(name);
}
