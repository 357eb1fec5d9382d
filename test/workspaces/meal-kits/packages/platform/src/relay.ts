import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ScheduledHandler } from 'aws-lambda';
import { prisma } from './database';

const eventBridge = new EventBridgeClient({ requestHandler: { requestTimeout: 5_000 } });

/** Publishes what the outbox holds, oldest first; runs every minute. */
export const handler: ScheduledHandler = async () => {
  const rows = await prisma.outboxMessage.findMany({
    where: { sentAt: null },
    orderBy: { id: 'asc' },
    take: 10,
  });
  for (const row of rows) {
    const sent = await eventBridge.send(
      new PutEventsCommand({ Entries: [{ Source: 'meals', DetailType: row.type, Detail: row.payload }] }),
    );
    if (sent.FailedEntryCount) throw new Error(`Event ${row.id} is not sent`);
    await prisma.outboxMessage.update({ where: { id: row.id }, data: { sentAt: new Date() } });
  }
};
