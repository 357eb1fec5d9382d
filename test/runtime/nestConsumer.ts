// The NestJS consumer as an application on RabbitMQ.
import 'reflect-metadata';

import { Module } from '@nestjs/common';
import { Pool } from 'pg';

import { listenToOrders, OrderPlacedConsumer } from '../../snippets/consumer-nestjs.ts';

// What the TypeScript compiler writes for a decorated class, and neither vitest nor esbuild does.
Reflect.defineMetadata('design:paramtypes', [Pool], OrderPlacedConsumer);

/** Starts it; it runs until it is closed. */
export async function startNestConsumer(url: string, pool: Pool): Promise<{ close(): Promise<void> }> {
  class Orders {}
  Module({ controllers: [OrderPlacedConsumer], providers: [{ provide: Pool, useValue: pool }] })(Orders);
  return listenToOrders(Orders, url);
}
