import {
  causedBy,
  type IngredientsReservationFailed,
  type IngredientsReserved,
  type MealOrderCancelled,
  type MealOrderConfirmed,
  type PaymentCaptured,
  type PaymentDeclined,
} from '@meals/events';
import { addToOutbox, eachRecord, processOnce } from '@meals/platform';
import type { SQSHandler } from 'aws-lambda';

type Reply = PaymentCaptured | PaymentDeclined | IngredientsReserved | IngredientsReservationFailed;

/** Moves an order forward by what billing and kitchen say; what never answers is found by the deadlines. */
export const handler: SQSHandler = (batch) =>
  eachRecord(batch, async (record) => {
    const event: Reply = JSON.parse(record.body).detail;
    console.info({ orderId: event.orderId, correlationId: event.correlationId, type: event.type });
    switch (event.type) {
      case 'PaymentCaptured':
        return onPaymentCaptured(event);
      case 'IngredientsReserved':
        return onIngredientsReserved(event);
      case 'PaymentDeclined':
      case 'IngredientsReservationFailed':
        return onFailure(event);
    }
  });

async function onPaymentCaptured(event: PaymentCaptured): Promise<void> {
  await processOnce('order-process', event, async (tx) => {
    const moved = await tx.order.updateMany({
      where: { id: event.orderId, status: 'pending' },
      data: { status: 'paid' },
    });
    if (moved.count === 0) throw new Error(`Order ${event.orderId} is not pending: try again later`);
  });
}

async function onIngredientsReserved(event: IngredientsReserved): Promise<void> {
  await processOnce('order-process', event, async (tx) => {
    const order = await tx.order.findUnique({ where: { id: event.orderId } });
    if (order?.status !== 'paid') throw new Error(`Order ${event.orderId} is not paid: try again later`);
    await tx.order.update({ where: { id: event.orderId }, data: { status: 'confirmed' } });
    const confirmed: MealOrderConfirmed = {
      ...causedBy(event),
      type: 'MealOrderConfirmed',
      orderId: order.id,
      email: order.email,
      meals: order.meals,
    };
    await addToOutbox(tx, confirmed);
  });
}

async function onFailure(event: PaymentDeclined | IngredientsReservationFailed): Promise<void> {
  await processOnce('order-process', event, async (tx) => {
    const order = await tx.order.findUnique({ where: { id: event.orderId } });
    if (!order) throw new Error(`Order ${event.orderId} is not known yet: try again later`);
    await tx.order.update({ where: { id: order.id }, data: { status: 'cancelled' } });
    const cancelled: MealOrderCancelled = {
      ...causedBy(event),
      type: 'MealOrderCancelled',
      orderId: order.id,
      email: order.email,
      reason: event.reason,
    };
    await addToOutbox(tx, cancelled);
  });
}
