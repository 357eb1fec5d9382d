// The sagas that the harness runs: the snippet, and a saga as one writes it when nothing ever fails.
import { randomUUID } from 'node:crypto';

import type * as Snippet from '../../snippets/saga.ts';
import type * as SqliteSnippet from '../../snippets/saga-store-sqlite.ts';
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
    const read = async (): Promise<Snippet.OrderSaga | undefined> => orchestrator.inspect('saga-1');
    return {
      start: () => orchestrator.start('saga-1', 'request-1', order),
      resumeAll: () => orchestrator.resumeAll(),
      retryStuck: () => orchestrator.retryStuck('saga-1'),
      status: async () => (await read())?.status ?? 'running',
      complaints: async () => complaintsAbout(await read()),
      expireLeases,
    };
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
