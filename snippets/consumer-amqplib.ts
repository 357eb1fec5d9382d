// snippet: consumer-amqplib
// description: Idempotent RabbitMQ consumer (amqplib): acknowledged after the work, limited deliveries, dead letters
// after: domain-event, inbox-postgres
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: revenue
// choice 4: 5 | 3 | 10
import type { OrderPlaced } from './domain-event.ts';
import { once } from './inbox-postgres.ts';
// region body
import type { Channel, ConsumeMessage } from 'amqplib';
import type { Pool } from 'pg';

const queue = 'revenue.order-placed';

/** Declares the queue, with a place for what can't be handled, and starts the consumer. */
export async function consumeOrderPlaced(
  channel: Channel,
  pool: Pool,
  report: (error: unknown) => void,
): Promise<void> {
  await channel.assertQueue(`${queue}.dead`, { durable: true });
  // A quorum queue counts the deliveries: at the limit the message goes to the dead letters.
  await channel.assertQueue(queue, {
    durable: true,
    deadLetterExchange: '',
    deadLetterRoutingKey: `${queue}.dead`,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 },
  });
  await channel.prefetch(10);
  // What is thrown here is a channel that closed meanwhile: the broker delivers the message again.
  const handle = (message: ConsumeMessage | null): Promise<void> =>
    handleOrderPlacedMessage(channel, pool, message, report).catch(report);
  await channel.consume(queue, handle, { noAck: false });
}

/** Handles one delivery: a failure gives it back to the broker, which delivers it again or parks it. */
async function handleOrderPlacedMessage(
  channel: Channel,
  pool: Pool,
  message: ConsumeMessage | null,
  report: (error: unknown) => void,
): Promise<void> {
  if (message === null) return report(new Error(`The broker has cancelled the consumer of ${queue}.`));
  try {
    const event: OrderPlaced = JSON.parse(message.content.toString());
    await once(pool, { consumer: 'revenue', eventId: event.eventId }, async (client) => {
      const update = 'update revenue set total_in_cents = total_in_cents + $1';
      await client.query(update, [event.data.amountInCents]);
    });
  } catch (error) {
    report(error);
    channel.nack(message, false, true);
    return;
  }
  channel.ack(message);
}
// endregion body
