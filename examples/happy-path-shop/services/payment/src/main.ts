import { Kafka } from 'kafkajs';
import type { OrderPlaced } from '@happy-shop/contracts';
import { connect } from '@happy-shop/database';
import { CardGateway } from './card-gateway';
import { PaymentRepository } from './payment-repository';
import { PaymentService } from './payment-service';

const kafka = new Kafka({
  clientId: 'payment-service',
  brokers: [process.env['KAFKA_BROKER'] ?? 'localhost:9092'],
});
const producer = kafka.producer();
const consumer = kafka.consumer({ groupId: 'payment-service' });

const db = connect(process.env['PAYMENT_DB_URL'] ?? 'http://localhost:5002');
const paymentService = new PaymentService(new CardGateway(), new PaymentRepository(db), producer);

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topic: 'order.placed', fromBeginning: true });

await consumer.run({
  eachMessage: async ({ message }) => {
    const event = JSON.parse(message.value!.toString()) as OrderPlaced;
    console.log(`Capturing payment for order ${event.orderId}`);
    await paymentService.handleOrderPlaced(event);
  },
});
