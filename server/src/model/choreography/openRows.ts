// Rows that wait for others: a service stores one as begun, tells or asks others, and ends it when their answer comes. No saga needs to
// be declared for that, and nobody is blocked; yet where the answer is lost, the row stays as it is.
import type { Place } from '../../text.ts';
import { above } from '../calls/above.ts';
import { isUndoing } from '../compensation/undoing.ts';
import { queueOf, workersOf } from '../delivery/jobWorkers.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { saysFailure } from '../failures/fallible.ts';
import { indexOf } from '../fileIndex.ts';
import { aboutFunctions, saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode } from '../model.ts';
import { isCommandName, keyOf, producersOf, sentIn } from '../producers/sent.ts';
import { answers, failureWords } from '../sagas/replies.ts';
import { isRowLimited } from './rowLimits.ts';
import { rowsIn, setsStateIn, stateBegunIn, type Row } from './rows.ts';

export interface OpenRow extends Place {
  /** The call that sends, as a reader calls it. */
  readonly call: string;
  readonly sent: string;
  readonly row: Row;
  /** The state in which it is left, where that can be read. */
  readonly state?: string;
  readonly replies: readonly EventNode[];
  /** Who ends the wait when an answer comes. */
  readonly ending: readonly ConsumerNode[];
  /** The service asks one after the other, and so conducts the flow. */
  readonly isConducted: boolean;
}

/** So many services may go on with it in between, and so many calls lead to what is sent. */
const furthest = 5;
const highest = 3;

/** All of them whose wait nothing ends. */
export function openRows(model: EventModel): readonly OpenRow[] {
  if (!model.isComplete) return [];
  const settling = settlersOf(model);
  if (settling.size === 0) return [];
  const all = waitsIn(model, settling);
  const after = (row: Row): readonly ConsumerNode[] =>
    all.flatMap((it) => (it.row.key === row.key ? it.ending : []));
  const found = all.filter((it) => !isRowLimited(model, it, after(it.row)));
  return found.map((it) => ({ ...it, isConducted: isConducted(model, it, found) }));
}

interface Settler {
  readonly consumer: ConsumerNode;
  readonly rows: ReadonlySet<string>;
}

/** By service the consumers that set the state of a row of their own. */
function settlersOf(model: EventModel): ReadonlyMap<string, readonly Settler[]> {
  const found = new Map<string, Settler[]>();
  const said = model.saidOfConsumers('rows whose state it sets', (it) => {
    const rows = settledBy(model, it);
    return rows.length > 0 ? [rows] : [];
  });
  for (const { of: consumer, said: rows } of said) {
    const service = model.serviceOf(consumer.file);
    found.set(service, [...(found.get(service) ?? []), { consumer, rows: new Set(rows) }]);
  }
  return found;
}

function settledBy(model: EventModel, { handler, file, transport, events }: ConsumerNode): readonly string[] {
  if (!handler || transport !== 'broker' || events.length !== 1) return [];
  const run = ownRun(model, handler, model.serviceOf(file));
  return setsStateIn(model, run) ? rowsIn(model, handler, run).flatMap((it) => [it.key, it.file]) : [];
}

/** What a function runs in its own service. */
function ownRun(model: EventModel, fn: FunctionNode, service: string): readonly FunctionNode[] {
  return reachedFrom(model, fn).filter((it) => model.serviceOf(it.file) === service);
}

type Wait = Omit<OpenRow, 'isConducted'> & { readonly fn: FunctionNode; readonly effect: Effect };

/** The functions that store and send, the innermost first: who calls them does so too. */
function waitsIn(model: EventModel, settling: ReadonlyMap<string, readonly Settler[]>): readonly Wait[] {
  const found: Wait[] = [];
  const seen = new Set<string>();
  const begunBy = aboutFunctions(model, 'rows that it begins', (file, fact) =>
    begunIn(model, { file, fact }),
  );
  const looked = new Set<FunctionNode['fact']>();
  let level = sendingIn(model, settling);
  for (let height = 0; height <= highest && level.length > 0; height += 1) {
    const next: FunctionNode[] = [];
    for (const fn of level) {
      if (looked.has(fn.fact)) continue;
      looked.add(fn.fact);
      const own = waitsOf(model, fn, begunBy(fn.file, fn.fact), settling.get(model.serviceOf(fn.file)) ?? []);
      for (const it of own) {
        if (!seen.has(keyOf(it.effect))) found.push(it);
        seen.add(keyOf(it.effect));
      }
      if (own.length === 0) next.push(...above(model, fn));
    }
    level = next;
  }
  return found;
}

function sendingIn(model: EventModel, settling: ReadonlyMap<string, unknown>): readonly FunctionNode[] {
  const publishing = saidOfFiles(model, 'functions that send', (facts) =>
    indexOf(facts).publishes.map(({ fn: fact }) => ({ file: facts.file, fact })),
  );
  return [...model.producers.map((it) => it.fn), ...publishing].filter((it) =>
    settling.has(model.serviceOf(it.file)),
  );
}

