// What is acknowledged is deleted: a crash in the work that comes later loses the message.
import { z } from 'zod';
import { table } from '../table.ts';
import type { CallExpr } from '../facts/expressions.ts';
import { earlyAckOf, type EarlyAck } from '../model/delivery/earlyAcks.ts';
import { declaredUnder } from '../model/delivery/queues.ts';
import { statedOf, type StatedNoAck } from '../model/delivery/statedNoAcks.ts';
import { pathOf } from '../model/effects/effects.ts';
import type { ConsumerNode, EventModel } from '../model/model.ts';
import { canAwait, lostPublishes } from '../model/producers/lostPublishes.ts';
import type { FilePath, Place, Span } from '../text.ts';
import type { Fix, Rule, RuleFinding } from './rule.ts';

export const rule: Rule = {
  id: 'early-ack',
  severity: 'warning',
  summary: 'A message is acknowledged before the work on it is done, so a crash in between loses it',
  hasFix: true,
  options: z.object({}),
  *check({ model }) {
    // What is kept of consumers rests on both: what changed in them has to be seen first.
    statedOf(model);
    declaredUnder(model);
    const seen = new Set<string>();
    const found = model.saidOfConsumers('early-ack', (it) => {
      const early = earlyAckOf(model, it);
      return early
        ? [{ finding: findingOf(model, early), isSending: early.work?.role.kind === 'publish' }]
        : [];
    });
    // Of a publish that nobody waits for another rule tells.
    const told = new Set(lostPublishes(model).map(({ fn, action }) => placeAt(fn.file, action.call.at)));
    for (const { said } of found) {
      const place = placeAt(said.finding.file, said.finding.at);
      if (seen.has(place) || (said.isSending && told.has(place))) continue;
      seen.add(place);
      yield said.finding;
    }
  },
};

function placeAt(file: FilePath, { start }: Span): string {
  return `${file}:${start}`;
}

type Started = Exclude<
  EarlyAck,
  | { readonly how: 'unasked' }
  | { readonly how: 'returned' }
  | { readonly how: 'postponed' }
  | { readonly how: 'left' }
>;

function findingOf(model: EventModel, early: EarlyAck): RuleFinding {
  const { consumer, work } = early;
  const related = work ? [{ file: work.file, at: work.at, message: `\`${work.name}\` is the work.` }] : [];
  if (early.how === 'unasked' && early.statedAt) return { ...stated(early, early.statedAt), related };
  if (early.how === 'unasked' || early.how === 'returned') return { ...unwaited(model, early), related };
  if (early.how === 'postponed') return { ...postponed(early), related };
  if (early.how === 'left') return { ...leftToProcess(early), related };
  const path = pathOf(early.action.call.callee);
  const done = work ? `\`${work.name}\` is done` : 'that is done';
  const what = path === '' ? 'a function that it starts' : `\`${path}\``;
  return {
    file: early.fn.file,
    at: wordAt(model, early.fn.file, early.action.call),
    symbol: path.slice(path.lastIndexOf('.') + 1) || consumer.name,
    message:
      early.how === 'first'
        ? `\`${consumer.name}\` acknowledges the message before \`${early.work.name}\`: when that fails, the message is gone.`
        : `\`${consumer.name}\` ${'isKeptBack' in early ? `leaves its work to ${what}, which drops the promise of its callback` : `does not wait for ${what}`}: the message is acknowledged before ${done}, and a failure loses it.`,
    help: helpFor(early),
    related,
    fixes: fixesFor(early),
  };
}

function postponed({ consumer, work, fn, action }: EarlyAck & { readonly how: 'postponed' }): RuleFinding {
  return {
    file: fn.file,
    at: action.call.at,
    symbol: pathOf(action.call.callee).split('.').at(-1) ?? consumer.name,
    message: `\`${consumer.name}\` acknowledges the message, and only a timer of this process sends its copy by \`${work.name}\`: a crash before that loses it.`,
    help: 'Send the copy first, to a queue that waits in the broker and hands it back, and acknowledge then.',
  };
}

/** Nobody but this process knows of the message any more. */
function leftToProcess({ as, consumer, work, fn, action }: EarlyAck & { readonly how: 'left' }): RuleFinding {
  const { callee, at } = action.call;
  const list = callee.kind === 'member' ? pathOf(callee.object) : '';
  const message =
    as === 'tried'
      ? `\`${consumer.name}\` leaves another try to \`${pathOf(callee)}\`: the message is acknowledged before that, and a restart loses it.`
      : `\`${consumer.name}\` only puts the message into \`${list}\`: it is acknowledged before \`${work.name}\` is done, and a restart loses it.`;
  return {
    file: fn.file,
    at,
    symbol: pathOf(callee).split('.').at(-1) ?? consumer.name,
    message,
    help:
      as === 'tried'
        ? 'Throw the error, so that the broker delivers the message again, or send it to a queue that waits.'
        : 'Do the work in the handler itself, or store the message before it ends.',
  };
}

const byHand = 'Subscribe with acknowledgements by hand, and acknowledge when the work is done.';

