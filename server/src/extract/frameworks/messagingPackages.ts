/** What these packages give holds messages or runs, not rows. */
export const messaging = [
  '@temporalio/',
  'kafkajs',
  '@confluentinc/kafka-javascript',
  'amqplib',
  'amqp-connection-manager',
  '@golevelup/nestjs-rabbitmq',
  'nats',
  '@nats-io/',
  'node-nats-streaming',
  '@node-ts/',
  '@nestjs/microservices',
  '@nestjs/cqrs',
  'bull',
  'bullmq',
  '@azure/service-bus',
  '@google-cloud/pubsub',
];
