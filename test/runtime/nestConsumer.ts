// The NestJS consumer as an application on RabbitMQ.
import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { Pool } from 'pg';

import { declareDeadLetters, OrderPlacedConsumer, orderPlacedQueue } from '../../snippets/consumer-nestjs.ts';

// What the TypeScript compiler writes for a decorated class, and neither vitest nor esbuild does.
Reflect.defineMetadata('design:paramtypes', [Pool], OrderPlacedConsumer);

/** Starts it; it runs until it is closed. */
export async function startNestConsumer(url: string, pool: Pool): Promise<{ close(): Promise<void> }> {
  await declareDeadLetters(url);
  const module = {
    module: class Orders {},
    controllers: [OrderPlacedConsumer],
    providers: [{ provide: Pool, useValue: pool }],
  };
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    transport: Transport.RMQ,
    options: { urls: [url], ...orderPlacedQueue },
    logger: false,
  });
  await app.listen();
  return app;
}
