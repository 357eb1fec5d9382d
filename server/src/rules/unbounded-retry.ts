// A message that always fails, tried again without a limit or a pause, blocks what comes behind it.
import { z } from 'zod';
import { endlessRetries, type EndlessRetry } from '../model/delivery/endlessRetries.ts';
import type { Rule } from './rule.ts';

export const rule: Rule = {
  id: 'unbounded-retry',
  severity: 'warning',
  summary:
    'What fails is tried again without a limit or a pause, so one poison message blocks the queue for ever',
  hasFix: false,
  options: z.object({}),
  *check({ model }) {
    const seen = new Set<string>();
    for (const retry of endlessRetries(model)) {
      const { fn, at, name, consumer } = retry;
      const place = `${fn.file}:${at.start}`;
      if (seen.has(place)) continue;
      seen.add(place);
      const isHere = consumer?.file === fn.file && consumer.at.start === at.start;
      yield {
        file: fn.file,
        at,
        symbol: name.slice(name.lastIndexOf('.') + 1),
        message: messageFor(retry),
        help: helpFor(retry),
        related:
          consumer && !isHere
            ? [{ file: consumer.file, at: consumer.at, message: `\`${consumer.name}\` gets it again.` }]
            : [],
      };
    }
  },
};

function messageFor({ how, name }: EndlessRetry): string {
  switch (how) {
    case 'requeue':
      return `\`${name}\` puts back whatever failed, at once and every time: a message that always fails comes round for ever and blocks the queue.`;
    case 'resend':
      return `\`${name}\` sends a message that failed to where it came from, and nothing counts the tries: one that always fails comes round for ever.`;
    case 'loop':
      return `\`${name}\` is tried in a loop without a limit or a pause: if it keeps failing, the loop never ends.`;
    case 'recursion':
      return `\`${name}\` calls itself when it fails, without a limit or a pause: if it keeps failing, that never ends.`;
    case 'operator':
      return `\`${name}()\` tries again at once, whatever failed and how often: if it keeps failing, that never ends.`;
    case 'attempts':
      return `\`${name}\` allows more attempts than anybody counts, with no \`backoff\`: a job that always fails runs for ever.`;
  }
}

function helpFor({ how }: EndlessRetry): string {
  switch (how) {
    case 'requeue':
      return 'Limit the deliveries (`x-delivery-limit` of a quorum queue, `max_deliver` of JetStream, a count in a header), wait between them, and dead-letter what still fails.';
    case 'attempts':
      return 'Give a number of attempts and a `backoff`; what still fails stays in the set of failed jobs.';
    case 'operator':
      return 'Give it a `count` and a `delay`, and let the error out in the end.';
    case 'resend':
      return 'Carry the number of tries in a header, and send to a dead-letter topic when it is used up.';
    default:
      return 'Stop after a number of tries, wait longer before each, and let the error out in the end.';
  }
}
