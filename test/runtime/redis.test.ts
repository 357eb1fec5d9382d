// What works on BullMQ queues, on a real Redis: jobs come twice and shuffled, database connections die, workers are
// killed. In the end each order counts once or lies in the dead letters. BullMQ itself turns jobs into JSON and back,
// so that none is unreadable, but some say nothing.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as bullmq from '../../snippets/consumer-bullmq.ts';
import * as bullmqStart from '../../snippets/saga-start-bullmq.ts';
import { Books, openShelf, poison, underSchedules } from './books.ts';
import { consumerProgram } from './consumerRuns.ts';
import type { StartConsumer } from './consumerRuns.ts';
import type { Databases } from './databases.ts';
import { countSchedule } from './faults.ts';
import { inLanes } from './lanes.ts';
import { sagasIn } from './sagasIn.ts';
import { missing, startRedis } from './services.ts';
import type { Service } from './services.ts';
import {
  expectOneSagaEach,
  expectStarted,
  messagesOf,
  sagaOf,
  startSchedules,
  unreadable,
} from './startedSagas.ts';

const lanes = 4;
const programs = {
  workers: await consumerProgram('bullmq'),
  sagas: await consumerProgram('saga-bullmq'),
} satisfies Record<string, StartConsumer>;

describe.skipIf(missing('initdb', 'postgres', 'redis') !== '')('On Redis, with BullMQ', () => {
  let shelf: Databases;
  let redis: Service;
  const queues: Queue[] = [];
  let taken = 0;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'started-sagas-'));
    [shelf, redis] = await Promise.all([openShelf(), startRedis()]);
  });
  afterAll(async () => {
    await Promise.all(queues.map((it) => it.close()));
    await Promise.all([shelf?.close(), redis?.stop()]);
    await rm(folder, { recursive: true });
  });

  test('The worker: under 40 schedules', { timeout: 300_000 }, async (context) => {
    const own = Array.from({ length: lanes }, nextPlace);
    await underSchedules(context, { shelf, numRuns: 40, lanes }, async ({ messages, flaky, books, lane }) => {
      const place = placeAt(own, lane);
      const worker = bullmq.consumeOrderPlaced(place.connection, flaky, () => undefined);
      await place.enqueue(messages);
      const parked = await books.settled(readable(messages), place.takeDead);
      await worker.close();
      await place.forget();
      return [...parked, ...messages.filter((it) => it === poison)];
    });
  });

  test('Each order gets one saga, under 30 schedules', { timeout: 300_000 }, async (context) => {
    const own = Array.from({ length: lanes }, nextPlace);
    await inLanes(context, { of: startSchedules, numRuns: 30, lanes }, async (schedule, lane) => {
      const { connection, jobs, failed, forget } = placeAt(own, lane);
      await expectOneSagaEach(schedule, async (orchestrator, messages) => {
        const report = (): void => undefined;
        const worker = bullmqStart.startOrderSagas(connection, orchestrator, { wake: report, report });
        for (const it of messages) await jobs.add('order.placed', dataOf(it), quickJob);
        const isThere = async (it: string): Promise<boolean> =>
          (await orchestrator.inspect(sagaOf(it))) !== undefined;
        const parked = await allStarted(messages, { failed, isThere });
        await worker.close();
        await forget();
        return parked;
      });
    });
  });

  describe.concurrent('killed', () => {
    test.for([
      [0, 1],
      [3, 1],
      [5, 1],
      [7, 1],
      [3, 2],
    ] as const)(
      'A worker is killed at moment %i, %i times in a row',
      { timeout: 100_000 },
      async ([at, times], context) => {
        const { url, enqueue, letStall, takeDead } = nextPlace();
        const books = new Books(await shelf.make());
        const messages = await books.fresh();
        await enqueue(messages);
        for (let killed = 0; killed < times; killed += 1) {
          expect(await programs.workers(url, books.url, `${at}`).ended).toBe('SIGKILL');
          await letStall();
        }
        const last = programs.workers(url, books.url, 'never');
        const parked = await books.settled(readable(messages), takeDead);
        last.kill();
        await last.ended;
        await books.expectBalance(readable(messages), parked);
        countSchedule(context, ['worker', at, times]);
      },
    );

    test.for([0, 1, 2, 3])(
      'What starts sagas is killed at moment %i',
      { timeout: 100_000 },
      async (at, context) => {
        const { url, jobs, failed, letStall } = nextPlace();
        const file = join(folder, `${at}.db`);
        const db = new DatabaseSync(file, { timeout: 10_000 });
        const { orchestrator } = sagasIn(db, (create) => create());
        const messages = messagesOf([0, 1, 0, 2]);
        for (const it of messages) await jobs.add('order.placed', dataOf(it), quickJob);
        expect(await programs.sagas(url, file, `${at}`).ended).toBe('SIGKILL');
        await letStall();
        const second = programs.sagas(url, file, 'never');
        const isThere = async (it: string): Promise<boolean> =>
          (await orchestrator.inspect(sagaOf(it))) !== undefined;
        const parked = await allStarted(messages, { failed, isThere });
        second.kill();
        await second.ended;
        await expectStarted(db, messages, parked);
        countSchedule(context, ['saga', at]);
      },
    );
  });

  /** A database of Redis that no other test has used. */
  function nextPlace(): Place {
    const place = placeOn({ host: '127.0.0.1', port: redis.port, db: taken });
    taken += 1;
    queues.push(place.jobs, place.dead);
    return place;
  }
});

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly db: number;
}

