// One consumer process, for the tests that kill it. It kills itself for real at the given moment, before or after a
// write, and otherwise works until it is killed. Arguments: the address of its broker; the address of its database,
// or for what starts sagas the file of it; the moment. Which consumer it is, is settled when it is bundled: it starts
// in a fraction of the time without the others' packages.
import { DatabaseSync } from 'node:sqlite';

import type { Channel } from 'amqplib';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';

import { sagasIn } from './sagasIn.ts';

const [broker = '', database = '', moment] = process.argv.slice(2);
const nobody = { wake: (): void => undefined, report: (): void => undefined };
let passed = 0;
// The tests hold the other end of our input, so that no consumer outlives them.
process.stdin.resume().once('end', () => process.exit());

if (process.env.CONSUMER === 'amqplib') {
  const { consumeOrderPlaced } = await import('../../snippets/consumer-amqplib.ts');
  await consumeOrderPlaced(await channel(), mortalPool(), nobody.report);
}
if (process.env.CONSUMER === 'nestjs') {
  const { startNestConsumer } = await import('./nestConsumer.ts');
  await startNestConsumer(broker, mortalPool());
}
if (process.env.CONSUMER === 'bullmq') {
  const { consumeOrderPlaced } = await import('../../snippets/consumer-bullmq.ts');
  consumeOrderPlaced(redis(), mortalPool(), nobody.report);
}
if (process.env.CONSUMER === 'saga-amqplib') {
  const { startOrderSagas } = await import('../../snippets/saga-start-amqplib.ts');
  await startOrderSagas(await channel(), mortalSagas(), nobody);
}
if (process.env.CONSUMER === 'saga-bullmq') {
  const { startOrderSagas } = await import('../../snippets/saga-start-bullmq.ts');
  startOrderSagas(redis(), mortalSagas(), nobody);
}

async function channel(): Promise<Channel> {
  const { connect } = await import('amqplib');
  return (await connect(broker)).createChannel();
}

function redis(): { host: string; port: number; db: number } {
  const { hostname: host, port, pathname } = new URL(broker);
  return { host, port: Number(port), db: Number(pathname.slice(1)) };
}

function mortalSagas(): ReturnType<typeof sagasIn>['orchestrator'] {
  const db = new DatabaseSync(database, { timeout: 10_000 });
  return sagasIn(db, async (create) => {
    pass();
    await create();
    pass();
  }).orchestrator;
}

function mortalPool(): Pool {
  return new Proxy(new Pool({ connectionString: database }), {
    get: (target, name) =>
      name === 'connect'
        ? async () => mortalClient(await target.connect())
        : Reflect.get(target, name, target),
  });
}

function mortalClient(client: PoolClient): PoolClient {
  const query = async (sql: string, values: unknown[]): Promise<unknown> => {
    pass();
    const result = await client.query(sql, values);
    pass();
    return result;
  };
  return new Proxy(client, {
    get: (target, name) => {
      const value: unknown = name === 'query' ? query : Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function pass(): void {
  if (String(passed) === moment) process.kill(process.pid, 'SIGKILL');
  passed += 1;
}
