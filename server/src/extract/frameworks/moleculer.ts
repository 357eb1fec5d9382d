// Moleculer: events between services, at most once and without acknowledgement (https://moleculer.services/docs/0.14/events).
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import { isUnread } from '../../facts/queuePolicy.ts';
import type { FailurePolicy, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, type CallSite, type Framework } from './framework.ts';
import { handlerOf, mayHandle } from './messages.ts';
import { fromPatterns } from './patterns.ts';

const emitters = ['ServiceBroker', 'Context'];

const described = fromPatterns({
  name: 'moleculer',
  triggers: ['moleculer'],
  hasTriggersAlways: true,
  modules: ['moleculer'],
  transport: 'in-process',
  publish: emitters.flatMap((type) => [
    ...['emit', 'broadcast', 'broadcastLocal'].map((it) => ({ call: `${type}.${it}`, event: 0, payload: 1 })),
    { call: `${type}.call`, event: 0, payload: 1, isRequest: true },
    // Channels are at least once: https://github.com/moleculerjs/moleculer-channels
    { call: `${type}.sendToChannel`, event: 0, payload: 1, transport: 'broker' as const },
  ]),
});

/** Broker, context and service schemas. */
export const moleculer: Framework = {
  ...described,
  roles: (site) =>
    (described.roles?.(throughService(site)) ?? []).map((it) => leaving(site, limited(site, it))),
  modules: schemas,
};

/** Over the transporter of the node; `broadcastLocal` stays on it, and of caches that are not cleaned nobody dies. */
function leaving({ name, arg }: CallSite, role: Role): Role {
  const event = arg(0);
  const isOfCache = event?.kind === 'string' && /^cache[./]/i.test(event.value);
  const isFar = role.kind === 'publish' && !role.isRequest && name !== 'broadcastLocal' && !isOfCache;
  return isFar && role.transport === 'in-process' ? { ...role, leavesProcess: true } : role;
}

/** `this.broker.emit('order.placed', order)` in a service class or the methods of a schema, which declare no broker of their own. */
function throughService(site: CallSite): CallSite {
  const { path, origin, view } = site;
  const isOfService = origin === undefined && path.length > 2 && path.at(-2) === 'broker';
  if (!isOfService || !doesImport(view, ['moleculer'])) return site;
  return { ...site, origin: { name: 'ServiceBroker', from: 'moleculer' } };
}

/**
 * `ctx.call('payments.charge', order, { timeout: 5000, retries: 3 })`: without a timeout the broker's `requestTimeout` holds, which is
 * none by default.
 */
function limited({ view, call }: CallSite, said: Role): Role {
  if (said.kind !== 'publish' || !said.isRequest) return said;
  const options = call.args[2] && view.valueOf(call.args[2]);
  const tries = view.entryOf(options, 'retries');
  const isTried = tries && !(tries.kind === 'literal' && tries.text === '0');
  const role: Role = isTried ? { ...said, triedAgain: 'then-throws' } : said;
  const isOpen = options && (options.kind !== 'object' || isUnread(options));
  if (isOpen || view.entryOf(options, 'timeout')) return role;
  const types = ['ServiceBroker', 'BrokerOptions'];
  return { ...role, limitedBy: { from: 'moleculer', types, key: 'requestTimeout' } };
}

/** `events: { 'order.placed'(ctx) { … }, 'order.paid': { handler(ctx) { … } } }` of a service. */
function schemas(view: FileView): readonly ConsumerFact[] {
  if (!doesImport(view, ['moleculer'])) return [];
  const roots = view.facts.bindings.flatMap((it) => (it.init?.kind === 'object' ? [it.init] : []));
  const members = view.facts.types.flatMap((it) => it.members.flatMap((member) => member.init ?? []));
  const own =
    members.length > 0 ? [...roots, ...members, ...parsedSchemas(view)] : [...roots, ...parsedSchemas(view)];
  return own.flatMap((object) => [...listed(view, object, 'events'), ...listed(view, object, 'channels')]);
}

/** `this.parseServiceSchema({ name, events })` of a service class, `broker.createService({ … })`. */
function parsedSchemas(view: FileView): readonly Expr[] {
  const calls = [...view.callsNamed('parseServiceSchema'), ...view.callsNamed('createService')];
  return calls.flatMap(({ action }) => action.call.args.slice(0, 1));
}

function listed(view: FileView, schema: Expr, kind: 'events' | 'channels'): readonly ConsumerFact[] {
  const entries = view.entryOf(schema, kind);
  if (entries?.kind !== 'object') return [];
  return entries.entries.flatMap(({ key, at, value }) => {
    const body = view.entryOf(value, 'handler') ?? view.valueOf(value);
    if (!mayHandle(view, body)) return [];
    const consumer: ConsumerFact = {
      at,
      name: key,
      library: 'moleculer',
      transport: kind === 'channels' ? 'broker' : 'in-process',
      events: [{ kind: 'string', value: key, at }],
      handler: handlerOf(view, body),
      eventParameter: 0,
      ...(kind === 'channels' ? { acknowledges: 'after', policy: policyOf(view, value) } : {}),
    };
    return [consumer];
  });
}

/** `{ maxRetries: 3, deadLettering: { enabled: true }, handler }`: three tries hold by default. */
function policyOf(view: FileView, channel: Expr): FailurePolicy {
  const given = view.entryOf(channel, 'deadLettering');
  const isOn = view.entryOf(given, 'enabled');
  const isGiven = given !== undefined && !(isOn?.kind === 'literal' && isOn.text === 'false');
  return { deadLetter: isGiven ? 'given' : 'none', limit: 'given' };
}
