import { type Channel, type ConsumeMessage } from 'amqplib';

const MAX_DELIVERIES = 5;

/** A queue whose rejected messages wait in a dead-letter queue that is watched. */
export function queueOf(name: string): {
  durable: true;
  deadLetterExchange: string;
  deadLetterRoutingKey: string;
} {
  return { durable: true, deadLetterExchange: 'travel.dead', deadLetterRoutingKey: name };
}

/** Delays and counts: after a few deliveries the message goes to the dead-letter queue. */
export function retryOrBury(channel: Channel, message: ConsumeMessage, error: unknown): void {
  const deaths = message.properties.headers?.['x-death']?.[0]?.count ?? 0;
  if (deaths >= MAX_DELIVERIES) {
    channel.publish('travel.dead', message.fields.routingKey, message.content, {
      ...message.properties,
      headers: { ...message.properties.headers, error: String(error) },
    });
    channel.ack(message);
    return;
  }
  channel.nack(message, false, false);
}
