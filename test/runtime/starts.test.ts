// What starts sagas, while messages come twice and shuffled, the store fails, and some can't be read at all: each
// order gets one saga, and what nobody can read is parked. No registry here has a broker that speaks Kafka's or
// SQS's protocol, so that a stand-in delivers until it hears that the message is done with.
import { DatabaseSync } from 'node:sqlite';

import { array, assert, asyncProperty, constantFrom, shuffledSubarray } from 'fast-check';
import type { Consumer, EachMessageHandler } from 'kafkajs';
import { expect, test } from 'vitest';

import { orderPlaced } from '../../snippets/domain-event.ts';
import { OrderSagaOrchestrator, OrderSagaRejection, orderSagaSteps } from '../../snippets/saga.ts';
import type { OrderSagaCall } from '../../snippets/saga.ts';
import { startOrderSagas } from '../../snippets/saga-start-kafkajs.ts';
import { orderSagaStarter } from '../../snippets/saga-start-sqs.ts';
import { sqliteOrderSagaStore } from '../../snippets/saga-store-sqlite.ts';
import { countSchedule, seed } from './faults.ts';
import { imbalances, Shop } from './shop.ts';
import type { Deed } from './shop.ts';

const unreadable = ['not JSON', 'null', '{}'];

/** Delivers the messages until each is done with; gives what was parked. */
type Deliver = (orchestrator: OrderSagaOrchestrator, messages: readonly string[]) => Promise<string[]>;

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
    const balances = asyncProperty(sequences, storeFaults, async (sequence, faults) => {
      const shop = new DatabaseSync(':memory:');
      const { orchestrator, ordersOf } = sagas(shop, [...faults]);
      const messages = sequence.map((at) => deliveries[at] ?? '');
      const parked = await deliver(orchestrator, messages);
      await orchestrator.resumeAll();
      const readable = messages.filter((it) => !unreadable.includes(it));
      expect(new Set(parked)).toEqual(new Set(messages.filter((it) => unreadable.includes(it))));
      expect(await ordersOf('completed')).toEqual([...new Set(readable.map(idOf))].sort());
      expect(imbalances(shop)).toEqual([]);
      countSchedule(context);
    });
    await assert(balances, { seed, numRuns: 100 });
  },
);

const deliveries = [
  ...[0, 1, 2].map((index) =>
    JSON.stringify(
      orderPlaced({ orderId: `${index}`, amountInCents: 100 }, { correlationId: `request-${index}` }),
    ),
  ),
  ...unreadable,
];
const sequences = shuffledSubarray([0, 1, 2, 0, 1, 2, 3, 4, 5], { minLength: 4 });
// Fewer than the deliveries that a queue allows, so that only what can't be read is parked.
const storeFaults = array(constantFrom('ok', 'ok', 'fails', 'is-lost'), { maxLength: 4 });

function sagas(shopDb: DatabaseSync, faults: string[]) {
  const shop = new Shop(shopDb);
  const store = sqliteOrderSagaStore(new DatabaseSync(':memory:'));
  const remote = (deed: Deed) => async (call: OrderSagaCall) => {
    const answer = shop.act(deed, call);
    if (answer !== 'ok') throw new OrderSagaRejection(answer);
  };
  const orchestrator = new OrderSagaOrchestrator({
    store: {
      ...store,
      async create(saga) {
        const fault = faults.shift() ?? 'ok';
        if (fault === 'fails') throw new Error('the store failed');
        await store.create(saga);
        if (fault === 'is-lost') throw new Error('the answer of the store is lost');
      },
    },
    steps: orderSagaSteps({
      reserveStock: remote('reserve'),
      releaseStock: remote('release'),
      chargeCard: remote('charge'),
      refundCard: remote('refund'),
      confirmOrder: remote('confirm'),
    }),
    alert: async () => undefined,
    log: () => undefined,
  });
  const ordersOf = async (status: 'completed'): Promise<string[]> => (await store.withStatus(status)).sort();
  return { orchestrator, ordersOf };
}

function idOf(message: string): string {
  return `order-${JSON.parse(message).data.orderId}`;
}

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
