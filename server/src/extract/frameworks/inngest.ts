// Inngest: functions run at least once on an event; what stands in `step.run` runs once (https://www.inngest.com/docs).
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FailurePolicy, PublishRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';

const modules = ['inngest'];

export const inngest: Framework = {
  name: 'inngest',
  triggers: ['inngest'],
  hasTriggersAlways: true,
  roles: (site) => [...sent(site), ...memoised(site), ...limited(site)],
  consumers: (site) => [...triggered(site), ...awaited(site)],
};

/** `inngest.send({ name, data })`, `step.sendEvent('id', { name, data })`, one event or several. */
function sent(site: CallSite): readonly PublishRole[] {
  const isSend = site.name === 'send' && isClient(site);
  const isStep = site.name === 'sendEvent' && site.receiverName === 'step' && isNear(site.view);
  if (!isSend && !isStep) return [];
  const given = site.arg(isStep ? 1 : 0);
  const events = given?.kind === 'array' ? given.items : given ? [given] : [];
  const roles = events.map((it) => announced(site, it));
  return isStep ? roles.map((it) => ({ ...it, isJournaled: true })) : roles;
}

function announced(site: CallSite, given: Expr): PublishRole {
  const name = site.view.entryOf(given, 'name');
  const data = site.view.entryOf(given, 'data');
  return {
    kind: 'publish',
    library: 'inngest',
    transport: 'broker',
    event: name ?? given,
    ...(data ? { payload: data } : {}),
    gives: 'promise',
    confidence: 'type',
  };
}

/** Functions are often written in files that import the client from the project's own module. */
function isNear(view: FileView): boolean {
  return doesImport(view, modules) || view.facts.imports.some((it) => it.local === 'inngest');
}

function isClient(site: CallSite): boolean {
  return isFrom(site.origin, modules) || site.receiverName === 'inngest';
}

/** `step.run('charge', async () => …)`: the result is kept, so that a repeat of the function skips it. */
function memoised(site: CallSite): readonly Role[] {
  const body = site.call.args[1];
  const isStep = site.receiverName === 'step' && isNear(site.view);
  if (!isStep || !/^(run|invoke)$/.test(site.name) || !body) return [];
  return [
    {
      kind: 'guard',
      library: 'inngest',
      form: 'wrap',
      ...(site.call.args[0] ? { key: site.call.args[0] } : {}),
      body,
      isJournaled: true,
      // https://www.inngest.com/docs/features/inngest-functions/error-retries/retries
      isGivenUp: true,
    },
  ];
}

/** `step.waitForEvent(…, { timeout })` waits that long and no longer. */
function limited({ view, name, receiverName, call }: CallSite): readonly Role[] {
  const isWait = name === 'waitForEvent' && receiverName === 'step' && isNear(view);
  return isWait && view.entryOf(call.args[1], 'timeout') ? [{ kind: 'time-limit', library: 'inngest' }] : [];
}

/** `inngest.createFunction({ id }, { event: 'shop/order.placed' }, handler)`, since version 4 with `triggers` in the first argument. */
function triggered(site: CallSite): readonly ConsumerFact[] {
  const callback = site.call.args.at(-1);
  if (site.name !== 'createFunction' || !isClient(site) || !mayHandle(site.view, callback)) return [];
  const events = eventsOf(site.view, site.call.args);
  if (events.length === 0) return [];
  const handler = handlerOf(site.view, callback);
  const ending = endingIt(site.view, site.call.args[0]);
  return [
    {
      ...labelOf(site.view, handler, { name: site.name, at: site.call.at }),
      library: 'inngest',
      transport: 'broker',
      events: [...events, ...ending],
      ...(ending.length > 0 && { waitsFor: ending }),
      handler,
      eventParameter: 0,
      acknowledges: 'after',
      policy: policyOf(site.view, site.call.args[0]),
      ...onceFor(site.view, site.call.args[0]),
    },
  ];
}

/** Four retries with growing delay hold by default; `onFailure` gets what failed for good. */
function policyOf(view: FileView, config: Expr | undefined): FailurePolicy {
  const isGiven = view.entryOf(config, 'onFailure') !== undefined;
  return { deadLetter: isGiven ? 'given' : 'none', limit: 'given', isDelayed: true };
}

/** `{ idempotency: 'event.data.orderId' }`: a second event of the same key starts nothing. */
function onceFor(view: FileView, config: Expr | undefined): Pick<ConsumerFact, 'deduplicatedBy'> {
  const key = view.entryOf(config, 'idempotency');
  return key ? { deduplicatedBy: key } : {};
}

/** `{ cancelOn: [{ event: 'shop/order.cancelled', match: 'data.orderId' }] }`: the engine hears of it and ends what it had started. */
function endingIt(view: FileView, config: Expr | undefined): readonly Expr[] {
  const listed = view.entryOf(config, 'cancelOn');
  const triggers = listed?.kind === 'array' ? listed.items : [];
  return triggers.flatMap((it) => view.entryOf(it, 'event') ?? []);
}

/** `step.waitForEvent('paid', { event: 'shop/payment.processed', timeout: '1d' })` goes on with an event. */
function awaited(site: CallSite): readonly ConsumerFact[] {
  if (site.name !== 'waitForEvent' || site.receiverName !== 'step' || !isNear(site.view)) return [];
  const event = site.view.entryOf(site.call.args[1], 'event');
  const { fn } = site;
  if (!event) return [];
  const owner = site.view.ownerOf(fn.id);
  return [
    {
      at: site.call.at,
      name: site.name,
      library: 'inngest',
      transport: 'broker',
      events: [event],
      waitsFor: [event],
      handler: fn.id,
      eventParameter: 0,
      acknowledges: 'after',
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

function eventsOf(view: FileView, args: readonly Expr[]): readonly Expr[] {
  const triggers = args.slice(0, -1).flatMap((it) => {
    const listed = view.entryOf(it, 'triggers');
    if (listed?.kind === 'array') return listed.items;
    return listed ? [listed] : [it];
  });
  return triggers.flatMap((it) => view.entryOf(it, 'event') ?? []);
}
