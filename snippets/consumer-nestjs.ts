// snippet: consumer-nestjs
// description: Idempotent NestJS consumer (RabbitMQ): acknowledged after the work, dead-lettered after failures
// after: domain-event, inbox-postgres
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: revenue
import type { OrderPlaced } from './domain-event.ts';
import { once } from './inbox-postgres.ts';
// region body
import { Controller } from '@nestjs/common';
import type { INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload, RmqContext, Transport } from '@nestjs/microservices';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { connect } from 'amqplib';
import { Pool } from 'pg';

const deadLetters = 'revenue-service.order-placed.dead';

/** Starts a service that takes orders: its module has the consumer below as a controller. */
export async function listenToOrders(module: Type, url: string): Promise<INestMicroservice> {
  await declareDeadLetters(url);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    transport: Transport.RMQ,
    // Nothing is acknowledged by itself, and what fails five times is parked.
    options: {
      urls: [url],
      queue: 'revenue-service.order-placed',
      noAck: false,
      prefetchCount: 10,
      queueOptions: {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-delivery-limit': 5,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': deadLetters,
        },
      },
    },
  });
  await app.listen();
  return app;
}

/** Nest declares its queue, but not the one to which dead letters go. */
async function declareDeadLetters(url: string): Promise<void> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    await channel.assertQueue(deadLetters, { durable: true });
  } finally {
    await connection.close();
  }
}

@Controller()
export class OrderPlacedConsumer {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  @EventPattern<string>('order.placed')
  async handle(@Payload() event: OrderPlaced, @Ctx() context: RmqContext): Promise<void> {
    const message = context.getMessage();
    try {
      await once(this.#pool, { consumer: 'revenue', eventId: event.eventId }, async (client) => {
        const update = 'update revenue set total_in_cents = total_in_cents + $1';
        await client.query(update, [event.data.amountInCents]);
      });
    } catch (error) {
      // The broker counts the deliveries: the last one goes to the dead letters.
      const deliveries = Number(message.properties.headers['x-delivery-count'] ?? 0);
      context.getChannelRef().nack(message, false, deliveries < 4);
      throw error;
    }
    context.getChannelRef().ack(message);
  }
}
// endregion body
