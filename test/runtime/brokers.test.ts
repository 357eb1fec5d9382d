// The consumers against real brokers, RabbitMQ and Redis: messages come twice and out of sequence, database
// connections die, consumers are killed, and some messages can't be read at all. In the end each order
// counts once or lies in the dead letters. No registry here has a broker that speaks Kafka's or SQS's
// protocol, so those two handlers run under the same faults without one.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';
import { Queue } from 'bullmq';
import { array, assert, asyncProperty, constantFrom, record, shuffledSubarray } from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as amqplib from '../../snippets/consumer-amqplib.ts';
import * as bullmq from '../../snippets/consumer-bullmq.ts';
import { handleOrderPlacedMessage } from '../../snippets/consumer-kafkajs.ts';
import { orderPlacedHandler } from '../../snippets/consumer-sqs.ts';
import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { inboxTable } from '../../snippets/inbox-postgres.ts';
import { seed } from './faults.ts';
import { faultyPool } from './faultyPool.ts';
import type { ConnectionFault } from './faultyPool.ts';
import { missing, startPostgres, startRabbitmq, startRedis } from './services.ts';
import type { Service } from './services.ts';

const program = fileURLToPath(new URL('consumerProcess.ts', import.meta.url));
const hooks = new URL('fixturePackages.mjs', import.meta.url).href;
const queue = 'revenue.order-placed';
const poison = 'not JSON';
let database: Service;
let pool: Pool;

