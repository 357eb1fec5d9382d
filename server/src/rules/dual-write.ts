// A database and a broker cannot commit together: what is stored and published in one function is lost or invented by a crash between.
import { z } from 'zod';
import type { FileFacts } from '../facts/facts.ts';
import { once } from '../facts/once.ts';
import type { PublishRole } from '../facts/roles.ts';
import { above } from '../model/calls/above.ts';
import { branchToThrow, mayFollow, standsIn } from '../model/calls/order.ts';
import { isSentAgain, storedFirst, type StoredFirst } from '../model/delivery/sentAgain.ts';
import { isBeside } from '../model/effects/besideWrites.ts';
import { indexOf } from '../model/fileIndex.ts';
import { aboutFunctions, foundInFiles } from '../model/incremental/about.ts';
import type { Effect, EventModel, FunctionNode, ProducerNode } from '../model/model.ts';
import { earlyMarks, isTransactionBody, type EarlyMark } from '../model/producers/earlyMarks.ts';
import { earlyPublishOf, travels, type EarlyPublish } from '../model/producers/earlyPublishes.ts';
import type { Span } from '../text.ts';
import type { Related, Rule, RuleFinding } from './rule.ts';

/** How many calls above a publish a write is looked for. */
const furthest = 6;

/** Finds functions that write and publish. */
export const rule: Rule = {
  id: 'dual-write',
  severity: 'warning',
  summary: 'A function writes to a database and publishes, and a crash between the two loses one of them',
  hasFix: false,
  options: z.object({}),
  *check({ model }) {
    const looked = new Set<FunctionNode['fact']>();
    // Where the layer below sends to a broker, the call that names the event may not tell.
    const isSent = ({ role }: ProducerNode): boolean => travels(role) || role.transport === 'unknown';
    const producing = model.producers.filter(isSent).map((it) => it.fn);
    const lookAt = aboutFunctions(model, 'stores and publishes', (file, fact) =>
      lookedAt(model, { file, fact }),
    );
    let level = [...producing, ...foundInFiles(model, 'what asks for work', askingForWork)];
    for (let height = 0; height < furthest && level.length > 0; height += 1) {
      const next: FunctionNode[] = [];
      for (const fn of level) {
        if (looked.has(fn.fact)) continue;
        looked.add(fn.fact);
        const { finding, stored, beyond } = lookAt(fn.file, fn.fact);
        if (finding && !(stored && isSentAgain(model, stored))) yield finding;
        next.push(...beyond);
      }
      level = next;
    }
    for (const it of earlyMarks(model)) yield ofMark(it);
  },
};

interface LookedAt {
  readonly finding?: RuleFinding;
  readonly stored?: StoredFirst | undefined;
  /** Where to look next: nowhere where something was found. */
  readonly beyond: readonly FunctionNode[];
}

function lookedAt(model: EventModel, fn: FunctionNode): LookedAt {
  const pair = pairIn(model, fn);
  if (pair) return { finding: findingOf(fn, pair), stored: storedFirst(model, fn, pair), beyond: [] };
  const early = earlyPublishOf(model, fn);
  return early ? { finding: ofEarly(fn, early), beyond: [] } : { beyond: above(model, fn) };
}

/** Who puts jobs into a queue. */
const askingForWork = once((facts: FileFacts) =>
  indexOf(facts)
    .publishes.filter(({ role }) => isWork(role))
    .map(({ fn }) => ({ file: facts.file, fact: fn })),
);

function isWork({ isRequest, library }: PublishRole): boolean {
  return isRequest === true && library === 'bullmq';
}

const outbox =
  'Store the message in an outbox table in the same transaction and let a relay publish it, or publish from the change log of the database.';

function ofEarly(fn: FunctionNode, { publish, write }: EarlyPublish): RuleFinding {
  const call = publish.via[0] ?? publish;
  return {
    file: fn.file,
    at: call.at,
    symbol: call.name,
    message: `${nameOf(fn)} calls \`${publish.name}\` and then stores with \`${write.name}\`: a crash between the two announces what was never stored.`,
    help: outbox,
    related: relatedTo(write, 'stores'),
  };
}

function ofMark({ fn, mark, publish }: EarlyMark): RuleFinding {
  const call = mark.via[0] ?? mark;
  return {
    file: fn.file,
    at: call.at,
    symbol: call.name,
    message: `${nameOf(fn)} takes the row out with \`${mark.name}\` before it calls \`${publish.name}\`: a crash between the two loses the message, and nobody sends it again.`,
    help: 'Send first and mark the row after that: what is sent twice the consumers know by its id. To keep two relays apart, lock the rows or claim them for a while.',
    related: relatedTo(publish, 'publishes'),
  };
}