/** What a function stores, the state that it begins with, and what it sends beside it. */
interface Begun {
  readonly rows: readonly Row[];
  readonly state?: string | undefined;
  readonly news: readonly Effect[];
}

const nothing: Begun = { rows: [], news: [] };

function begunIn(model: EventModel, fn: FunctionNode): Begun {
  const service = model.serviceOf(fn.file);
  const news = model.bodyOf(fn).effects.filter((it) => isNews(it) && model.serviceOf(it.file) === service);
  if (fn.fact.kind === 'module' || news.length === 0) return nothing;
  const run = ownRun(model, fn, service);
  const rows = rowsIn(model, fn, run);
  return rows.length > 0 ? { rows, state: stateBegunIn(model, run), news } : nothing;
}

/** Of what is sent beside a row, what others answer, where the answer sets the state of that row. */
function waitsOf(
  model: EventModel,
  fn: FunctionNode,
  { rows, state, news }: Begun,
  settlers: readonly Settler[],
): readonly Wait[] {
  if (settlers.length === 0) return [];
  const service = model.serviceOf(fn.file);
  return news.flatMap((effect) => {
    const answered = answersTo(model, effect, service);
    const hearing = settlers.filter((it) => answered.has(it.consumer));
    const wait = hearing.length > 0 ? waitAt(model, effect, rows, hearing) : undefined;
    if (!wait || (state === undefined && !isAnswered(wait))) return [];
    return [{ ...wait, fn, effect, ...(state !== undefined && { state }) }];
  });
}

type Sending = Omit<Wait, 'fn' | 'effect'>;

function waitAt(
  model: EventModel,
  effect: Effect,
  rows: readonly Row[],
  hearing: readonly Settler[],
): Sending | undefined {
  const { file, at, name: call } = effect.via[0] ?? effect;
  const sent = queueOf(model, effect) ?? sentIn(model, [effect])[0]?.name;
  // Nobody waits to hear that something was taken back, or did not come about.
  if (sent === undefined || isUndoing(`x ${sent}`) || saysFailure(sent, failureWords)) return undefined;
  const row = rows.find((it) => it.head !== at.start && hearing.some((one) => one.rows.has(it.key)));
  if (!row) return undefined;
  const ending = hearing.filter((it) => it.rows.has(row.key)).map((it) => it.consumer);
  return { file, at, call, sent, row, ending, replies: [...new Set(ending.flatMap((it) => it.events))] };
}

/** Whether the messages by themselves say that one answers the other. */
function isAnswered({ sent, replies }: Sending): boolean {
  return replies.some(({ name }) => saysFailure(name, failureWords) || answers(name, sent));
}

/** A message that goes out and is not waited for. */
function isNews({ role, inCatch, runs }: Effect): boolean {
  return role.kind === 'publish' && role.transport === 'broker' && !inCatch && runs === undefined;
}

/** The consumers of a service to which the answers come that others give. */
function answersTo(model: EventModel, effect: Effect, service: string): ReadonlySet<ConsumerNode> {
  const found = new Set<ConsumerNode>();
  const seen = new Set<ConsumerNode>();
  let level = takersOf(model, effect).filter((it) => model.serviceOf(it.file) !== service);
  for (let hops = 0; hops < furthest && level.length > 0; hops += 1) {
    const next: ConsumerNode[] = [];
    for (const taker of level) {
      if (seen.has(taker) || taker.events.length !== 1) continue;
      seen.add(taker);
      for (const it of model.bodyOfConsumer(taker).effects.flatMap((one) => takersOf(model, one))) {
        if (model.serviceOf(it.file) === service) found.add(it);
        else next.push(it);
      }
    }
    level = next;
  }
  return found;
}

/** Who takes what an effect sends: the consumers of the event, or the workers of the queue. */
function takersOf(model: EventModel, effect: Effect): readonly ConsumerNode[] {
  const { role } = effect;
  if (role.kind !== 'publish' || role.transport !== 'broker') return [];
  const jobs = workersOf(model, effect);
  return jobs.length > 0 ? jobs : producersOf(model, effect).flatMap((it) => it.event?.consumers ?? []);
}

/** Whether it is one of several that the service asks for in turn: an answer has it ask for the next. */
function isConducted(model: EventModel, wait: Wait, all: readonly Wait[]): boolean {
  const goesOn = (one: Wait, other: Wait): boolean =>
    one.row.key === other.row.key &&
    [one, other].every(({ sent }) => isCommandName(sent)) &&
    one.ending.some(
      ({ handler }) => handler && reachedFrom(model, handler).some(({ fact }) => fact === other.fn.fact),
    );
  return all.some((it) => it !== wait && (goesOn(it, wait) || goesOn(wait, it)));
}