describe.skipIf(missing('initdb', 'postgres') !== '')('Consumers', () => {
  beforeAll(async () => {
    database = await startPostgres();
    pool = new Pool({ connectionString: `postgres://saga@127.0.0.1:${database.port}/postgres`, max: 20 });
    pool.on('error', () => undefined);
    while ((await pool.query('select 1').catch(() => null)) === null) await sleep(50);
    await pool.query(`${inboxTable}; create table revenue (total_in_cents integer not null)`);
    console.log(`SAGALINT_SEED=${seed}`);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  describe('without a broker', () => {
    test(
      'kafkajs: each order counts once or is parked, under 10 schedules',
      { timeout: 60_000 },
      async () => {
        await underSchedules(10, async ({ messages, flaky }) => {
          const dead: unknown[] = [];
          const send = async ({ messages: parked }: { messages: unknown[] }): Promise<never[]> => {
            dead.push(...parked);
            return [];
          };
          const heartbeat = async (): Promise<void> => undefined;
          const handle = (value: string): Promise<void> =>
            handleOrderPlacedMessage(
              { message: { ...kafkaRecord, value: Buffer.from(value) }, heartbeat },
              { send },
              flaky,
            );
          await Promise.all(messages.map(handle));
          return dead.map((it) => String(Reflect.get(Object(it), 'value')));
        });
      },
    );

    test('SQS: each order counts once or is parked, under 30 schedules', { timeout: 60_000 }, async () => {
      await underSchedules(30, async ({ messages, flaky }) => {
        const handle = orderPlacedHandler(flaky, () => undefined);
        let waiting = messages.map((body, index) => ({ ...sqsRecord, body, messageId: `${index}` }));
        for (let receives = 0; receives < 5; receives += 1) {
          const { batchItemFailures } = await handle({ Records: waiting });
          const failed = new Set(batchItemFailures.map((it) => it.itemIdentifier));
          waiting = waiting.filter((it) => failed.has(it.messageId));
        }
        return waiting.map(({ body }) => body);
      });
    });
  });

  describe.skipIf(missing('rabbitmq', 'epmd') !== '')('on RabbitMQ', () => {
    let rabbitmq: Service;
    let connection: ChannelModel;
    let channel: Channel;

    beforeAll(async () => {
      rabbitmq = await startRabbitmq();
      connection = await connect(`amqp://127.0.0.1:${rabbitmq.port}`);
      channel = await connection.createChannel();
    }, 90_000);
    afterAll(async () => {
      await connection?.close();
      await rabbitmq?.stop();
    });

    test('each order counts once or is parked, under 15 schedules', { timeout: 120_000 }, async () => {
      await underSchedules(15, async ({ messages, flaky }) => {
        const consumer = await connection.createChannel();
        await amqplib.consumeOrderPlaced(consumer, flaky, () => undefined);
        await publish(messages);
        const dead = await settled(messages, takeDead);
        await consumer.close();
        await atRest();
        await channel.purgeQueue(queue);
        return dead;
      });
    });

    test.each([0, 3, 4, 5, 6, 7])('a consumer is killed at moment %i', { timeout: 60_000 }, async (at) => {
      const messages = await fresh();
      const first = consumerProcess('rabbitmq', rabbitmq.port, at);
      await sleep(50);
      await publish(messages);
      expect(await first.ended).toBe('SIGKILL');
      const second = consumerProcess('rabbitmq', rabbitmq.port, 'never');
      const dead = await settled(messages, takeDead);
      second.kill();
      await second.ended;
      await expectBalance(messages, dead);
    });

    async function publish(messages: readonly string[]): Promise<void> {
      await channel.assertQueue(queue, quorum);
      for (const it of messages) channel.sendToQueue(queue, Buffer.from(it), { persistent: true });
    }

    async function takeDead(): Promise<string[]> {
      const dead: string[] = [];
      for (;;) {
        const message = await channel.get(`${queue}.dead`, { noAck: true });
        if (message === false) return dead;
        dead.push(message.content.toString());
      }
    }
  });

  describe.skipIf(missing('redis') !== '')('on Redis, with BullMQ', () => {
    let redis: Service;
    let jobs: Queue<OrderPlaced>;
    let dead: Queue<OrderPlaced>;

    beforeAll(async () => {
      redis = await startRedis();
      jobs = new Queue('order-placed', { connection: connectionTo(redis) });
      dead = new Queue('order-placed-dead', { connection: connectionTo(redis) });
    });
    afterAll(async () => {
      await jobs?.close();
      await dead?.close();
      await redis?.stop();
    });

    test('each order counts once or is parked, under 10 schedules', { timeout: 120_000 }, async () => {
      await underSchedules(10, async ({ messages, flaky }) => {
        const worker = bullmq.consumeOrderPlaced(connectionTo(redis), flaky, () => undefined);
        await enqueue(messages);
        const parked = await settled(messages, takeDead);
        await worker.close();
        return parked;
      });
    });

    test.each([0, 3, 5, 7])('a worker is killed at moment %i', { timeout: 60_000 }, async (at) => {
      const messages = await fresh();
      await enqueue(messages);
      expect(await consumerProcess('redis', redis.port, at).ended).toBe('SIGKILL');
      // BullMQ takes a job for stalled 30 s after its worker ended: the test lets that time pass at once.
      for (const { id } of await jobs.getActive()) {
        const keys = ['lock', 'stalled-check'].map(
          (it) => `bull:order-placed:${it === 'lock' ? `${id}:` : ''}${it}`,
        );
        tellRedis(redis, 'del', ...keys);
        tellRedis(redis, 'sadd', 'bull:order-placed:stalled', `${id}`);
      }
      const second = consumerProcess('redis', redis.port, 'never');
      const parked = await settled(messages, takeDead);
      second.kill();
      await second.ended;
      await expectBalance(messages, parked);
    });

    async function enqueue(messages: readonly string[]): Promise<void> {
      await jobs.obliterate({ force: true });
      await dead.obliterate({ force: true });
      for (const it of messages.filter((text) => text !== poison)) {
        await bullmq.enqueueOrderPlaced(jobs, JSON.parse(it));
      }
    }

    async function takeDead(): Promise<string[]> {
      return (await dead.getJobs()).map((it) => JSON.stringify(it.data));
    }
  });
});

interface Run {
  readonly messages: readonly string[];
  readonly flaky: Pool;
}

/** Runs a consumer over messages that come twice and shuffled. It gives what lies in the dead letters in the end. */
async function underSchedules(numRuns: number, consume: (run: Run) => Promise<string[]>): Promise<void> {
  const schedule = record({
    sequence: shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3, 4], { minLength: 5 }),
    faults: array(constantFrom<ConnectionFault>('ok', 'ok', 'ok', 'dies-before', 'dies-after'), {
      maxLength: 40,
    }),
  });
  const balances = asyncProperty(schedule, async ({ sequence, faults }) => {
    const all = await fresh();
    const messages = sequence.flatMap((at) => all.slice(at, at + 1));
    await expectBalance(messages, await consume({ messages, flaky: faultyPool(pool, [...faults]) }));
  });
  await assert(balances, { seed, numRuns });
}

