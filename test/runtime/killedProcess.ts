// One process of the saga, for kill.test.ts. It runs in a file database and kills itself for real at the
// given moment: each write of the saga and each remote call has one moment before and one after it.
// Arguments: database, what is declined ('-' for nothing), the moment ('never'), hours on the clock, and
// the port of a PostgreSQL that keeps the saga; without it SQLite does.
import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';

import type { Pool } from 'pg';

import {
  OrderSagaOrchestrator,
  OrderSagaRejection,
  orderSagaSteps,
  sqliteOrderSagaStore,
} from '../../snippets/saga.ts';
import type { OrderSagaCall } from '../../snippets/saga.ts';
import { postgresOrderSagaStore } from '../../snippets/saga-store-postgres.ts';
import { Shop } from './shop.ts';
import type { Deed } from './shop.ts';

const [file = '', declined, moment, hours, port] = process.argv.slice(2);
const db = new DatabaseSync(file, { timeout: 5_000 });
const shop = new Shop(db);
let passed = 0;

const pool = port === undefined ? undefined : connect(port);
const store = pool
  ? postgresOrderSagaStore(pool)
  : sqliteOrderSagaStore(db, () => Date.now() + Number(hours) * 3_600_000);
const orchestrator = new OrderSagaOrchestrator({
  store: {
    create: (saga) => between(() => store.create(saga)),
    claim: (id, leaseMs) => between(() => store.claim(id, leaseMs)),
    save: (saga, leaseMs) => between(() => store.save(saga, leaseMs)),
    unfinished: () => store.unfinished(),
    find: (id) => store.find(id),
    withStatus: (status) => store.withStatus(status),
  },
  steps: orderSagaSteps({
    reserveStock: remote('reserve'),
    releaseStock: remote('release'),
    chargeCard: remote('charge'),
    refundCard: remote('refund'),
    confirmOrder: remote('confirm'),
  }),
  alert: async () => undefined,
  log: () => undefined,
  limits: { backoffMs: 1, maxBackoffMs: 10 },
});
await orchestrator.resumeAll();
await orchestrator.start('saga-1', 'request-1', { orderId: 'order-1', amountInCents: 4_200 });
await pool?.end();

function connect(to: string): Pool {
  const require = createRequire(new URL('../fixture/package.json', import.meta.url));
  const pg: { Pool: typeof Pool } = require('pg');
  return new pg.Pool({ connectionString: `postgres://saga@127.0.0.1:${to}/postgres` });
}

function remote(deed: Deed): (call: OrderSagaCall) => Promise<void> {
  return (call) =>
    between(async () => {
      const answer = deed === declined ? shop.decline(call.key) : shop.act(deed, call);
      if (answer !== 'ok') throw new OrderSagaRejection(answer);
    });
}

async function between<T>(work: () => Promise<T>): Promise<T> {
  pass();
  try {
    return await work();
  } finally {
    pass();
  }
}

function pass(): void {
  if (String(passed) === moment) process.kill(process.pid, 'SIGKILL');
  passed += 1;
}
