// Redis streams (at least once, by consumer groups) and pub/sub (at most once): ioredis, redis.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { AckRole, PublishRole, QueueRole, Role, WriteRole } from '../../facts/roles.ts';
import { outermost } from '../../facts/walk.ts';
import { pathOf } from '../paths.ts';
import type { FileView } from '../fileView.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle, unwrapped } from './messages.ts';
import { fromPatterns } from './patterns.ts';
import { fetching, polling } from './polling.ts';

const modules = ['ioredis', 'redis', '@redis/client', '@upstash/redis'];
const types = ['Redis', 'Cluster', 'RedisClientType', 'RedisClusterType', 'RedisClient'];

/** `redis.multi().incr(key).expire(key, 60).exec()` collects commands. */
function chainsOf(type: string): Readonly<Record<string, string>> {
  const links = ['multi', 'pipeline', 'set', 'get', 'del', 'incr', 'incrby', 'incrBy', 'decr', 'hset', 'hSet', 'hincrby',
    'hIncrBy', 'expire', 'sadd', 'sAdd', 'zadd', 'zAdd', 'lpush', 'lPush', 'rpush', 'rPush']; // prettier-ignore
  return Object.fromEntries(links.map((it) => [`${type}.${it}`, type]));
}

const described = fromPatterns({
  name: 'redis',
  triggers: ['redis', 'Redis'],
  hasTriggersAlways: true,
  modules,
  makes: {
    'redis.createClient': 'RedisClientType',
    '@redis/client.createClient': 'RedisClientType',
    'redis.createClientPool': 'RedisClientType',
    'redis.createSentinel': 'RedisClientType',
    'redis.createCluster': 'RedisClusterType',
    'RedisClusterType.duplicate': 'RedisClusterType',
    'Redis.duplicate': 'Redis',
    'RedisClientType.duplicate': 'RedisClientType',
    ...chainsOf('Redis'),
    ...chainsOf('RedisClientType'),
  },
  publish: types.flatMap((it) =>
    ['publish', 'spublish', 'sPublish'].map((one) => {
      return { call: `${it}.${one}`, event: 0, payload: 1, transport: 'in-process' as const };
    }),
  ),
  consume: types.flatMap((it) =>
    ['subscribe', 'pSubscribe', 'sSubscribe'].map((one) => {
      return { call: `${it}.${one}`, event: 0, handler: 1, transport: 'in-process' as const };
    }),
  ),
});

/** Both clients. */
export const redis: Framework = {
  ...described,
  roles: (site) => [
    ...[...(described.roles?.(site) ?? []), ...appended(site)].map((it) => collected(site, it)),
    ...acknowledged(site),
    ...counted(site),
    ...added(site),
    ...deliveries(site),
  ],
  consumers: (site) => [...(described.consumers?.(site) ?? []), ...heard(site), ...read(site)],
};

/** `pipeline.xadd(…)` gives the pipeline: what `exec()` gives is to be waited for. */
function collected({ view, receiver }: CallSite, role: Role): Role {
  const made = receiver ? pathOf(view.makingOf(receiver)) : [];
  const isCollected = made.some((it) => /^(?:multi|pipeline)(?:\(\))?$/i.test(it));
  return role.kind === 'publish' && isCollected ? { ...role, gives: 'nothing' } : role;
}

/** Counters and lists of Redis grow with every delivery; what is set or removed by its key does not. */
function counted(site: CallSite): readonly WriteRole[] {
  const { name, origin, call, view } = site;
  const isList = /^[lr]push$/i.test(name);
  const isCounter = /^(?:incr|decr|incrby|decrby|hincrby|zincrby)$/i.test(name);
  if ((!isList && !isCounter) || !isFrom(origin, modules)) return [];
  if (isForgotten(site, isList ? [...expiring, ...shortening] : expiring)) return [];
  const data = call.args.at(-1);
  const operation = isList ? 'insert' : 'increment';
  return [
    {
      kind: 'write',
      library: 'redis',
      operation,
      ...(data ? { data: view.valueOf(data) } : {}),
      confidence: 'type',
    },
  ];
}

const expiring = ['expire', 'pexpire', 'pExpire', 'expireat', 'expireAt'];
const shortening = ['ltrim', 'lTrim', 'del', 'unlink'];

/** A list that is cut or forgotten again right there is a cache, and a count that is forgotten limits how often something is done. */
function isForgotten({ view, fn, path }: CallSite, by: readonly string[]): boolean {
  const object = path.slice(0, -1).join('.');
  return by.some((name) =>
    view
      .callsNamed(name)
      .some(
        (it) =>
          pathOf(it.action.call.callee).slice(0, -1).join('.') === object &&
          outermost(view.facts, it.fn) === outermost(view.facts, fn),
      ),
  );
}

/** `await redis.sadd('handled', id)` says whether the member is a new one. */
function added({ name, origin, receiverName }: CallSite): readonly WriteRole[] {
  const isAdded = /^(?:sadd|hsetnx)$/i.test(name) && isFrom(origin, modules);
  if (!isAdded) return [];
  return [
    {
      kind: 'write',
      library: 'redis',
      operation: 'upsert',
      store: receiverName,
      isConditional: true,
      confidence: 'type',
    },
  ];
}

