// What consumers of JetStream say about acknowledgements and tries: in `consumers.add`, in the options of the older `subscribe`, and
// by the builder `consumerOpts()`. https://docs.nats.io/nats-concepts/jetstream/consumers
import type { Expr, ObjectExpr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FailurePolicy, QueueRole, Written } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { alongChain } from './chains.ts';
import { doesImport, type CallSite } from './framework.ts';

const modules = ['nats', 'nats.ws', '@nats-io/'];

/** What the options of a subscription say. */
export interface Subscribed extends Pick<ConsumerFact, 'queue' | 'policy' | 'acknowledges'> {
  readonly callback?: Expr;
}

/** The settings of either spelling, by the builder's names; `isOpen` where more may be set than can be read. */
interface Settings {
  readonly given: ReadonlyMap<string, readonly Expr[]>;
  readonly isOpen: boolean;
}

/** `manager.consumers.add('ORDERS', { durable_name, max_deliver: 5, backoff })`: what was tried too often is left in the stream. */
export function consumerAdded({ view, name, call, receiverName }: CallSite): readonly QueueRole[] {
  const options = call.args[1] && view.valueOf(call.args[1]);
  const queue = view.entryOf(options, 'durable_name') ?? view.entryOf(options, 'name');
  if (name !== 'add' || receiverName !== 'consumers' || !queue || !doesImport(view, modules)) return [];
  if (options?.kind !== 'object') return [];
  const settings = configured(view, options);
  const isDelayed = view.entryOf(options, 'backoff') !== undefined;
  return [
    {
      kind: 'queue',
      library: 'nats',
      queue,
      ...policyOf(settings),
      ...(isDelayed && { isDelayed }),
      ...(settings.given.has('ackNone') && { isForgotten: true }),
    },
  ];
}

/** `stream.subscribe('order.placed', consumerOpts().durable('stock').manualAck())`, or the same as an object. */
export function subscribedWith(view: FileView, options: Expr | undefined): Subscribed {
  const settings = options && (built(view, options) ?? written(view, options));
  if (!settings) return {};
  const { given, isOpen } = settings;
  const [callback] = given.get('callback') ?? [];
  const bound = given.get('bind')?.[1];
  const queue = bound ?? given.get('durable')?.[0];
  const acknowledges = acknowledgedBy(settings, callback !== undefined);
  return {
    ...(callback && { callback }),
    ...(queue && { queue }),
    // A consumer that is bound to was declared elsewhere.
    ...(queue && !bound && !isOpen && { policy: policyOf(settings) }),
    ...(acknowledges && { acknowledges }),
  };
}

/** The client acknowledges when the callback has returned, or when the loop asks for the next message. */
function acknowledgedBy({ given, isOpen }: Settings, isCalled: boolean): ConsumerFact['acknowledges'] {
  if (given.has('ackNone') || given.has('orderedConsumer')) return 'before';
  if (given.has('manualAck')) return 'never';
  if (isOpen) return undefined;
  return isCalled ? 'return' : 'after';
}

/** JetStream has no dead letters: what was delivered `max_deliver` times stays in the stream, and the server tells of it. */
function policyOf({ given, isOpen }: Settings): FailurePolicy {
  const [most] = given.get('maxDeliver') ?? [];
  const limit: Written = most ? (isWithoutEnd(most) ? 'none' : 'given') : isOpen ? 'unknown' : 'none';
  return { deadLetter: limit === 'unknown' ? 'unknown' : 'none', limit };
}

/** `max_deliver: -1` is the default, for ever. */
function isWithoutEnd(most: Expr): boolean {
  return most.kind === 'literal' && most.text.startsWith('-');
}

const methods = [
  'ackNone',
  'manualAck',
  'orderedConsumer',
  'maxDeliver',
  'durable',
  'bind',
  'callback',
] as const;

/** `consumerOpts()` with what is called on it, in a chain or one by one. */
function built(view: FileView, options: Expr): Settings | undefined {
  const { start, calls } = alongChain(view.valueOf(options));
  const given = new Map([...calls].map(([name, { args }]): [string, readonly Expr[]] => [name, args]));
  const isBuilder =
    start.kind === 'call' && start.callee.kind === 'name' && start.callee.name === 'consumerOpts';
  if (!isBuilder || !doesImport(view, modules)) return undefined;
  const first = start.args[0] && view.valueOf(start.args[0]);
  const config = first?.kind === 'object' ? configured(view, first) : undefined;
  const own = options.kind === 'name' ? options.binding : undefined;
  for (const method of own === undefined ? [] : methods) {
    for (const { action } of view.callsNamed(method)) {
      const { start: root } = alongChain(action.call);
      if (root.kind === 'name' && root.binding === own) given.set(method, action.call.args);
    }
  }
  return {
    given: new Map([...(config?.given ?? []), ...given]),
    isOpen: first !== undefined && (config?.isOpen ?? true),
  };
}

/** `{ config: { durable_name, ack_policy }, mack: true, callbackFn }`. */
function written(view: FileView, options: Expr): Settings | undefined {
  const object = view.valueOf(options);
  if (object.kind !== 'object') return undefined;
  const config = view.entryOf(object, 'config');
  const { given, isOpen } = config?.kind === 'object' ? configured(view, config) : unread(config);
  const callback = view.entryOf(object, 'callbackFn');
  const isByHand = view.entryOf(object, 'mack');
  const isManual = isByHand?.kind === 'literal' && isByHand.text === 'true';
  return {
    given: new Map([
      ...given,
      ...(callback ? [['callback', [callback]] as const] : []),
      ...(isManual ? [['manualAck', []] as const] : []),
    ]),
    isOpen: isOpen || view.isOpen(object) || (isByHand !== undefined && isByHand.kind !== 'literal'),
  };
}

function unread(config: Expr | undefined): Settings {
  return { given: new Map(), isOpen: config !== undefined };
}

/** The entries of a consumer's configuration by the names of the builder's methods. */
function configured(view: FileView, config: ObjectExpr): Settings {
  const given = new Map<string, readonly Expr[]>();
  const names = { durable_name: 'durable', max_deliver: 'maxDeliver' } as const;
  for (const [key, name] of Object.entries(names)) {
    const value = view.entryOf(config, key);
    if (value) given.set(name, [value]);
  }
  const policy = view.entryOf(config, 'ack_policy');
  if (isNone(policy)) given.set('ackNone', []);
  return { given, isOpen: view.isOpen(config) };
}

/** `AckPolicy.None`, `'none'`. */
function isNone(policy: Expr | undefined): boolean {
  return (
    (policy?.kind === 'member' && policy.name === 'None') ||
    (policy?.kind === 'string' && policy.value === 'none')
  );
}
