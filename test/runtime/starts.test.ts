// What starts sagas, while messages come twice and shuffled, the store fails, and some can't be read at all: each
// order gets one saga, and what nobody can read is parked. A stand-in delivers until it hears that the message is
// done with; rabbitmq.test.ts and redis.test.ts have real brokers.
import { assert, asyncProperty } from 'fast-check';
import type { Consumer, EachMessageHandler } from 'kafkajs';
import { test } from 'vitest';

import { startOrderSagas } from '../../snippets/saga-start-kafkajs.ts';
import { orderSagaStarter } from '../../snippets/saga-start-sqs.ts';
import { countSchedule, seed } from './faults.ts';
import { expectOneSagaEach, startSchedules } from './startedSagas.ts';
import type { Deliver } from './startedSagas.ts';

const overKafka: Deliver = async (orchestrator, messages) => {
  const parked: string[] = [];
  let handle: EachMessageHandler | undefined;
  const consumer: Pick<Consumer, 'subscribe' | 'run'> = {
    subscribe: async () => undefined,
    run: async (config) => void (handle = config?.eachMessage),
  };
  const send = async (record: { messages: { value: unknown }[] }): Promise<never[]> => {
    parked.push(...record.messages.map(({ value }) => String(value)));
    return [];
  };
  await startOrderSagas({ consumer, producer: { send } }, orchestrator, () => undefined);
  for (const value of messages) await untilDone(async () => handle?.(kafkaPayload(value)));
  return parked;
};

const overSqs: Deliver = async (orchestrator, messages) => {
  const handle = orderSagaStarter(orchestrator, () => undefined);
  let waiting = messages.map((body, index) => ({ ...sqsRecord, body, messageId: `${index}` }));
  for (let receives = 0; receives < 5; receives += 1) {
    const { batchItemFailures } = await handle({ Records: waiting });
    const failed = new Set(batchItemFailures.map((it) => it.itemIdentifier));
    waiting = waiting.filter((it) => failed.has(it.messageId));
  }
  return waiting.map(({ body }) => body);
};

test.for([
  ['kafkajs', overKafka],
  ['SQS', overSqs],
] as const)(
  '%s: each order gets one saga under 100 schedules',
  { timeout: 300_000 },
  async ([, deliver], context) => {
    const balances = asyncProperty(startSchedules, async (schedule) => {
      await expectOneSagaEach(schedule, deliver);
      countSchedule(context, schedule);
    });
    await assert(balances, { seed, numRuns: 100 });
  },
);

/** A broker delivers again what was not acknowledged; a message that never is would stop the partition. */
async function untilDone(handle: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const isDone = await handle().then(
      () => true,
      () => false,
    );
    if (isDone) return;
  }
  throw new Error('a message stops its partition');
}

function kafkaPayload(value: string): Parameters<EachMessageHandler>[0] {
  const record = { key: null, headers: {}, timestamp: '', attributes: 0, offset: '0' };
  return {
    topic: 'order.placed',
    partition: 0,
    message: { ...record, value: Buffer.from(value) },
    heartbeat: async () => undefined,
    pause: () => () => undefined,
  };
}

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