interface Pair {
  readonly write: Effect;
  readonly publish: Effect;
  readonly isInTransaction: boolean;
  /** What is put into a queue asks a worker for something, and tells nobody what happened. */
  readonly isWork: boolean;
}

/** The first publish that comes after a write in one run, where no single callee does both. */
function pairIn(model: EventModel, { fact, file }: FunctionNode): Pair | undefined {
  if (fact.kind === 'module') return undefined;
  const effects = model
    .bodyOf({ file, fact })
    .effects.filter((it) => !it.inCatch && !it.isAlternative && it.runs !== 'when-called');
  for (const publish of effects) {
    if (publish.role.kind !== 'publish' || !travels(publish.role)) continue;
    const isRequest = publish.role.isRequest === true && !bearsEvent(model, publish);
    if (isRequest && !isWork(publish.role)) continue;
    // A durable engine comes back to it after a crash.
    if (publish.role.isJournaled || publish.guard?.role?.isJournaled) continue;
    const there = headOf(publish);
    const write = effects.find((it) => {
      const here = headOf(it);
      if (!isWrite(it) || here.start === there.start) return false;
      if (!mayFollow(fact.body, here.start, there.start) || isBeside(model, it, publish)) return false;
      if (isToldBeforeThrow(model, publish, here)) return false;
      return !isToldInside(model, { fact, file }, here, there);
    });
    const isInside = write?.inTransaction && publish.inTransaction;
    const isInTransaction = isInside === true || isTransactionBody(model, { fact, file });
    if (write) return { write, publish, isInTransaction, isWork: isRequest };
  }
  return undefined;
}

/** What is told before a throw is that nothing was done, unless the write stands in that branch too. */
function isToldBeforeThrow({ files }: EventModel, { file, at, via }: Effect, write: Span): boolean {
  return [...via, { file, at }].some((it, index) =>
    files.get(it.file)?.functions.some(({ span, body }) => {
      if (it.at.start < span.start || span.end < it.at.end) return false;
      const branch = branchToThrow(body, it.at.start);
      return branch !== undefined && !(index === 0 && standsIn(branch, write.start));
    }),
  );
}

/** Of what stands in one callback the callback was asked before. */
function isToldInside({ files }: EventModel, { file, fact }: FunctionNode, here: Span, there: Span): boolean {
  const inner = files.get(file)?.functions.filter((it) => it.outer === fact.id) ?? [];
  return inner.some(({ span }) => [here, there].every((it) => span.start <= it.start && it.end <= span.end));
}

/** A job that a bus of one's own makes of an event. */
function bearsEvent(model: EventModel, { via }: Effect): boolean {
  return via.some((it) => model.producersAt(it).some(({ event, role }) => event && !role.isRequest));
}

/** What lasts: not the rows of an outbox, which are the remedy, and not a cache, be it known by its name alone. */
function isWrite({ role, name }: Effect): boolean {
  if (role.kind !== 'write') return false;
  const isCache = role.library === 'redis' || /^(?:\w+\.)*_?redis(?:Client|Service)?\.\w+$/i.test(name);
  return !isCache && !/outbox/i.test(`${role.store ?? ''} ${name}`);
}

/** The call in the function itself that leads to an effect. */
function headOf(effect: Effect): Span {
  return (effect.via[0] ?? effect).at;
}

function findingOf(fn: FunctionNode, pair: Pair): RuleFinding {
  const { write, publish, isInTransaction, isWork: isJob } = pair;
  const call = publish.via[0] ?? publish;
  return {
    file: fn.file,
    at: call.at,
    symbol: call.name,
    ...(isJob && !isInTransaction && { severity: 'info' as const }),
    message: isInTransaction
      ? `${nameOf(fn)} calls \`${publish.name}\` inside the transaction of \`${write.name}\`: when the transaction rolls back, the message is out already.`
      : `${nameOf(fn)} stores with \`${write.name}\` and then calls \`${publish.name}\`: a crash between the two stores the change and loses the ${isJob ? 'job' : 'message'}.`,
    help: outbox,
    related: [
      ...relatedTo(write, 'stores'),
      ...(publish.via.length > 0 ? relatedTo(publish, 'publishes') : []),
    ],
  };
}

function nameOf({ fact }: FunctionNode): string {
  return fact.name === '' ? 'This function' : `\`${fact.name}\``;
}

function relatedTo(effect: Effect, does: string): readonly Related[] {
  return [{ file: effect.file, at: effect.at, message: `\`${effect.name}\` ${does}.` }];
}
