import type { MealEvent } from '@meals/events';
import type { TransactionClient } from './generated/prisma';

/** Announces an event in the transaction of the change it tells of. */
export async function addToOutbox(tx: TransactionClient, event: MealEvent): Promise<void> {
  await tx.outboxMessage.create({
    data: { id: event.eventId, type: event.type, payload: JSON.stringify(event), sentAt: null },
  });
}
