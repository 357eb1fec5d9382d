// @ssut/nestjs-sqs: https://github.com/ssut/nestjs-sqs. It polls with sqs-consumer: a message is deleted once its handler has ended,
// and comes again when the handler throws.
import type { ConsumerFact } from '../../facts/facts.ts';
import type { Role } from '../../facts/roles.ts';
import { isFrom, type CallSite, type Framework, type MethodSite } from './framework.ts';
import { methodConsumer, unwrapped } from './messages.ts';

const library = '@ssut/nestjs-sqs';

export const nestjsSqs: Framework = {
  name: library,
  triggers: ['SqsMessageHandler', 'nestjs-sqs'],
  hasTriggersAlways: true,
  roles: sent,
  methods: decorated,
};

/** `@SqsMessageHandler('orders', false)`: the queue by its name in the module. */
function decorated({ fn, decorator }: MethodSite): readonly ConsumerFact[] {
  const [queue] = decorator.args;
  if (decorator.name !== 'SqsMessageHandler' || !queue) return [];
  const how = { acknowledges: 'after', isAnswered: true } as const;
  return [methodConsumer(fn, { library, transport: 'broker', events: [queue], ...how })];
}

/** `sqs.send('orders', { id, body: event })`: the id is of the request alone, and does not reach who receives the body. */
function sent({ name, origin, view, arg }: CallSite): readonly Role[] {
  const [queue, given] = [arg(0), arg(1)];
  if (name !== 'send' || !queue || !isFrom(origin, [library])) return [];
  const message = given?.kind === 'array' ? given.items[0] : given;
  const payload = unwrapped(view, view.entryOf(message, 'body'));
  const key = view.entryOf(message, 'deduplicationId');
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: queue,
      channel: queue,
      ...(payload && { payload }),
      gives: 'promise',
      ...(key && { deduplicationKey: key }),
      confidence: 'type',
    },
  ];
}
