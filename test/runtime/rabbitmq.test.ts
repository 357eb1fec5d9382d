// What consumes from RabbitMQ, on a real broker: messages come twice and out of sequence, database connections die,
// consumers are killed, and some messages can't be read at all. In the end each order counts once or lies in the
// dead letters.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { consumeOrderPlaced } from '../../snippets/consumer-amqplib.ts';
import { startOrderSagas } from '../../snippets/saga-start-amqplib.ts';
import { Books, openShelf, poison, underSchedules } from './books.ts';
import { consumerProgram } from './consumerRuns.ts';
import type { StartConsumer } from './consumerRuns.ts';
import type { Databases } from './databases.ts';
import { countSchedule } from './faults.ts';
import { inLanes } from './lanes.ts';
import { startNestConsumer } from './nestConsumer.ts';
import { openHost } from './rabbitHost.ts';
import type { RabbitHost } from './rabbitHost.ts';
import { sagasIn } from './sagasIn.ts';
import { missing, startRabbitmq } from './services.ts';
import type { Service } from './services.ts';
import {
  expectOneSagaEach,
  expectStarted,
  messagesOf,
  sagaOf,
  startSchedules,
  unreadable,
} from './startedSagas.ts';

const lanes = 3;
const amqplibMoments = [0, 3, 4, 5, 6, 7];
const nestMoments = [0, 4, 6];
const sagaMoments = [0, 1, 2, 3];
const hostCount = 3 * lanes + amqplibMoments.length + nestMoments.length + sagaMoments.length;
const programs = {
  amqplib: await consumerProgram('amqplib'),
  nestjs: await consumerProgram('nestjs'),
  sagas: await consumerProgram('saga-amqplib'),
} satisfies Record<string, StartConsumer>;
const queues = { amqplib: 'revenue.order-placed', nestjs: 'revenue-service.order-placed' } as const;
const sagaQueue = 'order-saga.order-placed';