/** Four orders and one message that nobody can read; the books are empty. */
async function fresh(): Promise<string[]> {
  await pool.query('truncate inbox, revenue; insert into revenue values (0)');
  const events = [0, 1, 2, 3].map((index) =>
    orderPlaced(
      { orderId: `order-${index}`, amountInCents: 10 ** index },
      { correlationId: `request-${index}` },
    ),
  );
  return [...events.map((it) => JSON.stringify(it)), poison];
}

async function handledIds(): Promise<Set<string>> {
  const { rows } = await pool.query<{ event_id: string }>('select event_id from inbox');
  return new Set(rows.map((it) => it.event_id));
}

async function expectBalance(messages: readonly string[], dead: readonly string[]): Promise<void> {
  const handled = await handledIds();
  const events = [...new Set(messages)]
    .filter((it) => it !== poison)
    .map((it): OrderPlaced => JSON.parse(it));
  const amounts = events.filter((it) => handled.has(it.eventId)).map((it) => it.data.amountInCents);
  const { rows } = await pool.query('select total_in_cents from revenue');
  expect(rows).toEqual([{ total_in_cents: amounts.reduce((total, it) => total + it, 0) }]);
  const parked = new Set(dead);
  for (const it of events) expect(handled.has(it.eventId) || parked.has(JSON.stringify(it))).toBe(true);
}

/** Waits until each message was handled or parked; gives the dead letters. */
async function settled(messages: readonly string[], takeDead: () => Promise<string[]>): Promise<string[]> {
  const dead = new Set<string>();
  for (let waited = 0; waited < 400; waited += 1) {
    for (const it of await takeDead()) dead.add(it);
    const handled = await handledIds();
    const isSettled = (it: string): boolean =>
      dead.has(it) || (it !== poison && handled.has(JSON.parse(it).eventId));
    if (messages.every(isSettled) || (messages.every((it) => it === poison || isSettled(it)) && waited > 40))
      break;
    await sleep(25);
  }
  return [...dead];
}

interface ConsumerProcess {
  readonly ended: Promise<unknown>;
  kill(): void;
}

function consumerProcess(broker: string, port: number, moment: number | 'never'): ConsumerProcess {
  const args = [
    '--no-warnings',
    '--import',
    hooks,
    program,
    broker,
    `${port}`,
    `${database.port}`,
    `${moment}`,
  ];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => signal ?? code);
  return { ended, kill: () => void child.kill('SIGKILL') };
}

function connectionTo({ port }: Service): { host: string; port: number } {
  return { host: '127.0.0.1', port };
}

function tellRedis({ port }: Service, ...command: string[]): void {
  execFileSync('redis-cli', ['-p', `${port}`, ...command], { stdio: 'ignore' });
}

/** No handler is at work any more. */
async function atRest(): Promise<void> {
  while (pool.idleCount < pool.totalCount) await sleep(5);
}

const quorum = {
  durable: true,
  deadLetterExchange: '',
  deadLetterRoutingKey: `${queue}.dead`,
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 },
};

const kafkaRecord = { key: null, headers: {}, timestamp: '', attributes: 0, offset: '0' };

const sqsRecord = {
  receiptHandle: '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: '',
};
