// snippet: saga-start-amqplib
// description: Starts a `saga` from a RabbitMQ queue (amqplib): stored before the message is acknowledged
// after: saga
// placeholder 1: Order
// placeholder 2: Placed
import type { OrderSagaInput, OrderSagaOrchestrator } from './saga.ts';
// region body
import type { Channel, ConsumeMessage } from 'amqplib';

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
  channel: Channel,
  orchestrator: OrderSagaOrchestrator,
  { wake, report }: { wake: (sagaId: string) => void; report: (error: unknown) => void },
): Promise<void> {
  const queue = 'order-saga.order-placed';
  await channel.assertQueue(`${queue}.dead`, { durable: true });
  // A quorum queue counts the deliveries: at the limit the message goes to the dead letters.
  await channel.assertQueue(queue, {
    durable: true,
    deadLetterExchange: '',
    deadLetterRoutingKey: `${queue}.dead`,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5 },
  });
  await channel.prefetch(10);
  const handle = (message: ConsumeMessage | null): Promise<void> =>
    startOrderSaga({ channel, orchestrator, wake }, message).catch(report);
  await channel.consume(queue, handle, { noAck: false });
}

async function startOrderSaga(
  {
    channel,
    orchestrator,
    wake,
  }: { channel: Channel; orchestrator: OrderSagaOrchestrator; wake: (sagaId: string) => void },
  message: ConsumeMessage | null,
): Promise<void> {
  if (message === null) throw new Error('The broker has cancelled the consumer.');
  let id: string;
  try {
    const event: OrderPlaced = JSON.parse(message.content.toString());
    id = `order-${event.data.orderId}`;
    await orchestrator.accept(id, event.correlationId, event.data);
  } catch (error) {
    channel.nack(message, false, true);
    throw error;
  }
  channel.ack(message);
  wake(id);
}
// endregion body
