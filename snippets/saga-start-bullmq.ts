// snippet: saga-start-bullmq
// description: Starts a `saga` from a BullMQ queue: stored before the job is done
// after: saga
// placeholder 1: Order
// placeholder 2: Placed
import type { OrderSagaInput, OrderSagaOrchestrator } from './saga.ts';
// region body
import { Worker } from 'bullmq';
import type { ConnectionOptions, JobsOptions } from 'bullmq';

/** The event that starts the saga. */
export interface OrderPlaced {
  readonly type: 'OrderPlaced';
  readonly version: 1;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: OrderSagaInput;
}

/** How to add the jobs: a limited number of attempts, and those that failed stay to be looked at. */
export const orderPlacedJob: JobsOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
  removeOnFail: false,
};

/**
 * Consumes the event: the saga is stored, and then the message is done with. `wake` is told which saga to run:
 * `(id) => void orchestrator.resume(id).catch(report)`, or nothing where another process resumes them.
 */
export function startOrderSagas(
  connection: ConnectionOptions,
  orchestrator: OrderSagaOrchestrator,
  { wake, report }: { wake: (sagaId: string) => void; report: (error: unknown) => void },
): Worker<OrderPlaced> {
  const worker = new Worker<OrderPlaced>(
    'order-placed',
    async ({ data: event }) => {
      const id = `order-${event.data.orderId}`;
      await orchestrator.accept(id, event.correlationId, event.data);
      wake(id);
    },
    { connection, concurrency: 10 },
  );
  worker.on('error', report);
  worker.on('failed', (_, error) => report(error));
  return worker;
}
// endregion body
