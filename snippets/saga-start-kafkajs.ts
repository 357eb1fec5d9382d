// snippet: saga-start-kafkajs
// description: Starts a `saga` from a Kafka topic (kafkajs): stored before the offset is committed
// after: saga
// placeholder 1: Order
// placeholder 2: Placed
import type { OrderSagaInput, OrderSagaOrchestrator } from './saga.ts';
// region body
import type { Consumer, Producer } from 'kafkajs';

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
  { consumer, producer }: { consumer: Consumer; producer: Producer },
  orchestrator: OrderSagaOrchestrator,
  wake: (sagaId: string) => void,
): Promise<void> {
  await consumer.subscribe({ topic: 'order.placed', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      try {
        const event: OrderPlaced = JSON.parse(String(message.value));
        const id = `order-${event.data.orderId}`;
        await orchestrator.accept(id, event.correlationId, event.data);
        wake(id);
      } catch (error) {
        // What is thrown has kafkajs deliver it again. What nobody can read is parked.
        if (!(error instanceof SyntaxError)) throw error;
        const { key, value, headers } = message;
        await producer.send({ topic: 'order.placed.dead', messages: [{ key, value, headers }] });
      }
    },
  });
}
// endregion body
