// Redis streams (at least once, by consumer groups) and pub/sub (at most once): ioredis, redis.
import type { PublishRole } from '../../facts/roles.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { unwrapped } from './messages.ts';
import { fromPatterns } from './patterns.ts';

const modules = ['ioredis', 'redis', '@redis/client', '@upstash/redis'];
const types = ['Redis', 'Cluster', 'RedisClientType', 'RedisClient'];

const described = fromPatterns({
  name: 'redis',
  triggers: ['redis', 'Redis'],
  modules,
  makes: {
    'redis.createClient': 'RedisClientType',
    '@redis/client.createClient': 'RedisClientType',
    'Redis.duplicate': 'Redis',
    'RedisClientType.duplicate': 'RedisClientType',
  },
  publish: types.map((it) => ({ call: `${it}.publish`, event: 0, payload: 1, transport: 'in-process' })),
  consume: types.flatMap((it) => [
    { call: `${it}.subscribe`, event: 0, handler: 1, transport: 'in-process' as const },
    { call: `${it}.pSubscribe`, event: 0, handler: 1, transport: 'in-process' as const },
  ]),
});

/** Both clients. */
export const redis: Framework = {
  ...described,
  roles: (site) => [...(described.roles?.(site) ?? []), ...appended(site)],
};

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
      gives: 'promise',
      confidence: 'type',
    },
  ];
}
