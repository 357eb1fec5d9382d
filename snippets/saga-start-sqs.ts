// snippet: saga-start-sqs
// description: Starts a `saga` from an SQS queue (AWS Lambda): only what failed is delivered again
// after: saga
// placeholder 1: Order
// placeholder 2: Placed
import type { OrderSagaInput, OrderSagaOrchestrator } from './saga.ts';
// region body
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from 'aws-lambda';

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

/**
 * Makes the handler: it stores the sagas, and a worker that resumes them does the rest. The event source
 * needs `ReportBatchItemFailures`, and the queue a redrive policy with a dead-letter queue.
 */
export function orderSagaStarter(
  orchestrator: OrderSagaOrchestrator,
  report: (error: unknown, messageId: string) => void,
): (batch: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records: records }) => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of records) {
      try {
        const event: OrderPlaced = JSON.parse(body);
        await orchestrator.accept(`order-${event.data.orderId}`, event.correlationId, event.data);
      } catch (error) {
        report(error, messageId);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}
// endregion body