function acknowledged({ name, origin }: CallSite): readonly AckRole[] {
  const isAck = /^xack(?:del)?$/i.test(name) && isFrom(origin, modules);
  return isAck ? [{ kind: 'ack', library: 'redis', what: 'ack' }] : [];
}

/** `subscriber.subscribe('order.placed'); subscriber.on('message', (channel, message) => …)` of ioredis. */
function heard(site: CallSite): readonly ConsumerFact[] {
  const [event, callback] = site.call.args;
  const form = event?.kind === 'string' ? /^([ps]?)message(?:Buffer)?$/.exec(event.value) : undefined;
  if (site.name !== 'on' || !form || !isFrom(site.origin, modules) || !mayHandle(site.view, callback))
    return [];
  const handler = handlerOf(site.view, callback);
  const owner = site.view.ownerOf(site.fn.id);
  return [
    {
      ...labelOf(site.view, handler, { name: 'on', at: site.call.at }),
      library: 'redis',
      transport: 'in-process',
      events: channelsOf(site),
      handler,
      eventParameter: form[1] === 'p' ? 2 : 1,
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}

/** What the same object subscribes to in this file. */
function channelsOf({ view, path }: CallSite): readonly Expr[] {
  const object = path.slice(0, -1).join('.');
  return ['subscribe', 'psubscribe', 'ssubscribe'].flatMap((name) =>
    view.callsNamed(name).flatMap(({ action: { call } }) => {
      if (pathOf(call.callee).slice(0, -1).join('.') !== object) return [];
      return call.args.map((it) => view.valueOf(it)).filter((it) => it.kind !== 'function');
    }),
  );
}

/** `redis.xreadgroup('GROUP', 'stock', 'one', 'STREAMS', 'orders', '>')`, `client.xReadGroup('stock', 'one', { key, id })` in a loop. */
function read(site: CallSite): readonly ConsumerFact[] {
  if (!/^x(?:read|readgroup|autoclaim)$/i.test(site.name) || !isFrom(site.origin, modules)) return [];
  if (/^xautoclaim$/i.test(site.name)) return claimed(site);
  const { args } = site.call;
  const streams = args.findIndex((it) => it.kind === 'string' && /^streams$/i.test(it.value));
  const given = args.flatMap((it) => streamsIn(site.view, it))[0];
  const stream = (streams >= 0 ? args[streams + 1] : undefined) ?? given;
  const isForgotten = args.some((it) => {
    const option = site.view.entryOf(it, 'NOACK');
    if (option) return !(option.kind === 'literal' && option.text === 'false');
    return it.kind === 'string' && /^noack$/i.test(it.value);
  });
  const found = fetching(site, 'redis', stream ? [site.view.valueOf(stream)] : []);
  if (/^xread$/i.test(site.name)) return found.map(ungrouped);
  return isForgotten ? found.map((it) => ({ ...it, acknowledges: 'before' })) : found;
}

/** `{ key: 'orders', id: '>' }`, or a list of those. */
function streamsIn(view: FileView, expr: Expr): readonly Expr[] {
  const value = view.valueOf(expr);
  const items = value.kind === 'array' ? value.items : [value];
  return items.flatMap((it) => view.entryOf(it, 'key') ?? []);
}

/** `redis.xread('STREAMS', 'orders', last)`: nobody keeps what was delivered, and it comes a second time only to who asks for it. */
function ungrouped({ acknowledges: _, ...it }: ConsumerFact): ConsumerFact {
  return { ...it, transport: 'in-process' };
}

/** `redis.xautoclaim('orders', 'stock', 'one', 60000, '0')` takes whatever was not acknowledged, as often as it is asked. */
function claimed(site: CallSite): readonly ConsumerFact[] {
  const [stream] = site.call.args;
  if (!stream) return [];
  const found = polling(site, 'redis', [site.view.valueOf(stream)]);
  return found.map((it) => ({ ...it, queue: stream, policy: { deadLetter: 'none', limit: 'none' } }));
}

/** `redis.xpending('orders', 'stock', '-', '+', 10)`, `client.xPendingRange(…)`: with how often each message was delivered. */
function deliveries({ name, origin, call }: CallSite): readonly QueueRole[] {
  const [queue] = call.args;
  const isDetailed = (/^xpending$/i.test(name) && call.args.length > 2) || /^xpendingrange$/i.test(name);
  return isDetailed && queue && isFrom(origin, modules)
    ? [{ kind: 'queue', library: 'redis', queue, deadLetter: 'unknown', limit: 'given' }]
    : [];
}

/** `redis.xadd('orders', '*', 'event', JSON.stringify(event))`, `client.xAdd('orders', '*', { … })`. */
function appended(site: CallSite): readonly PublishRole[] {
  if (!/^xadd$/i.test(site.name) || !isFrom(site.origin, modules)) return [];
  const [stream] = site.call.args;
  const last = site.call.args.at(-1);
  if (!stream || !last) return [];
  const payload = unwrapped(site.view, last) ?? last;
  return [
    {
      kind: 'publish',
      library: 'redis',
      transport: 'broker',
      event: site.view.valueOf(stream),
      channel: site.view.valueOf(stream),
      payload,
      // A pipeline only collects: whether it arrives, `exec` tells.
      gives: /pipeline|multi|batch/i.test(site.receiverName) ? 'nothing' : 'promise',
      confidence: 'type',
    },
  ];
}
