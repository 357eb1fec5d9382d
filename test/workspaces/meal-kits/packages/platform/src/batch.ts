import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/** Handles each record; what fails is delivered again and ends in the queue's dead-letter queue after some attempts. */
export async function eachRecord(
  batch: SQSEvent,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const record of batch.Records) {
    try {
      await handle(record);
    } catch (error) {
      console.error({ messageId: record.messageId, error }, 'record fails, it is delivered again');
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}
