// Sagas and the shop that they call in one SQLite database, for the tests of what starts sagas and for its processes.
import type { DatabaseSync } from 'node:sqlite';

import { OrderSagaOrchestrator, OrderSagaRejection, orderSagaSteps } from '../../snippets/saga.ts';
import type { OrderSagaCall } from '../../snippets/saga.ts';
import { sqliteOrderSagaStore } from '../../snippets/saga-store-sqlite.ts';
import { Shop } from './shop.ts';
import type { Deed } from './shop.ts';

/** Sagas in a database beside the shop that they call; `around` is what befalls the storing of a new one. */
export function sagasIn(db: DatabaseSync, around: (create: () => Promise<void>) => Promise<void>) {
  const shop = new Shop(db);
  const store = sqliteOrderSagaStore(db);
  const remote = (deed: Deed) => async (call: OrderSagaCall) => {
    const answer = shop.act(deed, call);
    if (answer !== 'ok') throw new OrderSagaRejection(answer);
  };
  const orchestrator = new OrderSagaOrchestrator({
    store: { ...store, create: (saga) => around(() => store.create(saga)) },
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
  return { orchestrator, store };
}
