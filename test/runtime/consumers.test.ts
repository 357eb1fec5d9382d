// The consumers of Kafka and SQS without a broker: no registry that the tests use has one that speaks their
// protocols, so a stand-in delivers. Messages come twice and out of sequence, database connections die, and some
// messages can't be read at all. In the end each order counts once or lies in the dead letters.
import type * as timers from 'node:timers/promises';

import { afterAll, beforeAll, describe, test, vi } from 'vitest';

import { handleOrderPlacedMessage } from '../../snippets/consumer-kafkajs.ts';
import { orderPlacedHandler } from '../../snippets/consumer-sqs.ts';
import { openShelf, underSchedules } from './books.ts';
import type { Databases } from './databases.ts';
import { kafkaMessage, overSqs } from './deliveries.ts';
import { missing } from './services.ts';

// A consumer that backs off waits a tenth of the time here.
vi.mock('node:timers/promises', async (original) => {
  const real = await original<typeof timers>();
  const setTimeout = (ms: number, ...rest: [unknown?, object?]): Promise<unknown> =>
    real.setTimeout(ms / 10, ...rest);
  return { ...real, setTimeout };
});

describe.skipIf(missing('initdb', 'postgres') !== '')('Consumers without a broker', () => {
  let shelf: Databases;
  beforeAll(async () => {
    shelf = await openShelf();
  });
  afterAll(() => shelf?.close());

  test('kafkajs: under 40 schedules', { timeout: 300_000 }, async (context) => {
    await underSchedules(context, { shelf, numRuns: 40, lanes: 4 }, async ({ messages, flaky }) => {
      const dead: unknown[] = [];
      const send = async ({ messages: parked }: { messages: unknown[] }): Promise<never[]> => {
        dead.push(...parked);
        return [];
      };
      const heartbeat = async (): Promise<void> => undefined;
      const handle = (value: string): Promise<void> =>
        handleOrderPlacedMessage({ message: kafkaMessage(value), heartbeat }, { send }, flaky);
      await Promise.all(messages.map(handle));
      return dead.map((it) => String(Reflect.get(Object(it), 'value')));
    });
  });

  test('SQS: under 40 schedules', { timeout: 300_000 }, async (context) => {
    await underSchedules(context, { shelf, numRuns: 40, lanes: 4 }, async ({ messages, flaky }) => {
      const handle = orderPlacedHandler(flaky, () => undefined);
      return overSqs(handle, messages);
    });
  });
});
