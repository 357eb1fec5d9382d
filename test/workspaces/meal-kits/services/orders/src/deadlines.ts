import { firstOf, type MealOrderCancelled } from '@meals/events';
import { addToOutbox, prisma } from '@meals/platform';
import type { ScheduledHandler } from 'aws-lambda';

/** Cancels what nobody has answered for an hour; runs every minute. */
export const handler: ScheduledHandler = async (tick) => {
  const overdue = await prisma.order.findMany({
    where: { status: { in: ['pending', 'paid'] }, dueAt: { lt: new Date() } },
    take: 100,
  });
  for (const order of overdue) {
    await prisma.$transaction(async (tx) => {
      const moved = await tx.order.updateMany({
        where: { id: order.id, status: order.status },
        data: { status: 'cancelled' },
      });
      if (moved.count === 0) return;
      const cancelled: MealOrderCancelled = {
        ...firstOf(tick.id),
        type: 'MealOrderCancelled',
        orderId: order.id,
        email: order.email,
        reason: 'Nobody answered in time.',
      };
      await addToOutbox(tx, cancelled);
    });
  }
};
