// One process of the saga, for kill.test.ts. It runs in a file database and kills itself for real at the
// given moment: each write of the saga and each remote call has one moment before and one after it.
// Arguments: database, what is declined ('-' for nothing), the moment ('never'), hours on the clock.
import { DatabaseSync } from 'node:sqlite';

import {
  OrderSagaOrchestrator,
  OrderSagaRejection,
  orderSagaSteps,
  sqliteOrderSagaStore,
} from '../../snippets/saga.ts';
import type { OrderSagaCall } from '../../snippets/saga.ts';
import { Shop } from './shop.ts';
import type { Deed } from './shop.ts';

const [file = '', declined, moment, hours] = process.argv.slice(2);
const db = new DatabaseSync(file, { timeout: 5_000 });
const shop = new Shop(db);
let passed = 0;

const store = sqliteOrderSagaStore(db, () => Date.now() + Number(hours) * 3_600_000);
const orchestrator = new OrderSagaOrchestrator({
  store: {
    create: (saga) => between(() => store.create(saga)),
    claim: (id, leaseMs) => between(() => store.claim(id, leaseMs)),
    save: (saga, leaseMs) => between(() => store.save(saga, leaseMs)),
    unfinished: () => store.unfinished(),
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
});
await orchestrator.resumeAll();
await orchestrator.start('saga-1', 'request-1', { orderId: 'order-1', amountInCents: 4_200 });

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
