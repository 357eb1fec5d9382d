// A message that fails for good needs a place where somebody finds it.
import { z } from 'zod';
import { lostLetters, type LostLetters } from '../model/delivery/lostLetters.ts';
import type { Rule } from './rule.ts';

export const rule: Rule = {
  id: 'missing-dead-letter',
  severity: 'info',
  summary:
    'A queue has no dead-letter target and no limit of tries: what fails for good is lost or comes round for ever',
  hasFix: false,
  options: z.object({}),
  *check({ model }) {
    for (const lost of lostLetters(model)) {
      const { file, at, name, consumer } = lost;
      const isHere = consumer?.file === file && consumer.at.start === at.start;
      yield {
        file,
        at,
        symbol: lost.library === 'kafkajs' ? (consumer?.fact.name ?? name) : name,
        message: messageFor(lost),
        help: helpFor(lost),
        related:
          consumer && !isHere
            ? [{ file: consumer.file, at: consumer.at, message: `\`${consumer.name}\` takes its messages.` }]
            : [],
      };
    }
  },
};

function messageFor({ library, name, isGiver }: LostLetters): string {
  if (isGiver)
    return `The queues that are declared by \`${name}\` have no dead-letter exchange: a message that is rejected is gone, and one that is put back comes round for ever.`;
  switch (library) {
    case 'kafkajs':
      return `Nothing takes a message of \`${name}\` that fails for good: kafkajs restarts the consumer, and it blocks the partition.`;
    case 'bullmq':
      return `A job of \`${name}\` that fails is removed at once (\`removeOnFail\`): nobody can look at it or run it again.`;
    case '@google-cloud/pubsub':
      return `The subscription \`${name}\` has no \`deadLetterPolicy\`: a message that fails for good comes round until it expires.`;
    case 'nats':
      return `The consumer \`${name}\` has no \`max_deliver\`: a message that fails for good comes round for ever.`;
    case 'redis':
      return `\`${name}\` is claimed again and again, and nobody counts the deliveries: a message that fails for good comes round for ever.`;
    case 'aws':
      return `The queue \`${name}\` has no \`deadLetterQueue\`: a message that fails for good comes round until it expires.`;
    case '@azure/functions':
      return `\`${name}\` is read with a \`maxRetryCount\` of -1: a message that fails for good comes round for ever, and holds up those behind it.`;
    default:
      return `The queue \`${name}\` has no dead-letter exchange: a message that is rejected is gone, and one that is put back comes round for ever.`;
  }
}

function helpFor({ library }: LostLetters): string {
  switch (library) {
    case 'kafkajs':
      return 'Count the tries, and send what still fails to a topic of its own.';
    case 'bullmq':
      return 'Keep failed jobs (`removeOnFail: { age: … }`), or take them in a `failed` listener.';
    case '@google-cloud/pubsub':
      return 'Give the subscription a `deadLetterPolicy` with `maxDeliveryAttempts`, and look at what arrives there.';
    case 'nats':
      return 'Give the consumer a `max_deliver`, and take what the server tells about it (`MAX_DELIVERIES`) or `term` what fails for good.';
    case 'redis':
      return 'Look at the deliveries of a message (`xpending`), and move what came too often to a stream of its own.';
    case 'aws':
      return 'Give the queue a `deadLetterQueue` with a `maxReceiveCount`.';
    case '@azure/functions':
      return 'Give `retry` a `maxRetryCount`, and send what still fails to a queue of its own.';
    default:
      return 'Declare the queue with a dead-letter exchange, and look at what arrives there.';
  }
}
