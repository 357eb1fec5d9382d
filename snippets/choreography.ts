// snippet: choreography
// description: Choreography handler pair: one service reacts to the success and to the failure of another one's step
// after: event-pair, inbox-postgres
// placeholder 1: Payment
// placeholder 2: Processed
// choice 3: Failed | Rejected | Declined | Expired
import type { PaymentFailed, PaymentProcessed } from './event-pair.ts';
import { once } from './inbox-postgres.ts';
// region body
import type { Pool } from 'pg';

/** The order is paid. The condition on the status keeps a late message from waking what has ended. */
export async function handlePaymentProcessed(pool: Pool, event: PaymentProcessed): Promise<void> {
  await once(pool, { consumer: 'order-status', eventId: event.eventId }, async (client) => {
    const insert = `insert into order_status (order_id, status, correlation_id) values ($1, 'paid', $2)
      on conflict (order_id) do update set status = 'paid' where order_status.status = 'pending'`;
    await client.query(insert, [event.data.orderId, event.correlationId]);
  });
}

/** The other way it may end: the order is cancelled, and nobody waits for it any more. */
export async function handlePaymentFailed(pool: Pool, event: PaymentFailed): Promise<void> {
  await once(pool, { consumer: 'order-status', eventId: event.eventId }, async (client) => {
    const insert = `insert into order_status (order_id, status, correlation_id) values ($1, 'cancelled', $2)
      on conflict (order_id) do update set status = 'cancelled' where order_status.status = 'pending'`;
    await client.query(insert, [event.data.orderId, event.correlationId]);
  });
}
// endregion body
