// snippet: consumer-sqs
// description: Idempotent AWS Lambda consumer of an SQS queue: only what failed is delivered again
// after: domain-event, inbox-postgres
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: revenue
import type { OrderPlaced } from './domain-event.ts';
import { once } from './inbox-postgres.ts';
// region body
import type { SQSBatchItemFailure, SQSEvent, SQSBatchResponse } from 'aws-lambda';
import type { Pool } from 'pg';

/**
 * Makes the handler. The event source needs `ReportBatchItemFailures`, and the queue a redrive policy
 * with a dead-letter queue: SQS counts the deliveries and parks a message at its `maxReceiveCount`.
 */
export function orderPlacedHandler(
  pool: Pool,
  report: (error: unknown, messageId: string) => void,
): (batch: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records: records }) => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of records) {
      try {
        const event: OrderPlaced = JSON.parse(body);
        await once(pool, { consumer: 'revenue', eventId: event.eventId }, async (client) => {
          const update = 'update revenue set total_in_cents = total_in_cents + $1';
          await client.query(update, [event.data.amountInCents]);
        });
      } catch (error) {
        report(error, messageId);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}
// endregion body
