// Each broker, store and bus has to be run, watched, secured and understood: more than the system needs is paid for every day.
import { z } from 'zod';
import {
  brokerUses,
  commandsAndQueries,
  eventSourcing,
  type BrokerUse,
  type Trace,
} from '../model/delivery/machinery.ts';
import type { EventModel } from '../model/model.ts';
import type { Rule, RuleContext, RuleFinding, SystemSettings } from './rule.ts';

const options = z.strictObject({
  smallMessagesPerDay: z
    .number()
    .nonnegative()
    .default(100_000)
    .describe('Up to how many messages a day a system counts as small.'),
  smallTeam: z
    .number()
    .int()
    .nonnegative()
    .default(5)
    .describe('Up to how many developers a team counts as small.'),
});
type Options = z.infer<typeof options>;

export const rule: Rule<Options> = {
  id: 'overengineered-messaging',
  severity: 'info',
  summary: 'More messaging machinery than the system needs',
  hasFix: false,
  options,
  *check(context) {
    const uses = brokerUses(context.model);
    yield* severalBrokers(uses);
    const found = wholeMachinery(context, uses);
    if (found) yield found;
  },
};

/** One finding a service, at the broker that it uses least. */
function* severalBrokers(uses: readonly BrokerUse[]): Iterable<RuleFinding> {
  for (const own of grouped(uses, (it) => it.service).values()) {
    const byBroker = [...grouped(own, (it) => it.broker)].sort(([, a], [, b]) => b.length - a.length);
    const [least] = byBroker.at(-1)?.[1] ?? [];
    if (byBroker.length < 2 || !least) continue;
    const names = byBroker.map(([broker]) => broker);
    yield {
      file: least.file,
      at: least.at,
      symbol: least.name,
      message: `${least.service === '' ? 'This service' : `\`${least.service}\``} sends its events through ${spoken(names)}: ${names.length} brokers to run, to watch and to secure, and no order between them.`,
      help: `Send \`${least.name}\` through the broker that the service has already.`,
      related: byBroker.flatMap(([broker, [first]]) =>
        first
          ? [{ file: first.file, at: first.at, message: `\`${first.name}\` goes through ${broker}.` }]
          : [],
      ),
    };
  }
}

function grouped(
  uses: readonly BrokerUse[],
  by: (use: BrokerUse) => string,
): ReadonlyMap<string, readonly BrokerUse[]> {
  const groups = new Map<string, readonly BrokerUse[]>();
  for (const it of uses) groups.set(by(it), [...(groups.get(by(it)) ?? []), it]);
  return groups;
}

function spoken(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** Event sourcing, CQRS and a broker, all three, at a scale that somebody declared and that needs none of them. */
function wholeMachinery(
  { model, options: limits, settingsOf }: RuleContext<Options>,
  uses: readonly BrokerUse[],
): RuleFinding | undefined {
  const parts = partsOf(model, uses);
  const scale = parts && settingsOf(parts.sourcing.file).scale;
  if (!parts || !scale || !isSmall(scale, limits)) return undefined;
  const { sourcing, cqrs, broker } = parts;
  return {
    file: sourcing.file,
    at: sourcing.at,
    symbol: sourcing.name,
    message: `Event sourcing, CQRS and ${broker.broker} for ${spokenScale(scale)}: the machinery costs more than it carries.`,
    help: 'Keep the one that a requirement asks for; tables and an outbox carry this scale.',
    related: [
      { file: sourcing.file, at: sourcing.at, message: `\`${sourcing.name}\` makes state of events.` },
      { file: cqrs.file, at: cqrs.at, message: `\`${cqrs.name}\` reads apart from the commands.` },
      { file: broker.file, at: broker.at, message: `\`${broker.name}\` goes through ${broker.broker}.` },
    ],
  };
}

interface Parts {
  readonly broker: BrokerUse;
  readonly sourcing: Trace;
  readonly cqrs: Trace;
}

function partsOf(model: EventModel, uses: readonly BrokerUse[]): Parts | undefined {
  const [broker] = uses;
  const sourcing = broker && eventSourcing(model);
  const cqrs = sourcing && commandsAndQueries(model);
  return broker && sourcing && cqrs ? { broker, sourcing, cqrs } : undefined;
}

function isSmall({ messagesPerDay, developers }: SystemSettings['scale'], limits: Options): boolean {
  if (messagesPerDay === undefined && developers === undefined) return false;
  return (messagesPerDay ?? 0) <= limits.smallMessagesPerDay && (developers ?? 0) <= limits.smallTeam;
}

function spokenScale({ messagesPerDay, developers }: SystemSettings['scale']): string {
  const messages =
    messagesPerDay === undefined ? [] : [`${messagesPerDay.toLocaleString('en')} messages a day`];
  const people = developers === undefined ? [] : [`${developers} developer${developers === 1 ? '' : 's'}`];
  return [...messages, ...people].join(' and ');
}
