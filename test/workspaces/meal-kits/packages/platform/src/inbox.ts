import type { Envelope } from '@meals/events';
import { prisma } from './database';
import { PrismaClientKnownRequestError, type TransactionClient } from './generated/prisma';

/**
 * Runs `work` unless this consumer has processed the event. The mark and the work share one transaction, and the primary
 * key decides between two deliveries at once.
 */
export async function processOnce(
  consumer: string,
  event: Envelope,
  work: (tx: TransactionClient) => Promise<void>,
): Promise<void> {
  try {
    await prisma.$transaction(async (tx) => {
      await tx.inboxMessage.create({ data: { id: `${consumer}:${event.eventId}`, processedAt: new Date() } });
      await work(tx);
    });
  } catch (error) {
    if (error instanceof PrismaClientKnownRequestError && error.code === 'P2002') return;
    throw error;
  }
}
