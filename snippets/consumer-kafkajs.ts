// snippet: consumer-kafkajs
// description: Idempotent kafkajs consumer with limited retries and a dead-letter topic
// after: domain-event, inbox-postgres
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: revenue
// choice 4: 5 | 3 | 10
import type { OrderPlaced } from './domain-event.ts';
import { once } from './inbox-postgres.ts';
// region body
import { setTimeout as sleep } from 'node:timers/promises';

import type { Consumer, EachMessagePayload, Producer } from 'kafkajs';
import type { Pool } from 'pg';

const attempts = 5;

/** Starts the consumer. Kafka keeps the sequence of each key, so a message is parked rather than passed over. */
export async function consumeOrderPlaced(consumer: Consumer, producer: Producer, pool: Pool): Promise<void> {
  await consumer.subscribe({ topic: 'order.placed', fromBeginning: true });
  await consumer.run({ eachMessage: (payload) => handleOrderPlacedMessage(payload, producer, pool) });
}

/** Handles one delivery. The offset is committed only after it has returned. */
export async function handleOrderPlacedMessage(
  { message, heartbeat }: Pick<EachMessagePayload, 'message' | 'heartbeat'>,
  producer: Pick<Producer, 'send'>,
  pool: Pool,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const event: OrderPlaced = JSON.parse(String(message.value));
      await once(pool, { consumer: 'revenue', eventId: event.eventId }, async (client) => {
        const update = 'update revenue set total_in_cents = total_in_cents + $1';
        await client.query(update, [event.data.amountInCents]);
      });
      return;
    } catch (error) {
      if (attempt === attempts) return park(message, producer, error);
      await sleep(Math.random() * Math.min(5_000, 100 * 2 ** attempt));
      await heartbeat();
    }
  }
}

/** If this fails too, it throws: kafkajs delivers the message again. */
async function park(
  { key, value, headers }: EachMessagePayload['message'],
  producer: Pick<Producer, 'send'>,
  error: unknown,
): Promise<void> {
  const parked = { key, value, headers: { ...headers, 'x-error': String(error) } };
  await producer.send({ topic: 'order.placed.dead', messages: [parked] });
}
// endregion body
