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
  makes: { 'inngest.eventType': 'EventType' },
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

function announced({ view }: CallSite, given: Expr): PublishRole {
  const made = typedIn(view, given);
  const id = view.entryOf(made?.options ?? given, 'id');
  const data = made?.data ?? view.entryOf(given, 'data');
  return {
    kind: 'publish',
    library: 'inngest',
    transport: 'broker',
    event: made?.name ?? view.entryOf(given, 'name') ?? given,
    ...(data ? { payload: data } : {}),
    gives: 'promise',
    // A second event of the same id starts nothing: https://www.inngest.com/docs/guides/handling-idempotency
    ...(id ? { deduplicationKey: id } : {}),
    confidence: 'type',
  };
}

interface Typed {
  readonly name: Expr;
  readonly data?: Expr | undefined;
  readonly options?: Expr | undefined;
}

/** `orderPlaced.create({ orderId }, { id })` of a type of events. */
function typedIn(view: FileView, given: Expr): Typed | undefined {
  const value = view.valueOf(given);
  const isMade = value.kind === 'call' && value.callee.kind === 'member' && value.callee.name === 'create';
  const name = isMade && value.callee.kind === 'member' ? typeNamed(view, value.callee.object) : undefined;
  return isMade && name ? { name, data: value.args[0], options: value.args[1] } : undefined;
}

/** The name in `const orderPlaced = eventType('shop/order.placed')`, in this file or another. */
function typeNamed(view: FileView, expr: Expr): Expr | undefined {
  const made = isFrom(view.originOf(expr), modules) ? view.makingOf(expr) : undefined;
  const isType = made?.kind === 'call' && made.callee.kind === 'name' && made.callee.name === 'eventType';
  return isType ? made.args[0] : undefined;
}

/** Functions are often written in files that import the client from the project's own module. */
function isNear(view: FileView): boolean {
  return doesImport(view, modules) || view.facts.imports.some((it) => it.local === 'inngest');
}

function isClient(site: CallSite): boolean {
  return isFrom(site.origin, modules) || site.receiverName === 'inngest';
}

/** `step.run('charge', async () => …)`: the result is kept, so that a repeat of the function skips it. */
function memoised({ call, name, path, receiverName, view }: CallSite): readonly Role[] {
  const [key, body] = call.args;
  const isRun = receiverName === 'step' && /^(?:run|invoke)$/.test(name);
  // `step.ai.wrap('ask', model.generate, prompt)`
  const isAsked = name === 'wrap' && path.slice(-3, -1).join('.') === 'step.ai';
  if (!(isRun || isAsked) || !isNear(view) || !key || !body) return [];
  return [
    {
      kind: 'guard',
      library: 'inngest',
      form: 'wrap',
      key: view.entryOf(key, 'id') ?? key,
      body,
      isJournaled: true,
      // https://www.inngest.com/docs/features/inngest-functions/error-retries/retries
      isGivenUp: true,
    },
  ];
}

/** `step.waitForEvent(…, { timeout })` waits that long and no longer, as `waitForSignal` and `invoke` do. */
function limited({ view, name, receiverName, call }: CallSite): readonly Role[] {
  const isWait =
    /^(?:waitForEvent|waitForSignal|invoke)$/.test(name) && receiverName === 'step' && isNear(view);
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
  return triggers.flatMap((it) => eventIn(view, it));
}

/** `step.waitForEvent('paid', { event: 'shop/payment.processed', timeout: '1d' })` goes on with an event. */
function awaited(site: CallSite): readonly ConsumerFact[] {
  if (site.name !== 'waitForEvent' || site.receiverName !== 'step' || !isNear(site.view)) return [];
  const given = site.view.entryOf(site.call.args[1], 'event');
  const { fn } = site;
  if (!given) return [];
  const event = typeNamed(site.view, given) ?? given;
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
  return triggers.flatMap((it) => eventIn(view, it));
}

/** `{ event: 'shop/order.placed' }`, `{ event: orderPlaced }`, or the type of events by itself. */
function eventIn(view: FileView, trigger: Expr): readonly Expr[] {
  const event = view.entryOf(trigger, 'event') ?? trigger;
  const named = typeNamed(view, event);
  if (named) return [named];
  return event === trigger ? [] : [event];
}
