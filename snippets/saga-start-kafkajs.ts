// snippet: saga-start-kafkajs
// description: Starts a `saga` from a Kafka topic (kafkajs): stored before the offset is committed
// after: saga
// placeholder 1: Order
// placeholder 2: Placed
import type { OrderSagaInput, OrderSagaOrchestrator } from './saga.ts';
// region body
import type { Consumer, KafkaMessage, Producer } from 'kafkajs';

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
 * Consumes the event: the saga is stored, and then the message is done with. `wake` is told which saga to run:
 * `(id) => void orchestrator.resume(id).catch(report)`, or nothing where another process resumes them.
 */
export async function startOrderSagas(
  { consumer, producer }: { consumer: Pick<Consumer, 'subscribe' | 'run'>; producer: Pick<Producer, 'send'> },
  orchestrator: OrderSagaOrchestrator,
  wake: (sagaId: string) => void,
): Promise<void> {
  await consumer.subscribe({ topic: 'order.placed', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      let saga: ReturnType<typeof readOrderSaga>;
      try {
        saga = readOrderSaga(message.value);
      } catch (error) {
        // What nobody can read, however often it is delivered, is parked: it would stop the partition.
        return park(message, producer, error);
      }
      // What is thrown here has kafkajs deliver the message again.
      await orchestrator.accept(saga.id, saga.correlationId, saga.input);
      wake(saga.id);
    },
  });
}

function readOrderSaga(value: Buffer | null) {
  const { data, correlationId }: OrderPlaced = JSON.parse(String(value));
  return { id: `order-${data.orderId}`, correlationId, input: data };
}

async function park(
  { key, value, headers }: KafkaMessage,
  producer: Pick<Producer, 'send'>,
  error: unknown,
): Promise<void> {
  const parked = { key, value, headers: { ...headers, 'x-error': String(error) } };
  await producer.send({ topic: 'order.placed.dead', messages: [parked] });
}
// endregion body
