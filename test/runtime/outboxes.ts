// The outboxes of the snippets for PostgreSQL, each as the tests use it: over a line that may be cut.
import { readFile } from 'node:fs/promises';

import { DataSource } from 'typeorm';

import type { OrderPlaced } from '../../snippets/domain-event.ts';
import * as plain from '../../snippets/outbox-postgres.ts';
import * as prisma from '../../snippets/outbox-prisma.ts';
import * as typeorm from '../../snippets/outbox-typeorm.ts';
import { poolOn } from './databases.ts';
import { openPrisma } from './prismaClient.mjs';

/** An outbox, and the orders saved with its events. */
export interface Outbox {
  save(event: OrderPlaced): Promise<void>;
  relay(publish: plain.Publish): Promise<number>;
  /** The tables, once and without faults. */
  readonly tables: string;
  /** Names of the tables of orders and of the outbox, and of the columns with the amount and the time. */
  readonly orders: string;
  readonly rows: string;
  readonly amount: string;
  readonly publishedAt: string;
  close(): Promise<void>;
}

export async function plainOutbox(url: string): Promise<Outbox> {
  const pool = poolOn(url);
  return {
    save: (event) => plain.saveOrderPlaced(pool, event),
    relay: (publish) => plain.relayOutbox(pool, publish),
    tables: `${plain.outboxTable}; create table order_records (id text primary key, amount_in_cents integer not null)`,
    orders: 'order_records',
    rows: 'outbox',
    amount: 'amount_in_cents',
    publishedAt: 'published_at',
    close: () => pool.end(),
  };
}

export async function typeormOutbox(url: string): Promise<Outbox> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [typeorm.orderRecords, typeorm.outboxRows],
    // A pool without a listener ends the process when one of its connections does.
    poolErrorHandler: () => undefined,
  });
  await source.initialize();
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  return {
    save: (event) => typeorm.saveOrderPlaced(source, event),
    relay: (publish) => typeorm.relayOutbox(source, publish),
    tables: upQueries.map(({ query }) => query).join('; '),
    orders: 'order_records',
    rows: 'outbox',
    amount: '"amountInCents"',
    publishedAt: '"publishedAt"',
    close: () => source.destroy(),
  };
}

export async function prismaOutbox(url: string): Promise<Outbox> {
  const client = await openPrisma(await modelsInSnippet(), url);
  return {
    save: (event) => prisma.saveOrderPlaced(client, event),
    relay: (publish) => prisma.relayOutbox(client, publish),
    tables: `create table "OrderRecord" (id text primary key, "amountInCents" integer not null);
      create table "OutboxMessage" (position serial primary key, "eventId" text not null unique, topic text not null,
        payload text not null, "publishedAt" timestamp(3))`,
    orders: '"OrderRecord"',
    rows: '"OutboxMessage"',
    amount: '"amountInCents"',
    publishedAt: '"publishedAt"',
    close: () => client.$disconnect(),
  };
}

/** The comment of the snippet that gives the models, with each field on a line of its own. */
async function modelsInSnippet(): Promise<string> {
  const text = await readFile(new URL('../../snippets/outbox-prisma.ts', import.meta.url), 'utf8');
  const comment = [...text.matchAll(/^\/\/ (model .*|  .*)$/gm)].map(([, line]) => line).join('\n');
  return comment
    .replace(/ *\{ */g, ' {\n')
    .replace(/ *\}/g, '\n}')
    .replace(/ {2,}/g, '\n');
}
