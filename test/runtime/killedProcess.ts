// One process of the saga, for the tests that kill it. It runs in file databases and kills itself for real at the
// given moment: each write of the saga and each remote call has one moment before and one after it.
// Arguments: the databases, one after the other, separated by commas; what is declined ('-' for nothing); the
// moment ('never'); hours on the clock; the address of a PostgreSQL that keeps the sagas (without it SQLite does).
import { DatabaseSync } from 'node:sqlite';

import { OrderSagaOrchestrator, OrderSagaRejection, orderSagaSteps } from '../../snippets/saga.ts';
import type { OrderSagaCall, OrderSagaStore } from '../../snippets/saga.ts';
import { postgresOrderSagaStore } from '../../snippets/saga-store-postgres.ts';
import { sqliteOrderSagaStore } from '../../snippets/saga-store-sqlite.ts';
import { Shop } from './shop.ts';
import type { Deed } from './shop.ts';

const [files = '', declined, moment, hours, address] = process.argv.slice(2);
let passed = 0;

for (const file of files.split(',')) await runSaga(new DatabaseSync(file, { timeout: 5_000 }));

async function runSaga(db: DatabaseSync): Promise<void> {
  // A process that is killed has given its writes to the system already; only a power failure would lose them.
  db.exec('pragma synchronous = off');
  const shop = new Shop(db);
  // Without PostgreSQL the process starts quicker without its driver.
  const pool =
    address === undefined ? undefined : new (await import('pg')).Pool({ connectionString: address });
  const store = pool
    ? postgresOrderSagaStore(pool)
    : sqliteOrderSagaStore(db, () => Date.now() + Number(hours) * 3_600_000);
  const orchestrator = new OrderSagaOrchestrator({
    store: mortal(store),
    steps: orderSagaSteps({
      reserveStock: remote(shop, 'reserve'),
      releaseStock: remote(shop, 'release'),
      chargeCard: remote(shop, 'charge'),
      refundCard: remote(shop, 'refund'),
      confirmOrder: remote(shop, 'confirm'),
    }),
    alert: async () => undefined,
    log: () => undefined,
    limits: { backoffMs: 1, maxBackoffMs: 10 },
  });
  await orchestrator.resumeAll();
  await orchestrator.start('saga-1', 'request-1', { orderId: 'order-1', amountInCents: 4_200 });
  await pool?.end();
  db.close();
}

function mortal(store: OrderSagaStore): OrderSagaStore {
  return {
    create: (saga) => between(() => store.create(saga)),
    claim: (id, what, leaseMs) => between(() => store.claim(id, what, leaseMs)),
    save: (saga, leaseMs) => between(() => store.save(saga, leaseMs)),
    unfinished: () => store.unfinished(),
    find: (id) => store.find(id),
    withStatus: (status) => store.withStatus(status),
  };
}

function remote(shop: Shop, deed: Deed): (call: OrderSagaCall) => Promise<void> {
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
