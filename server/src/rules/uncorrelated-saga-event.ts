// An event that does not say which saga it belongs to: the handler finds none, or the wrong one.
import { z } from 'zod';
import { uncorrelated, type Uncorrelated } from '../model/sagas/sagaKeys.ts';
import type { Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'uncorrelated-saga-event',
  severity: 'warning',
  summary: 'An event of a saga carries no key by which its saga is found, or one of another type',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    const seen = new Set<string>();
    for (const found of uncorrelated(model)) {
      const key = `${found.file} ${found.at.start}`;
      if (!seen.has(key)) yield findingOf(found);
      seen.add(key);
    }
  },
};

function findingOf(found: Uncorrelated): RuleFinding {
  const { file, at, manager, consumer, event, clash } = found;
  const [key = 'orderId'] = found.keys;
  return {
    file,
    at,
    symbol: clash?.name ?? event.name,
    message: messageOf(found),
    help: clash
      ? `Give \`${clash.name}\` one type in all events of the saga.`
      : `Put \`${key}\` into the event where it is published.`,
    related: [
      {
        file: consumer.file,
        at: consumer.at,
        message: `\`${consumer.name}\` moves the saga \`${manager.name}\`.`,
      },
    ],
  };
}

function messageOf({ event, manager, keys, clash }: Uncorrelated): string {
  if (clash)
    return `\`${clash.name}\` of \`${event.name}\` is a ${clash.type}, and that of \`${clash.other.name}\` a ${clash.otherType}: the saga \`${manager.name}\` does not find its instance by it.`;
  const wanted = keys.slice(0, 3).map((it) => `\`${it}\``);
  return keys.length === 0
    ? `\`${event.name}\` carries no key: the saga \`${manager.name}\` can't tell which instance it belongs to.`
    : `\`${event.name}\` is published without ${wanted.join(' or ')}, by which the saga \`${manager.name}\` finds its instance.`;
}
