// Event code of one service in all styles that sagalint knows; each gives a file's path and its text.

export interface Service {
  /** The subject of its events: `WholesaleOrder`. */
  readonly subject: string;
  /** The subject of another service, whose events it consumes. */
  readonly other: string;
  /** The other service's folder. */
  readonly otherFolder: string;
}

type Template = (service: Service) => readonly [path: string, text: string];

/** The files of a service that speak of events. */
export const eventFiles: readonly Template[] = [
  ({ subject }) => [
    'src/events/base.ts',
    `export interface DomainEvent<Type extends string, Payload> {
  readonly eventId: string;
  readonly type: Type;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly version: number;
  readonly payload: Payload;
}

export const topic = '${kebab(subject)}s';
`,
  ],
  ({ subject }) => [
    'src/events/events.ts',
    `import type { DomainEvent } from './base';

export type ${subject}Placed = DomainEvent<'${subject}Placed', { id: string; total: number; lines: Line[] }>;
export type ${subject}Cancelled = DomainEvent<'${subject}Cancelled', { id: string; reason: string }>;
export interface ${subject}Shipped extends DomainEvent<'${subject}Shipped', { id: string }> {
  readonly carrier: string;
}
export interface ${subject}PaymentProcessedEvent {
  readonly paymentId: string;
  readonly amount: number;
}
export interface Line { readonly sku: string; readonly count: number }
export type ${subject}Event = ${subject}Placed | ${subject}Cancelled | ${subject}Shipped;
`,
  ],
  ({ subject }) => [
    'src/events/schemas.ts',
    `import { z } from 'zod';

export const base = z.object({ eventId: z.string(), occurredAt: z.string(), version: z.number() });
export const ${lower(subject)}Refunded = base.extend({
  type: z.literal('${kebab(subject)}.refunded'),
  data: z.object({ refundId: z.string(), amount: z.number() }),
});
export type ${subject}Refunded = z.infer<typeof ${lower(subject)}Refunded>;
`,
  ],
  ({ subject, other, otherFolder }) => [
    'src/consumers/kafka.ts',
    `import { Kafka, type EachMessagePayload } from 'kafkajs';
import Stripe from 'stripe';
import type { ${other}Placed } from '${otherFolder}/src/events/events';
import { ${subject}Repository } from '../store/repository';

const kafka = new Kafka({ clientId: '${kebab(subject)}', brokers: ['localhost:9092'] });
const stripe = new Stripe(process.env.STRIPE_KEY ?? '');
const repository = new ${subject}Repository();

async function charge(event: ${other}Placed): Promise<void> {
  await stripe.charges.create({ amount: event.payload.total, currency: 'eur' });
  await repository.insert({ id: event.payload.id, state: 'charged' });
}

export async function start(): Promise<void> {
  const consumer = kafka.consumer({ groupId: '${kebab(subject)}' });
  await consumer.connect();
  await consumer.subscribe({ topic: '${kebab(other)}s' });
  await consumer.run({
    eachMessage: async ({ message }: EachMessagePayload) => {
      const event: ${other}Placed = JSON.parse(String(message.value));
      try {
        await charge(event);
      } catch (error) {
        console.error(error);
      }
    },
  });
}
`,
  ],
  ({ subject }) => [
    'src/consumers/amqp.ts',
    `import { connect } from 'amqplib';
import type { ${subject}PaymentProcessedEvent } from '../events/events';
import { ${subject}Repository } from '../store/repository';

export async function listen(repository: ${subject}Repository): Promise<void> {
  const connection = await connect('amqp://localhost');
  const channel = await connection.createChannel();
  await channel.assertQueue('${kebab(subject)}-payments', { durable: true });
  await channel.consume('${kebab(subject)}-payments', async (message) => {
    if (!message) return;
    channel.ack(message);
    const event: ${subject}PaymentProcessedEvent = JSON.parse(message.content.toString());
    const found = await repository.find(event.paymentId);
    found!.state = 'paid';
    await repository.save(found!);
  });
}
`,
  ],
  ({ subject }) => [
    'src/handlers/cqrs.ts',
    `import { EventBus, EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { ${subject}Repository } from '../store/repository';

export class ${subject}ReservedEvent {
  constructor(public readonly id: string, public readonly correlationId: string) {}
}
export class ${subject}ConfirmedEvent {
  constructor(public readonly id: string) {}
}

@EventsHandler(${subject}ReservedEvent)
export class On${subject}Reserved implements IEventHandler<${subject}ReservedEvent> {
  constructor(private readonly repository: ${subject}Repository, private readonly eventBus: EventBus) {}

  async handle(event: ${subject}ReservedEvent): Promise<void> {
    const found = await this.repository.find(event.id);
    if (!found) throw new Error('not there');
    await this.repository.save({ ...found, state: 'confirmed' });
    this.eventBus.publish(new ${subject}ConfirmedEvent(event.id));
  }
}
`,
  ],
  ({ subject }) => [
    'src/saga/steps.ts',
    `import { ${subject}Repository } from '../store/repository';

interface Context { id: string; amount: number }
const repository = new ${subject}Repository();

export const ${lower(subject)}Saga = [
  {
    name: 'reserve-${kebab(subject)}',
    execute: async (context: Context) => repository.insert({ id: context.id, state: 'reserved' }),
    compensate: async (context: Context) => repository.remove(context.id),
  },
  {
    name: 'charge-${kebab(subject)}',
    execute: async (context: Context) => fetch('https://pay.example/charges', { method: 'POST', body: context.id }),
  },
  { name: 'ship-${kebab(subject)}', execute: async (context: Context) => repository.save({ id: context.id, state: 'shipped' }) },
];

export async function run${subject}Saga(context: Context): Promise<void> {
  const done: typeof ${lower(subject)}Saga = [];
  for (const step of ${lower(subject)}Saga) {
    try {
      await step.execute(context);
      done.push(step);
    } catch (error) {
      for (const it of done.reverse()) await it.compensate?.(context);
      throw error;
    }
  }
}
`,
  ],
  ({ subject }) => [
    'src/saga/orchestrator.ts',
    `import { ${subject}Repository } from '../store/repository';

export class ${subject}SagaOrchestrator {
  constructor(
    private readonly repository: ${subject}Repository,
    private readonly payments: { charge(id: string): Promise<string>; refund(id: string): Promise<void> },
    private readonly eventBus: { publish(event: object): Promise<void> },
  ) {}

  async execute(id: string): Promise<void> {
    await this.repository.insert({ id, state: 'started' });
    const payment = await this.payments.charge(id);
    try {
      await this.repository.save({ id, state: 'paid' });
    } catch (error) {
      await this.payments.refund(payment);
      throw error;
    }
    await this.eventBus.publish({ type: '${subject}Completed', id });
  }
}
`,
  ],
  ({ subject }) => [
    'src/outbox/publisher.ts',
    `import type { ${subject}Placed } from '../events/events';
import { topic } from '../events/base';

interface Transaction { insert(table: string, row: object): Promise<void> }
interface Producer { send(record: { topic: string; messages: { key: string; value: string }[] }): Promise<void> }

export class ${subject}Outbox {
  constructor(private readonly database: { transaction<T>(work: (t: Transaction) => Promise<T>): Promise<T> }) {}

  async place(event: ${subject}Placed): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.insert('${kebab(subject)}', event.payload);
      await transaction.insert('outbox', { type: event.type, body: JSON.stringify(event) });
    });
  }
}

export async function relay(producer: Producer, rows: readonly ${subject}Placed[]): Promise<void> {
  for (const it of rows) {
    producer.send({ topic, messages: [{ key: it.payload.id, value: JSON.stringify(it) }] });
  }
}
`,
  ],
  ({ subject }) => [
    'src/store/repository.ts',
    `export interface ${subject}Row { id: string; state: string }

interface Table<Row> {
  create(input: { data: Row }): Promise<Row>;
  update(input: { where: { id: string }; data: Partial<Row> }): Promise<Row>;
  findUnique(input: { where: { id: string } }): Promise<Row | null>;
  delete(input: { where: { id: string } }): Promise<void>;
}

declare const prisma: { ${lower(subject)}: Table<${subject}Row> };

export class ${subject}Repository {
  async insert(row: ${subject}Row): Promise<void> {
    await prisma.${lower(subject)}.create({ data: row });
  }

  async save(row: ${subject}Row): Promise<void> {
    await prisma.${lower(subject)}.update({ where: { id: row.id }, data: row });
  }

  async find(id: string): Promise<${subject}Row | null> {
    return prisma.${lower(subject)}.findUnique({ where: { id } });
  }

  async remove(id: string): Promise<void> {
    await prisma.${lower(subject)}.delete({ where: { id } });
  }
}
`,
  ],
];

/** `WholesaleOrder` as `wholesale-order`. */
export function kebab(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (it) => `-${it}`).toLowerCase();
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
