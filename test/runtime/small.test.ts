// The small snippets under faults: what is called fails now and then, does not answer, or comes twice.
import 'reflect-metadata';

import { CommandHandler, CqrsModule, EventBus } from '@nestjs/cqrs';
import { NestFactory } from '@nestjs/core';
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { expect, test, vi } from 'vitest';

import { monitorConsumer } from '../../snippets/consumer-monitor.ts';
import { inFlowOf, currentFlow } from '../../snippets/correlation.ts';
import { handleOrPark, PermanentFailure } from '../../snippets/retry.ts';
import { CancelOrder, OrderPlaced, OrderSagas, ReserveStock } from '../../snippets/saga-nestjs.ts';
import { StockReservationFailed } from '../../snippets/saga-nestjs.ts';
import { withTimeout } from '../../snippets/timeout.ts';
import { untilDone } from './deliveries.ts';
import { countSchedule, seed } from './faults.ts';

// Nothing here is about how long somebody waits.
vi.mock('node:timers/promises', () => ({
  setTimeout: () => new Promise<void>((done) => setImmediate(done)),
}));

const outcome = constantFrom('ok' as const, 'fails' as const, 'is-lost' as const, 'is-refused' as const);
const outcomes = array(outcome, { maxLength: 14 });

test('retry: what is delivered until it is acknowledged takes effect or is parked, under 150 schedules', async (context) => {
  await assert(
    asyncProperty(outcomes, outcomes, async (handles, parks) => {
      const [handling, parking] = [[...handles], [...parks]];
      const effects = new Set<string>();
      const parked = new Set<string>();
      const work = (faults: typeof handling, done: Set<string>) => async (): Promise<void> => {
        const fault = faults.shift() ?? 'ok';
        if (fault === 'fails') throw new Error('down');
        if (fault === 'is-refused') throw new PermanentFailure('unreadable');
        done.add('message');
        if (fault === 'is-lost') throw new Error('the answer is lost');
      };
      const deliver = (): Promise<void> =>
        handleOrPark('message', work(handling, effects), work(parking, parked));
      await untilDone(deliver);
      expect(effects.size + parked.size).toBeGreaterThan(0);
      countSchedule(context, [handles, parks]);
    }),
    { seed, numRuns: 150 },
  );
});

test('timeout: a call ends in time, whatever it does, under 60 schedules', async (context) => {
  const calls = constantFrom('answers', 'fails', 'never answers', 'hears the signal', 'ends from outside');
  const schedule = array(calls, { minLength: 1, maxLength: 4 });
  await assert(
    asyncProperty(schedule, async (all) => {
      const ends = await Promise.all(all.map(async (it) => [it, await endOf(it)] as const));
      for (const [it, end] of ends) expect([it, end]).toEqual([it, wantedEnds[it]]);
      countSchedule(context, all);
    }),
    { seed, numRuns: 60 },
  );
});

test('correlation: flows that cross and fail stay apart, under 100 schedules', async (context) => {
  const schedule = array(record({ waits: integer({ min: 0, max: 4 }), fails: constantFrom(true, false) }), {
    minLength: 1,
    maxLength: 6,
  });
  await assert(
    asyncProperty(schedule, async (all) => {
      const seen = await Promise.all(
        all.map(({ waits, fails }, index) =>
          inFlowOf({ correlationId: `flow ${index}` }, async () => {
            for (let wait = 0; wait < waits; wait += 1) await new Promise((done) => setImmediate(done));
            if (fails) throw new Error(currentFlow().correlationId);
            return currentFlow().correlationId;
          }).catch((error: unknown) => (error instanceof Error ? error.message : '')),
        ),
      );
      expect(seen).toEqual(all.map((_, index) => `flow ${index}`));
      expect(() => currentFlow()).toThrow();
      countSchedule(context, all);
    }),
    { seed, numRuns: 100 },
  );
});

