// snippet: saga-test
// description: Test of a `saga` with node:test: all goes well, a step is rejected, the process dies, nobody can undo
// after: saga, saga-store-sqlite
// placeholder 1: Order
// placeholder 2: reserveStock
// placeholder 3: releaseStock
// placeholder 4: chargeCard
// placeholder 5: refundCard
import { OrderSagaOrchestrator, OrderSagaRejection, orderSagaSteps } from './saga.ts';
import type { OrderSaga, OrderSagaCall, OrderSagaServices } from './saga.ts';
import { sqliteOrderSagaStore } from './saga-store-sqlite.ts';
// region body
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';

/** Services that write down what they did, once per key, and fail where they are told to. */
class FakeServices {
  readonly effects = new Map<string, string>();
  fault: (name: string) => Error | undefined = () => undefined;
  readonly services: OrderSagaServices = {
    reserveStock: this.#remote('reserveStock'),
    releaseStock: this.#remote('releaseStock'),
    chargeCard: this.#remote('chargeCard'),
    refundCard: this.#remote('refundCard'),
    confirmOrder: this.#remote('confirmOrder'),
  };

  #remote(name: string): (call: OrderSagaCall) => Promise<void> {
    return async ({ key }) => {
      const error = this.fault(name);
      if (error !== undefined) throw error;
      this.effects.set(key, name);
    };
  }
}

/** One world: services, a store, and as many processes as there are orchestrators. */
function world() {
  const fake = new FakeServices();
  const alerts: string[] = [];
  let now = 0;
  let savesLeft = Infinity;
  const store = sqliteOrderSagaStore(new DatabaseSync(':memory:'), () => now);
  const save = async (saga: OrderSaga, leaseMs: number): Promise<boolean> => {
    if (savesLeft === 0) throw new Error('the process died');
    savesLeft -= 1;
    return store.save(saga, leaseMs);
  };
  const steps = orderSagaSteps(fake.services);
  const orchestrator = new OrderSagaOrchestrator({
    store: { ...store, save },
    steps,
    alert: async ({ id }) => void alerts.push(id),
    log: () => undefined,
    limits: { attempts: 2, backoffMs: 0, maxBackoffMs: 0 },
  });
  return {
    fake,
    alerts,
    steps,
    orchestrator,
    start: () => orchestrator.start('saga-1', 'request-1', { orderId: 'order-1', amountInCents: 4_200 }),
    dieAfter: (saves: number) => (savesLeft = saves),
    restart: () => ((savesLeft = Infinity), (now += 1_000_000)),
    status: async () => (await orchestrator.inspect('saga-1'))?.status,
    done: () => [...fake.effects.keys()],
  };
}

const { steps, fake } = world();
const keys = steps.map(({ name }) => `saga-1:${name}`);
const runs = Object.keys(fake.services);

describe('OrderSaga', () => {
  it('runs each step once, also when it is started twice', async () => {
    const { start, status, done } = world();
    await start();
    await start();
    assert.deepEqual(done(), keys);
    assert.equal(await status(), 'completed');
  });

  for (const [index, step] of steps.entries()) {
    it(`undoes what was started, last to first, when ${step.name} is rejected`, async () => {
      const { fake, start, status, done, alerts } = world();
      fake.fault = (name) => (name === nameOfRun(index) ? new OrderSagaRejection('no') : undefined);
      await start();
      const isPastPivot = steps.slice(0, index).some(({ compensate }) => compensate === null);
      const undone = steps.slice(0, index + 1).filter(({ compensate }) => compensate !== null);
      const compensations = undone.map(({ name }) => `saga-1:${name}:compensate`).reverse();
      assert.deepEqual(done(), [...keys.slice(0, index), ...(isPastPivot ? [] : compensations)]);
      assert.equal(await status(), isPastPivot ? 'stuck' : 'compensated');
      assert.deepEqual(alerts, isPastPivot ? ['saga-1'] : []);
    });
  }

  for (let saves = 0; saves < 2 * steps.length; saves += 1) {
    it(`goes on after a crash at write ${saves + 1}`, async () => {
      const { start, dieAfter, restart, orchestrator, status, done } = world();
      dieAfter(saves);
      await assert.rejects(start());
      restart();
      await orchestrator.resumeAll();
      assert.deepEqual(done(), keys);
      assert.equal(await status(), 'completed');
    });
  }

  it('tells a human when nothing can be undone, and goes on when the cause is mended', async () => {
    const { fake, start, orchestrator, status, alerts, restart } = world();
    fake.fault = () => new Error('down');
    await start();
    const isUndoable = steps[0]?.compensate !== null;
    assert.deepEqual(alerts, ['saga-1']);
    assert.equal(await status(), 'stuck');
    fake.fault = () => undefined;
    restart();
    assert.equal(await orchestrator.retryStuck('saga-1'), true);
    assert.equal(await status(), isUndoable ? 'compensated' : 'completed');
  });
});

/** The name of a step's service: that of the step in camel case. */
function nameOfRun(index: number): string | undefined {
  const words = steps[index]?.name.replaceAll('-', '').toLowerCase();
  return runs.find((name) => name.toLowerCase() === words);
}
// endregion body
