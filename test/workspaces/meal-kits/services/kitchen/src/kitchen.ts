import {
  causedBy,
  type IngredientsReservationFailed,
  type IngredientsReserved,
  type MealOrderCancelled,
  type PaymentCaptured,
} from '@meals/events';
import { addToOutbox, eachRecord, processOnce } from '@meals/platform';
import type { SQSHandler } from 'aws-lambda';

export const handler: SQSHandler = (batch) =>
  eachRecord(batch, async (record) => {
    const event: PaymentCaptured | MealOrderCancelled = JSON.parse(record.body).detail;
    if (event.type === 'PaymentCaptured') return onPaymentCaptured(event);
    return onMealOrderCancelled(event);
  });

async function onPaymentCaptured(event: PaymentCaptured): Promise<void> {
  await processOnce('kitchen', event, async (tx) => {
    const [slot] = await tx.slot.findMany({ where: { orderId: null }, take: 1 });
    if (!slot) {
      const failed: IngredientsReservationFailed = {
        ...causedBy(event),
        type: 'IngredientsReservationFailed',
        orderId: event.orderId,
        reason: 'Nothing is left.',
      };
      return addToOutbox(tx, failed);
    }
    await tx.slot.update({ where: { id: slot.id }, data: { orderId: event.orderId } });
    const reserved: IngredientsReserved = {
      ...causedBy(event),
      type: 'IngredientsReserved',
      orderId: event.orderId,
      slot: slot.id,
    };
    await addToOutbox(tx, reserved);
  });
}

async function onMealOrderCancelled(event: MealOrderCancelled): Promise<void> {
  await processOnce('kitchen', event, async (tx) => {
    await tx.slot.updateMany({ where: { orderId: event.orderId }, data: { orderId: null } });
  });
}