test('consumer-monitor: goes on and tells whatever fails, under 100 schedules', async (context) => {
  const round = record({ broker: constantFrom('ok', 'fails', 'behind'), alert: constantFrom('ok', 'fails') });
  await assert(
    asyncProperty(array(round, { minLength: 1, maxLength: 8 }), async (rounds) => {
      const stop = new AbortController();
      const tried: string[] = [];
      let [measured, failed] = [0, 0];
      const now = (): (typeof rounds)[number] => rounds[measured - 1] ?? { broker: 'ok', alert: 'ok' };
      const fetchTopicOffsets = async (topic: string) => {
        const high = now().broker === 'behind' && !topic.endsWith('.dead') ? '5000' : '0';
        return [{ partition: 0, low: '0', high, offset: high }];
      };
      const fetchOffsets = async () => {
        if (now().broker === 'fails') throw new Error('no broker');
        return [{ topic: 'order.placed', partitions: [{ partition: 0, offset: '0', metadata: null }] }];
      };
      const admin = {
        fetchTopicOffsets: async (topic: string) => {
          if (!topic.endsWith('.dead') && (measured += 1) > rounds.length) stop.abort();
          return fetchTopicOffsets(topic);
        },
        fetchOffsets,
      };
      const alert = async (problem: string): Promise<void> => {
        tried.push(problem);
        if (now().alert === 'fails') throw new Error('no pager');
      };
      const report = (): void => void (failed += 1);
      await monitorConsumer(admin, { signal: stop.signal, record: () => undefined, alert, report });
      const troubles = rounds.filter(({ broker }) => broker !== 'ok');
      expect(tried).toHaveLength(troubles.length);
      expect(failed).toBe(troubles.filter((it) => it.alert === 'fails').length);
      countSchedule(context, rounds);
    }),
    { seed, numRuns: 100 },
  );
});

test(
  'NestJS @Saga: each event leads to its command once, under 50 schedules',
  { timeout: 120_000 },
  async (context) => {
    const events = array(constantFrom('placed', 'failed', 'broken', 'twice'), { minLength: 1, maxLength: 8 });
    const app = await NestFactory.createApplicationContext(
      {
        module: class Orders {},
        imports: [CqrsModule.forRoot()],
        providers: [OrderSagas, Reserving, Cancelling],
      },
      { logger: false },
    );
    await app.init();
    const eventBus = app.get(EventBus);
    await assert(
      asyncProperty(events, array(constantFrom('ok', 'fails'), { maxLength: 6 }), async (kinds, failures) => {
        done.clear();
        handlerFaults = [...failures];
        const published = kinds.map(eventOf);
        const wanted = published.flatMap((it, index) =>
          kinds[index] === 'broken'
            ? []
            : [`${it instanceof OrderPlaced ? 'ReserveStock' : 'CancelOrder'} ${it.eventId}`],
        );
        // As an outbox relay does: an event comes again until its command was handled.
        for (let round = 0; round < 10 && wanted.some((it) => !done.has(it)); round += 1) {
          for (const it of published) eventBus.publish(it);
          for (const [index, it] of published.entries()) if (kinds[index] === 'twice') eventBus.publish(it);
          await new Promise((next) => setImmediate(next));
        }
        expect([...done].sort()).toEqual([...new Set(wanted)].sort());
        countSchedule(context, [kinds, failures]);
      }),
      { seed, numRuns: 50 },
    );
    await app.close();
  },
);

/** What the handlers of commands have done, and what befalls them. */
const done = new Set<string>();
let handlerFaults: string[] = [];

async function act(command: ReserveStock | CancelOrder): Promise<void> {
  if ((handlerFaults.shift() ?? 'ok') === 'fails') throw new Error('the handler failed');
  done.add(`${command.constructor.name} ${command.key}`);
}

@CommandHandler(ReserveStock)
class Reserving {
  execute(command: ReserveStock): Promise<void> {
    return act(command);
  }
}

@CommandHandler(CancelOrder)
class Cancelling {
  execute(command: CancelOrder): Promise<void> {
    return act(command);
  }
}

function eventOf(kind: string, index: number): OrderPlaced | StockReservationFailed {
  if (kind === 'failed') return new StockReservationFailed(`${index}`, 'request-1');
  const event = new OrderPlaced(`${index}`, 'request-1');
  if (kind === 'broken') Object.defineProperty(event, 'orderId', { get: () => broken() });
  return event;
}

function broken(): never {
  throw new Error('a broken event');
}

const wantedEnds: Readonly<Record<string, string>> = {
  answers: 'answer',
  fails: 'Error: own',
  'never answers': 'TimedOut: No answer in 5 ms.',
  'hears the signal': 'TimedOut: No answer in 5 ms.',
  'ends from outside': 'Error: shutdown',
};

async function endOf(kind: string): Promise<string> {
  const outer = new AbortController();
  const call = async (signal: AbortSignal): Promise<string> => {
    if (kind === 'answers') return 'answer';
    if (kind === 'fails') throw new Error('own');
    if (kind === 'ends from outside') outer.abort(new Error('shutdown'));
    return new Promise((_, reject) => {
      if (kind === 'hears the signal') signal.addEventListener('abort', () => reject(new Error('heard')));
    });
  };
  return withTimeout(call, { timeoutMs: 5, outer: outer.signal }).catch(String);
}
