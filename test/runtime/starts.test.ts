// What starts sagas, while messages come twice and shuffled, the store fails, and some can't be read at all: each
// order gets one saga, and what nobody can read is parked. A stand-in delivers until it hears that the message is
// done with; rabbitmq.test.ts and redis.test.ts have real brokers.
import { assert, asyncProperty } from 'fast-check';
import type { Consumer, EachMessageHandler } from 'kafkajs';
import { test } from 'vitest';

import { startOrderSagas } from '../../snippets/saga-start-kafkajs.ts';
import { orderSagaStarter } from '../../snippets/saga-start-sqs.ts';
import { kafkaMessage, overSqs, untilDone } from './deliveries.ts';
import { countSchedule, seed } from './faults.ts';
import { expectOneSagaEach, startSchedules } from './startedSagas.ts';
import type { Deliver } from './startedSagas.ts';

const throughKafka: Deliver = async (orchestrator, messages) => {
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

const throughSqs: Deliver = async (orchestrator, messages) =>
  overSqs(
    orderSagaStarter(orchestrator, () => undefined),
    messages,
  );

test.for([
  ['kafkajs', throughKafka],
  ['SQS', throughSqs],
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

function kafkaPayload(value: string): Parameters<EachMessageHandler>[0] {
  return {
    topic: 'order.placed',
    partition: 0,
    message: kafkaMessage(value),
    heartbeat: async () => undefined,
    pause: () => () => undefined,
  };
}
