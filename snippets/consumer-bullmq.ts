// snippet: consumer-bullmq
// description: Idempotent BullMQ worker: limited attempts with backoff, and a queue of dead letters
// after: domain-event, inbox-postgres
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: revenue
// choice 4: 5 | 3 | 10
import type { OrderPlaced } from './domain-event.ts';
import { once } from './inbox-postgres.ts';
// region body
import { Queue, Worker } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { Pool } from 'pg';

/** How often a job is tried, and how long it waits in between. */
export const orderPlacedJob = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
} as const;

/** Adds the job. Its id is the event's, so that adding it twice is harmless while it is in the queue. */
export async function enqueueOrderPlaced(queue: Queue<OrderPlaced>, event: OrderPlaced): Promise<void> {
  await queue.add('order.placed', event, { ...orderPlacedJob, jobId: event.eventId });
}

/** Starts the worker. It throws when a job fails, so that BullMQ tries again; the last failure is parked. */
export function consumeOrderPlaced(
  connection: ConnectionOptions,
  pool: Pool,
  report: (error: unknown) => void,
): Worker<OrderPlaced> {
  const dead = new Queue<OrderPlaced>('order-placed-dead', { connection });
  dead.on('error', report);
  const park = (event: OrderPlaced): Promise<unknown> =>
    dead.add('order.placed', event, { jobId: event.eventId });
  const worker = new Worker<OrderPlaced>(
    'order-placed',
    async ({ data: event, attemptsMade, opts }) => {
      try {
        await once(pool, { consumer: 'revenue', eventId: event.eventId }, async (client) => {
          const update = 'update revenue set total_in_cents = total_in_cents + $1';
          await client.query(update, [event.data.amountInCents]);
        });
      } catch (error) {
        report(error);
        if (attemptsMade + 1 >= (opts.attempts ?? 1)) {
          await park(event);
        }
        throw error;
      }
    },
    { connection, concurrency: 10 },
  );
  worker.on('error', report);
  worker.on('failed', (job, error) => {
    // A job whose workers died again and again fails without coming to the code above.
    if (job && error.message.includes('stalled')) void park(job.data).catch(report);
  });
  worker.on('closed', () => void dead.close().catch(report));
  return worker;
}
// endregion body
