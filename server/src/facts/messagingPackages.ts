/** What these packages give holds messages or runs, not rows. */
export const messaging = [
  '@temporalio/',
  'kafkajs',
  'kafka-node',
  '@confluentinc/kafka-javascript',
  'amqplib',
  'amqp-connection-manager',
  'rascal',
  '@golevelup/nestjs-rabbitmq',
  'nats',
  '@nats-io/',
  'node-nats-streaming',
  '@node-ts/',
  '@nestjs/microservices',
  '@nestjs/cqrs',
  '@ssut/nestjs-sqs',
  'bull',
  'bullmq',
  '@taskforcesh/bullmq-pro',
  '@azure/service-bus',
  '@azure/functions',
  'durable-functions',
  '@google-cloud/pubsub',
  'firebase-functions',
];

/** Whether a package is one of them. */
export function isMessaging(name: string): boolean {
  return messaging.some((it) => name === it || name.startsWith(it.endsWith('/') ? it : `${it}/`));
}

/**
 * Types of messages that come at least once, by their package: whoever handles them handles some of them twice. What core NATS delivers
 * (`Msg`) comes once or not at all, unlike the `JsMsg` of its streams.
 */
const redelivered: ReadonlyMap<string, RegExp> = new Map([
  ['kafkajs', /./],
  ['@confluentinc/kafka-javascript', /./],
  ['amqplib', /./],
  ['nats', /^JsMsg$/],
  ['@nats-io/jetstream', /^JsMsg$/],
  ['node-nats-streaming', /./],
  ['@azure/service-bus', /./],
  ['@google-cloud/pubsub', /./],
]);

/** Whether a broker delivers messages of a type again that nobody acknowledged. */
export function isRedelivered(type: string, from: string): boolean {
  return redelivered.get(from)?.test(type) ?? false;
}

/** Whether a type of aws-lambda is that of messages, or of a handler of them: those of web requests and of triggers are not. */
export function isLambdaMessage(type: string): boolean {
  return /^(SQS|SNS|EventBridge|Kinesis|KinesisStream|DynamoDBStream|MSK|S3)(Batch)?(Handler|Event)$/.test(
    type,
  );
}

const cloudEvents = /^(?:cloudevents$|firebase-functions(?:\/|$)|@google-cloud\/functions-framework$)/;

/** Whether a type is that of CloudEvents, by its package. */
export function isCloudEventType(from: string | undefined, type: string): boolean {
  return from !== undefined && cloudEvents.test(from) && /^CloudEvent(?:V1)?$/.test(type);
}

/** Whether a type of a package says how an event came, and not which: the messages of Lambda, CloudEvents, what these hold. */
export function isEnvelopeType(from: string | undefined, type: string): boolean {
  if (from === undefined) return false;
  const isOfFirebase =
    /^firebase-functions(?:\/|$)/.test(from) && /^(?:MessagePublishedData|Message|Request)$/.test(type);
  return from === 'aws-lambda' || isOfFirebase || (cloudEvents.test(from) && type.startsWith('CloudEvent'));
}

/** Whatever the transport, the framework takes the message for handled when the method has ended. */
export const handledAtEnd: ReadonlySet<string> = new Set([
  '@nestjs/microservices',
  '@golevelup/nestjs-rabbitmq',
  '@ssut/nestjs-sqs',
  '@nestjs/bull',
  'bullmq',
]);
