// snippet: outbox-prisma
// description: Outbox with Prisma: the event is stored in the transaction of the change, one relay publishes it
// after: domain-event
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: amountInCents
import type { OrderPlaced } from './domain-event.ts';

// What `prisma generate` makes of the models below, as far as they are used here.
interface PrismaTransaction {
  readonly orderRecord: { create(row: { data: { id: string; amountInCents: number } }): Promise<unknown> };
  readonly outboxMessage: {
    create(row: { data: { eventId: string; topic: string; payload: string } }): Promise<unknown>;
    findMany(query: {
      where: { publishedAt: null };
      orderBy: { position: 'asc' };
      take: number;
    }): Promise<{ position: number; eventId: string; topic: string; payload: string }[]>;
    update(row: { where: { position: number }; data: { publishedAt: Date } }): Promise<unknown>;
  };
  $queryRaw<Row>(query: TemplateStringsArray): Promise<Row>;
}
interface PrismaClient {
  $transaction<Result>(
    work: (transaction: PrismaTransaction) => Promise<Result>,
    options?: { timeout: number },
  ): Promise<Result>;
}
// region body
import { setTimeout as sleep } from 'node:timers/promises';

// model OrderRecord   { id String @id  amountInCents Int }
// model OutboxMessage { position Int @id @default(autoincrement())  eventId String @unique  topic String
//                       payload String  publishedAt DateTime? }

/** Saves the change and its event in one transaction: both are kept, or neither. */
export async function saveOrderPlaced(prisma: PrismaClient, event: OrderPlaced): Promise<void> {
  await prisma.$transaction(async (transaction) => {
    const { orderId, amountInCents } = event.data;
    await transaction.orderRecord.create({ data: { id: orderId, amountInCents } });
    await transaction.outboxMessage.create({
      data: { eventId: event.eventId, topic: 'order.placed', payload: JSON.stringify(event) },
    });
  });
}

/** Gives a message to the broker and waits until the broker has it. */
export type Publish = (topic: string, eventId: string, payload: string) => Promise<void>;

/**
 * Publishes what waits in the outbox, oldest first; gives how many. One relay at a time: the others find the lock
 * taken. A crash between publish and commit publishes again, so consumers must be idempotent.
 */
export async function relayOutbox(prisma: PrismaClient, publish: Publish): Promise<number> {
  const failures: unknown[] = [];
  let published = 0;
  const relay = async (transaction: PrismaTransaction): Promise<void> => {
    const locks = await transaction.$queryRaw<
      { mine: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtext('outbox')) as mine`;
    if (locks[0]?.mine !== true) return;
    const rows = await transaction.outboxMessage.findMany({
      where: { publishedAt: null },
      orderBy: { position: 'asc' },
      take: 100,
    });
    for (const { position, eventId, topic, payload } of rows) {
      // It is thrown after the commit, so that what was published before it is not published again.
      await publish(topic, eventId, payload).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) return;
      await transaction.outboxMessage.update({ where: { position }, data: { publishedAt: new Date() } });
      published += 1;
    }
  };
  await prisma.$transaction(relay, { timeout: 60_000 });
  if (failures.length > 0) throw failures[0];
  return published;
}

/** Relays until it is told to stop, and waits longer after each failure. `report` makes failures visible. */
export async function runOutboxRelay(
  prisma: PrismaClient,
  publish: Publish,
  { signal, report }: { signal: AbortSignal; report: (error: unknown, failures: number) => void },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await relayOutbox(prisma, publish);
      failures = 0;
    } catch (error) {
      failures += 1;
      report(error, failures);
    }
    const waitMs = Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
// endregion body
