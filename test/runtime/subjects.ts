// The sagas that the harness runs: the snippet, and a saga as one writes it when nothing ever fails.
import { randomUUID } from 'node:crypto';

import { OrderSagaOrchestrator, OrderSagaRejection, orderSagaSteps } from '../../snippets/saga.ts';
import type * as Snippet from '../../snippets/saga.ts';
import type * as SqliteSnippet from '../../snippets/saga-store-sqlite.ts';
import { impossible } from '../../server/src/impossible.ts';
import { OrderSagaFlow } from '../../snippets/saga-class.ts';
import type { OrderSagaRequest } from '../../snippets/saga-class.ts';
import { sqliteOrderSagaStore } from '../../snippets/saga-store-sqlite.ts';
import { shipmentSteps } from '../../snippets/saga-step.ts';
import type { Deed } from './shop.ts';
import { order } from './world.ts';
import type { MakeSubject, Worker, World } from './world.ts';

const limits = { timeoutMs: 2, attempts: 3, backoffMs: 0, maxBackoffMs: 0 };

/** Where the saga is kept, and how its leases end early. */
export interface Keeping {
  readonly store: Snippet.OrderSagaStore;
  readonly expireLeases?: () => Promise<void>;
}

/** Keeps sagas in the world's own SQLite, by the clock of the process. */
export function inSqlite({ sqliteOrderSagaStore }: typeof SqliteSnippet) {
  return (world: World, { skewMs }: Worker): Keeping => ({
    store: sqliteOrderSagaStore(world.db, () => world.now + skewMs),
  });
}

/** The snippet's saga; the module is given, so that a damaged copy can be run too. */
export function snippetSaga(
  snippet: typeof Snippet,
  keep: (world: World, worker: Worker) => Keeping,
): MakeSubject {
  return (world, worker) => {
    const { store, expireLeases } = keep(world, worker);
    const services = world.services(worker, (message) => new snippet.OrderSagaRejection(message));
    const orchestrator = new snippet.OrderSagaOrchestrator({
      store: world.store(worker, store),
      steps: snippet.orderSagaSteps(services),
      alert: (saga) => world.alert(worker, saga.id),
      log: (entry) => world.logs.push(entry),
      limits,
    });
    return { ...handlesOf(orchestrator), expireLeases };
  };
}

/** The saga with the step of `saga-step` for its second one: a shipment, which costs as much as the card is charged. */
export const sagaWithStep: MakeSubject = (world, worker) => {
  const store = sqliteOrderSagaStore(world.db, () => world.now + worker.skewMs);
  const rejection = (message: string): Error => new OrderSagaRejection(message);
  const services = world.services(worker, rejection);
  const ship = async (deed: Deed, call: { key: string; runKey: string }): Promise<void> => {
    const answer = await world.remote(worker, deed, { ...call, input: order });
    if (answer !== 'ok') throw rejection(answer);
  };
  const [shipment = impossible('the snippet is a step')] = shipmentSteps({
    create: ({ idempotencyKey: key }) => ship('charge', { key, runKey: key }),
    cancel: ({ idempotencyKey: key, undo: runKey }) => ship('refund', { key, runKey }),
  });
  const [first, , last] = orderSagaSteps(services);
  const steps = [first, shipment, last].filter((it) => it !== undefined);
  const orchestrator = new OrderSagaOrchestrator({
    store: world.store(worker, store),
    steps,
    alert: (saga) => world.alert(worker, saga.id),
    log: (entry) => world.logs.push(entry),
    limits,
  });
  return handlesOf(orchestrator);
};

function handlesOf(orchestrator: Snippet.OrderSagaOrchestrator): ReturnType<MakeSubject> {
  const read = async (): Promise<Snippet.OrderSaga | undefined> => orchestrator.inspect('saga-1');
  return {
    start: () => orchestrator.start('saga-1', 'request-1', order),
    resumeAll: () => orchestrator.resumeAll(),
    retryStuck: () => orchestrator.retryStuck('saga-1'),
    status: async () => (await read())?.status ?? 'running',
    complaints: async () => complaintsAbout(await read()),
  };
}

/** The saga as a class, whose steps send requests to the shop. */
export const classSaga: MakeSubject = (world, worker) => {
  const flow = new OrderSagaFlow(sendTo(world, worker), {
    store: world.store(
      worker,
      sqliteOrderSagaStore(world.db, () => world.now + worker.skewMs),
    ),
    alert: (saga) => world.alert(worker, saga.id),
    log: (entry) => world.logs.push(entry),
    limits,
  });
  const read = async (): Promise<Snippet.OrderSaga | undefined> => flow.inspect(order.orderId);
  return {
    start: () => flow.start(order, 'request-1'),
    resumeAll: () => flow.resumeAll(),
    retryStuck: () => flow.retryStuck(order.orderId),
    status: async () => (await read())?.status ?? 'running',
    complaints: async () => complaintsAbout(await read()),
  };
};

const deeds: Readonly<Record<string, Deed>> = {
  '/stock/reservations': 'reserve',
  '/stock/releases': 'release',
  '/payments/charges': 'charge',
  '/payments/refunds': 'refund',
  '/orders/confirmations': 'confirm',
};

/** The shop's answers as HTTP has them. */
function sendTo(world: World, worker: Worker): OrderSagaRequest {
  return async (path, { headers, body }) => {
    const { runKey, ...input }: Snippet.OrderSagaInput & { runKey: string } = JSON.parse(body);
    const call = { key: headers['idempotency-key'] ?? '', runKey, input };
    const answer = await world.remote(worker, deeds[path] ?? impossible(path), call);
    return answer === 'ok' ? 200 : 422;
  };
}

function complaintsAbout(saga: Snippet.OrderSaga | undefined): string[] {
  if (saga === undefined) return ['there is no saga'];
  const { status, steps } = saga;
  const { 'confirm-order': pivot, ...others } = steps;
  const isPivotDone = pivot?.status === 'done' || pivot?.status === 'started';
  if (status === 'completed' && !isPivotDone) return ['completed without its last step'];
  if (status === 'compensated' && isPivotDone) return ['compensated after its last step'];
  if (status === 'completed' || isPivotDone) return [];
  const untouched = Object.entries(others).filter(
    ([, it]) => it.status !== 'undone' && it.status !== 'stuck',
  );
  return untouched.map(([name, it]) => `nobody tried to undo ${name}: ${it.status}`);
}

/** All goes well, or one `catch` puts it right: no state, no keys, no alert. */
export const naiveSaga: MakeSubject = (world, worker) => {
  const services = world.services(worker, (message) => new Error(message));
  const call = (runKey?: string): Snippet.OrderSagaCall => {
    const key = randomUUID();
    const signal = AbortSignal.timeout(limits.timeoutMs);
    return { input: order, key, runKey: runKey ?? key, fence: 0, correlationId: 'request-1', signal };
  };
  const start = async (): Promise<void> => {
    const undo: (() => Promise<void>)[] = [];
    try {
      const stock = call();
      await services.reserveStock(stock);
      undo.push(() => services.releaseStock(call(stock.key)));
      const card = call();
      await services.chargeCard(card);
      undo.push(() => services.refundCard(call(card.key)));
      await services.confirmOrder(call());
    } catch {
      for (const compensate of undo.reverse()) await compensate();
    }
  };
  const nothing = async (): Promise<void> => undefined;
  return {
    start,
    resumeAll: nothing,
    retryStuck: nothing,
    status: async () => null,
    complaints: async () => [],
  };
};