function helpFor(started: Started): string {
  const { how, action, consumer } = started;
  if ('isKeptBack' in started)
    return `Let \`${pathOf(action.call.callee)}\` return what its callback gives, so that its failure is the failure of the handler.`;
  if (how === 'first') return 'Acknowledge when the work is done.';
  if (consumer.fact.acknowledges === 'return') return byHand;
  if (isLoop(action))
    return 'Write `for (… of …)` and await inside, so that its failure is the failure of the handler.';
  const awaiting =
    action.settled === 'handled' ? 'Await it without the catch that ends its failure' : 'Await it';
  const what = isTimer(action) ? 'Do the work in the handler itself' : awaiting;
  return `${what}, so that its failure is the failure of the handler.`;
}

/** A list that goes by while its callbacks run. */
function isLoop({ call: { callee, args } }: Started['action']): boolean {
  return (
    callee.kind === 'member' && /^(?:forEach|map|flatMap)$/.test(callee.name) && args[0]?.kind === 'function'
  );
}

/** What a timer gives is nothing to wait for. */
function isTimer({ roles }: Started['action']): boolean {
  return roles.some((it) => it.kind === 'schedule');
}

/** One option is said for all handlers of a service. */
function stated(
  { consumer, work }: EarlyAck & { readonly how: 'unasked' },
  { file, at, isLeftOut }: StatedNoAck,
): RuleFinding {
  return {
    file,
    at,
    symbol: isLeftOut ? 'options' : 'noAck',
    message: `${isLeftOut ? 'NestJS sets `noAck`, which' : '`noAck`'} lets RabbitMQ delete each message as it sends it: a failure of \`${work.name}\` in \`${consumer.name}\` loses one.`,
    help: 'Set `noAck: false`, and acknowledge in the handlers when the work is done.',
  };
}

/** Whatever the handler does, the message counts as handled before. */
function unwaited(
  model: EventModel,
  { how: early, consumer, work }: EarlyAck & { readonly how: 'unasked' | 'returned' },
): RuleFinding {
  const { name } = consumer;
  const { file, at } = early === 'unasked' ? askedAt(model, consumer) : consumer;
  if (early === 'returned')
    return {
      file,
      at,
      symbol: name,
      message: `\`${name}\` gives a promise that nobody waits for: the client acknowledges the message at once, and a failure of \`${work.name}\` loses it.`,
      help: byHand,
    };
  const { how, does, help } = unasked[consumer.fact.library] ?? withNoAck;
  return {
    file,
    at,
    symbol: name,
    message: `\`${name}\` takes messages ${how}: the broker ${does} them as it sends them, and a failure of \`${work.name}\` loses one.`,
    help,
  };
}

interface Unasked {
  readonly how: string;
  readonly does: 'deletes' | 'forgets';
  readonly help: string;
}

const withNoAck: Unasked = {
  how: 'with `noAck`',
  does: 'deletes',
  help: 'Leave `noAck` out and acknowledge when the work is done.',
};

/** How brokers other than RabbitMQ are told that nobody will acknowledge. */
const unasked: Readonly<Record<string, Unasked | undefined>> = table({
  nats: { how: 'without acknowledging them', does: 'forgets', help: byHand },
  redis: {
    how: 'with `NOACK`',
    does: 'forgets',
    help: 'Leave `NOACK` out and acknowledge (`XACK`) when the work is done.',
  },
  '@azure/service-bus': {
    how: 'in the mode `receiveAndDelete`',
    does: 'deletes',
    help: 'Receive in the mode `peekLock`, in which a message is completed when the handler has ended.',
  },
});

/** Where the broker is asked for messages: a wrapper asks for those of all handlers that it is handed. */
function askedAt({ files }: EventModel, { file, at, fact, runBy }: ConsumerNode): Place {
  const own = runBy && files.get(runBy.caller.file)?.consumers;
  const isAsked = own?.some((it) => it.library === fact.library && it.at.start === fact.at.start) ?? false;
  return runBy && isAsked ? { file: runBy.caller.file, at: fact.at } : { file, at };
}

/** The name of what is called; of a function without one, the word that makes it a function. */
function wordAt({ files }: EventModel, file: FilePath, { at, callee }: CallExpr): Span {
  const fact = callee.kind === 'function' ? files.get(file)?.functions[callee.function] : undefined;
  return fact?.at ?? at;
}

function fixesFor(early: EarlyAck): readonly Fix[] {
  if (early.how === 'unasked' || early.how === 'returned') return [];
  const target = { file: early.fn.file, at: early.action.call.at };
  if (early.how === 'first')
    return [
      {
        title: 'Acknowledge when the work is done',
        plan: { kind: 'acknowledge-last', target },
        isPreferred: true,
      },
    ];
  // Awaited with its catch, the failure would still be nobody's; what gives no promise is nothing to await.
  if (early.action.settled === 'handled' || 'isKeptBack' in early) return [];
  const isStarted = early.action.call.callee.kind === 'function';
  // There a handler that waits is not waited for either.
  if (early.consumer.fact.acknowledges === 'return') return [];
  if (isStarted || isTimer(early.action) || isLoop(early.action) || !canAwait(early.fn.fact, early.action))
    return [];
  return [{ title: 'Await the work', plan: { kind: 'await-call', target }, isPreferred: true }];
}
