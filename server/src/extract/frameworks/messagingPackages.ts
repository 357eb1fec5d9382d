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

/** Of these, what delivers at least once what it was given: whoever handles their messages handles some of them twice. */
export const brokers: readonly string[] = [
  'kafkajs',
  '@confluentinc/kafka-javascript',
  'amqplib',
  'nats',
  'node-nats-streaming',
  '@azure/service-bus',
  '@google-cloud/pubsub',
];
