// One consumer process, for brokers.test.ts. It kills itself for real at the given statement, before it or
// after it, and otherwise works until it is killed. Arguments: broker, its port, PostgreSQL's port, moment.
import { connect } from 'amqplib';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';

import * as amqplib from '../../snippets/consumer-amqplib.ts';
import * as bullmq from '../../snippets/consumer-bullmq.ts';

const [broker, port, database, moment] = process.argv.slice(2);
const real = new Pool({ connectionString: `postgres://saga@127.0.0.1:${database}/postgres` });
let passed = 0;
// The tests hold the other end of our input, so that no consumer outlives them.
process.stdin.resume().once('end', () => process.exit());

if (broker === 'rabbitmq') {
  const channel = await (await connect(`amqp://127.0.0.1:${port}`)).createChannel();
  await amqplib.consumeOrderPlaced(channel, mortal(real), () => undefined);
} else {
  bullmq.consumeOrderPlaced({ host: '127.0.0.1', port: Number(port) }, mortal(real), () => undefined);
}

function mortal(pool: Pool): Pool {
  return new Proxy(pool, {
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