describe.skipIf(missing('initdb', 'postgres', 'rabbitmq', 'epmd') !== '')('On RabbitMQ', () => {
  let shelf: Databases;
  let rabbitmq: Service;
  const hosts: RabbitHost[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'started-sagas-'));
    [shelf, rabbitmq] = await Promise.all([openShelf(), startRabbitmq(hostCount)]);
  }, 180_000);
  afterAll(async () => {
    await Promise.all(hosts.map((it) => it.close()));
    await Promise.all([shelf?.close(), rabbitmq?.stop()]);
    await rm(folder, { recursive: true });
  });

  test('amqplib: under 30 schedules', { timeout: 300_000 }, async (context) => {
    const own = await nextHosts(lanes);
    await underSchedules(context, { shelf, numRuns: 30, lanes }, async ({ messages, flaky, books, lane }) => {
      const host = hostAt(own, lane);
      const consumer = await host.connection.createChannel();
      await consumeOrderPlaced(consumer, flaky, () => undefined);
      await host.publish(queues.amqplib, messages);
      const dead = await books.settled(messages, () => host.takeDead(queues.amqplib));
      await consumer.close();
      await books.atRest();
      await host.purge(queues.amqplib);
      return dead;
    });
  });

  test('NestJS: under 30 schedules', { timeout: 300_000 }, async (context) => {
    const own = await nextHosts(lanes);
    await underSchedules(context, { shelf, numRuns: 30, lanes }, async ({ messages, flaky, books, lane }) => {
      const host = hostAt(own, lane);
      const app = await startNestConsumer(host.url, flaky);
      await host.publish(queues.nestjs, messages.map(packed));
      const dead = await books.settled(messages, async () =>
        (await host.takeDead(queues.nestjs)).map(unpacked),
      );
      await app.close();
      await books.atRest();
      await host.purge(queues.nestjs);
      return dead;
    });
  });

  test('amqplib: each order gets one saga, under 30 schedules', { timeout: 300_000 }, async (context) => {
    const own = await nextHosts(lanes);
    await inLanes(context, { of: startSchedules, numRuns: 30, lanes }, async (schedule, lane) => {
      const host = hostAt(own, lane);
      await expectOneSagaEach(schedule, async (orchestrator, messages) => {
        const consumer = await host.connection.createChannel();
        await startOrderSagas(consumer, orchestrator, { wake: () => undefined, report: () => undefined });
        await host.publish(sagaQueue, messages);
        const isThere = async (it: string): Promise<boolean> =>
          (await orchestrator.inspect(sagaOf(it))) !== undefined;
        const parked = await allStarted(host, messages, isThere);
        await consumer.close();
        await host.purge(sagaQueue);
        return parked;
      });
    });
  });

  describe.concurrent('killed', () => {
    test.for([
      ...amqplibMoments.map((at) => ['amqplib', at] as const),
      ...nestMoments.map((at) => ['nestjs', at] as const),
    ])('The consumer %s is killed at moment %i', { timeout: 100_000 }, async ([what, at], context) => {
      const [host] = await nextHosts(1);
      const books = new Books(await shelf.make());
      const messages = await books.fresh();
      await host?.publish(queues[what], what === 'nestjs' ? messages.map(packed) : messages);
      const args = [host?.url ?? '', books.url];
      expect(await programs[what](...args, `${at}`).ended).toBe('SIGKILL');
      const second = programs[what](...args, 'never');
      const takeDead = async (): Promise<string[]> =>
        ((await host?.takeDead(queues[what])) ?? []).map(unpacked);
      const dead = await books.settled(messages, takeDead);
      second.kill();
      await second.ended;
      await books.expectBalance(messages, dead);
      countSchedule(context, [what, at]);
    });

    test.for(sagaMoments)(
      'What starts sagas is killed at moment %i',
      { timeout: 100_000 },
      async (at, context) => {
        const [host] = await nextHosts(1);
        const file = join(folder, `${at}.db`);
        const db = new DatabaseSync(file, { timeout: 10_000 });
        const { orchestrator } = sagasIn(db, (create) => create());
        const messages = messagesOf([0, 3, 1, 0, 2]);
        await host?.publish(sagaQueue, messages);
        const args = [host?.url ?? '', file];
        expect(await programs.sagas(...args, `${at}`).ended).toBe('SIGKILL');
        const second = programs.sagas(...args, 'never');
        const isThere = async (it: string): Promise<boolean> =>
          (await orchestrator.inspect(sagaOf(it))) !== undefined;
        const parked = host === undefined ? [] : await allStarted(host, messages, isThere);
        second.kill();
        await second.ended;
        await expectStarted(db, messages, parked);
        countSchedule(context, ['saga', at]);
      },
    );
  });

  /** Hosts that no other test has used: nothing that was not acknowledged there comes here. */
  async function nextHosts(count: number): Promise<RabbitHost[]> {
    const names = Array.from({ length: count }, (_, index) => `lane-${taken + index}`);
    taken += count;
    const opened = await Promise.all(names.map((name) => openHost(rabbitmq.port, name)));
    hosts.push(...opened);
    return opened;
  }
});

let taken = 0;

function hostAt(hosts: readonly RabbitHost[], lane: number): RabbitHost {
  const host = hosts[lane];
  if (host === undefined) throw new Error('Each lane has a host.');
  return host;
}

/** As Nest's clients send an event. */
function packed(message: string): string {
  return message === poison ? poison : JSON.stringify({ pattern: 'order.placed', data: JSON.parse(message) });
}

function unpacked(message: string): string {
  return message === poison ? poison : JSON.stringify(JSON.parse(message).data);
}

/** Waits until each message has its saga or is parked; gives those that are parked. */
async function allStarted(
  host: RabbitHost,
  messages: readonly string[],
  isThere: (message: string) => Promise<boolean>,
): Promise<string[]> {
  const parked = new Set<string>();
  for (let waited = 0; waited < 1_500; waited += 1) {
    for (const it of await host.takeDead(sagaQueue)) parked.add(it);
    const isDone = async (it: string): Promise<boolean> =>
      parked.has(it) || (!unreadable.includes(it) && (await isThere(it)));
    if ((await Promise.all(messages.map(isDone))).every(Boolean)) break;
    await sleep(20);
  }
  return [...parked];
}
