import { Kafka } from 'kafkajs';
import { parseEvent, type OrderCancelled, type OrderPlaced } from '@resilient-shop/contracts';
import {
  Alerts,
  Delivery,
  Inbox,
  Logger,
  Outbox,
  OutboxRelay,
  platformTables,
  SqliteDatabase,
} from '@resilient-shop/platform';
import { CardGateway } from './card-gateway.js';
import { PaymentRepository, paymentTables } from './payment-repository.js';
import { PaymentService } from './payment-service.js';

const env = (name: string, fallback: string) => process.env[name] ?? fallback;

const kafka = new Kafka({ clientId: 'payment-service', brokers: [env('KAFKA_BROKER', 'localhost:9092')] });
const producer = kafka.producer({ idempotent: true });
const consumer = kafka.consumer({ groupId: 'payment-service' });

const log = new Logger('payment-service');
const alerts = new Alerts(env('PAGER_URL', 'http://pager:8080/alerts'), 'payment-service');
const db = new SqliteDatabase(env('PAYMENT_DB', 'payments.sqlite'), platformTables, paymentTables);
const gateway = new CardGateway(env('CARD_API_URL', 'https://api.cardpay.example/v1'));
const payments = new PaymentService(
  gateway,
  new PaymentRepository(db),
  new Inbox(db, 'payments'),
  new Outbox(),
  log,
);
const delivery = new Delivery('payment-service', producer, alerts, log);
const relay = new OutboxRelay(db, producer, alerts, log);

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: ['order.placed', 'order.cancelled'], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message }) => {
    await delivery.run(topic, message.value, async () => {
      await payments.handle(parseEvent<OrderPlaced | OrderCancelled>(message.value));
    });
  },
});

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await relay.run(stop.signal);
await consumer.disconnect();
await producer.disconnect();
