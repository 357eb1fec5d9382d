import { Kafka } from 'kafkajs';

export interface ParcelReturned {
  orderId: string;
  reason: string;
}

const producer = new Kafka({ clientId: 'returns', brokers: ['localhost:9092'] }).producer();

export async function announceReturn(event: ParcelReturned): Promise<void> {
  await producer.send({
    topic: 'parcel.returned',
    messages: [{ key: event.orderId, value: JSON.stringify(event) }],
  });
}
