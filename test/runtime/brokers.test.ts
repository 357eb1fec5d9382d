// The consumers against real brokers, RabbitMQ and Redis: messages come twice and out of sequence, database
// connections die, consumers are killed, and some messages can't be read at all. In the end each order
// counts once or lies in the dead letters. No registry here has a broker that speaks Kafka's or SQS's
// protocol, so those two handlers run under the same faults without one.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as amqplib from '../../snippets/consumer-amqplib.ts';
import * as bullmq from '../../snippets/consumer-bullmq.ts';
import { handleOrderPlacedMessage } from '../../snippets/consumer-kafkajs.ts';
import { orderPlacedHandler } from '../../snippets/consumer-sqs.ts';
import type { OrderPlaced } from '../../snippets/domain-event.ts';
import { openBooks, poison } from './books.ts';
import type { Books } from './books.ts';
import { bundled } from './bundle.ts';
import { countSchedule } from './faults.ts';
import { missing, startRabbitmq, startRedis } from './services.ts';
import type { Service } from './services.ts';

const program = await bundled('consumerProcess.ts');
const queue = 'revenue.order-placed';
let books: Books;

describe.skipIf(missing('initdb', 'postgres') !== '')('Consumers', () => {
  beforeAll(async () => {
    books = await openBooks();
  });
  afterAll(() => books?.close());

  describe('without a broker', () => {
    test(
      'kafkajs: each order counts once or is parked, under 10 schedules',
      { timeout: 60_000 },
      async (context) => {
        await books.underSchedules(context, 10, async ({ messages, flaky }) => {
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

    test(
      'SQS: each order counts once or is parked, under 30 schedules',
      { timeout: 300_000 },
      async (context) => {
        await books.underSchedules(context, 30, async ({ messages, flaky }) => {
          const handle = orderPlacedHandler(flaky, () => undefined);
          let waiting = messages.map((body, index) => ({ ...sqsRecord, body, messageId: `${index}` }));
          for (let receives = 0; receives < 5; receives += 1) {
            const { batchItemFailures } = await handle({ Records: waiting });
            const failed = new Set(batchItemFailures.map((it) => it.itemIdentifier));
            waiting = waiting.filter((it) => failed.has(it.messageId));
          }
          return waiting.map(({ body }) => body);
        });
      },
    );
  });

  describe.skipIf(missing('rabbitmq', 'epmd') !== '')('on RabbitMQ', () => {
    let rabbitmq: Service;
    let connection: ChannelModel;
    let channel: Channel;

    beforeAll(async () => {
      rabbitmq = await startRabbitmq();
      connection = await connect(`amqp://127.0.0.1:${rabbitmq.port}`);
      channel = await connection.createChannel();
    }, 180_000);
    afterAll(async () => {
      await connection?.close();
      await rabbitmq?.stop();
    });

    test('each order counts once or is parked, under 15 schedules', { timeout: 300_000 }, async (context) => {
      await books.underSchedules(context, 15, async ({ messages, flaky }) => {
        const consumer = await connection.createChannel();
        await amqplib.consumeOrderPlaced(consumer, flaky, () => undefined);
        await publish(messages);
        const dead = await books.settled(messages, takeDead);
        await consumer.close();
        await books.atRest();
        await channel.purgeQueue(queue);
        return dead;
      });
    });

    test.for([0, 3, 4, 5, 6, 7])(
      'a consumer is killed at moment %i',
      { timeout: 120_000 },
      async (at, context) => {
        const messages = await books.fresh();
        const first = consumerProcess('rabbitmq', rabbitmq.port, at);
        await sleep(50);
        await publish(messages);
        expect(await first.ended).toBe('SIGKILL');
        const second = consumerProcess('rabbitmq', rabbitmq.port, 'never');
        const dead = await books.settled(messages, takeDead);
        second.kill();
        await second.ended;
        await books.expectBalance(messages, dead);
        countSchedule(context);
      },
    );

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

    test('each order counts once or is parked, under 10 schedules', { timeout: 300_000 }, async (context) => {
      await books.underSchedules(context, 10, async ({ messages, flaky }) => {
        const worker = bullmq.consumeOrderPlaced(connectionTo(redis), flaky, () => undefined);
        await enqueue(messages);
        const parked = await books.settled(readable(messages), takeDead);
        await worker.close();
        return [...parked, ...messages.filter((it) => it === poison)];
      });
    });

    test.for([
      [0, 1],
      [3, 1],
      [5, 1],
      [7, 1],
      [3, 2],
    ] as const)(
      'a worker is killed at moment %i, %i times in a row',
      { timeout: 120_000 },
      async ([at, times], context) => {
        const messages = await books.fresh();
        await enqueue(messages);
        for (let killed = 0; killed < times; killed += 1) {
          expect(await consumerProcess('redis', redis.port, at).ended).toBe('SIGKILL');
          await letStall();
        }
        const last = consumerProcess('redis', redis.port, 'never');
        const parked = await books.settled(readable(messages), takeDead);
        last.kill();
        await last.ended;
        await books.expectBalance(readable(messages), parked);
        countSchedule(context);
      },
    );

    /** BullMQ takes a job for stalled 30 s after its worker ended: the test lets that time pass at once. */
    async function letStall(): Promise<void> {
      for (const { id } of await jobs.getActive()) {
        tellRedis(redis, 'del', `bull:order-placed:${id}:lock`, 'bull:order-placed:stalled-check');
        tellRedis(redis, 'sadd', 'bull:order-placed:stalled', `${id}`);
      }
    }

    async function enqueue(messages: readonly string[]): Promise<void> {
      await jobs.obliterate({ force: true });
      await dead.obliterate({ force: true });
      for (const it of readable(messages)) {
        await bullmq.enqueueOrderPlaced(jobs, JSON.parse(it));
      }
    }

    async function takeDead(): Promise<string[]> {
      return (await dead.getJobs()).map((it) => JSON.stringify(it.data));
    }
  });
});

/** BullMQ itself turns jobs into JSON and back, so that none is unreadable. */
function readable(messages: readonly string[]): string[] {
  return messages.filter((it) => it !== poison);
}

interface ConsumerProcess {
  readonly ended: Promise<unknown>;
  kill(): void;
}

function consumerProcess(broker: string, port: number, moment: number | 'never'): ConsumerProcess {
  const args = ['--no-warnings', program, broker, `${port}`, `${books.port}`, `${moment}`];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => signal ?? code);
  return { ended, kill: () => void child.kill('SIGKILL') };
}

function connectionTo({ port }: Service): { host: string; port: number } {
  return { host: '127.0.0.1', port };
}

function tellRedis({ port }: Service, ...command: string[]): void {
  execFileSync('redis-cli', ['-p', `${port}`, ...command], { stdio: 'ignore' });
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