type Place = ReturnType<typeof placeOn>;

function placeOn(connection: Connection) {
  const jobs = new Queue('order-placed', { connection });
  const dead = new Queue('order-placed-dead', { connection });
  return {
    connection,
    jobs,
    dead,
    url: `redis://${connection.host}:${connection.port}/${connection.db}`,
    async enqueue(messages: readonly string[]): Promise<void> {
      for (const it of readable(messages)) await bullmq.enqueueOrderPlaced(jobs, JSON.parse(it));
    },
    takeDead: async (): Promise<string[]> => (await dead.getJobs()).map((it) => JSON.stringify(it.data)),
    failed: async (): Promise<string[]> => (await jobs.getFailed()).map((it) => JSON.stringify(it.data)),
    async forget(): Promise<void> {
      await jobs.obliterate({ force: true });
      await dead.obliterate({ force: true });
    },
    /** BullMQ takes a job for stalled 30 s after its worker ended: the test lets that time pass at once. */
    async letStall(): Promise<void> {
      const tell = (...command: string[]): Promise<unknown> =>
        promisify(execFile)('redis-cli', ['-p', `${connection.port}`, '-n', `${connection.db}`, ...command]);
      for (const { id } of await jobs.getActive()) {
        await tell('del', `bull:order-placed:${id}:lock`, 'bull:order-placed:stalled-check');
        await tell('sadd', 'bull:order-placed:stalled', `${id}`);
      }
    },
  };
}

function placeAt(places: readonly Place[], lane: number): Place {
  const place = places[lane];
  if (place === undefined) throw new Error('Each lane has a place.');
  return place;
}

function readable(messages: readonly string[]): string[] {
  return messages.filter((it) => it !== poison);
}

/** As the snippet adds them, but without waiting as long between the attempts. */
const quickJob = { ...bullmqStart.orderPlacedJob, backoff: { type: 'fixed', delay: 10 } };

/** What is no JSON can't be a job: it is one that says nothing. */
function dataOf(message: string): unknown {
  return message === 'not JSON' ? message : JSON.parse(message);
}

/** Waits until each message has its saga or is parked among the jobs that failed; gives those. */
async function allStarted(
  messages: readonly string[],
  { failed, isThere }: { failed: () => Promise<string[]>; isThere: (message: string) => Promise<boolean> },
): Promise<string[]> {
  const parked = new Set<string>();
  for (let waited = 0; waited < 1_500; waited += 1) {
    for (const it of await failed()) parked.add(it === '"not JSON"' ? 'not JSON' : it);
    const isDone = async (it: string): Promise<boolean> =>
      parked.has(it) || (!unreadable.includes(it) && (await isThere(it)));
    if ((await Promise.all(messages.map(isDone))).every(Boolean)) break;
    await sleep(20);
  }
  return [...parked];
}
