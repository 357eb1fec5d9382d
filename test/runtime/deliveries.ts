// Stands in for brokers that no registry has: delivers again what was not acknowledged.
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { KafkaMessage } from 'kafkajs';

/** Delivers one message until it is done with; one that never is would stop its partition. */
export async function untilDone(handle: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isDone = await handle().then(
      () => true,
      () => false,
    );
    if (isDone) return;
  }
  throw new Error('It is never done.');
}

/** A message as kafkajs hands it over. */
export function kafkaMessage(value: string): KafkaMessage {
  return { key: null, headers: {}, timestamp: '', attributes: 0, offset: '0', value: Buffer.from(value) };
}

/** Delivers bodies as SQS does, each until it did not fail, and five times at most; gives those that go to the dead letters. */
export async function overSqs(
  handle: (event: SQSEvent) => Promise<SQSBatchResponse>,
  bodies: readonly string[],
): Promise<string[]> {
  let waiting = bodies.map((body, index) => ({ ...sqsRecord, body, messageId: `${index}` }));
  for (let receives = 0; receives < 5; receives += 1) {
    const { batchItemFailures } = await handle({ Records: waiting });
    const failed = new Set(batchItemFailures.map((it) => it.itemIdentifier));
    waiting = waiting.filter((it) => failed.has(it.messageId));
  }
  return waiting.map(({ body }) => body);
}

const sqsRecord = {
  receiptHandle: '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: '',
};
