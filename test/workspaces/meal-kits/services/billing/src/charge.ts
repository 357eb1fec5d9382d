import { causedBy, type MealOrderCancelled, type MealOrderPlaced, type PaymentCaptured, type PaymentDeclined } from '@meals/events';
import { addToOutbox, eachRecord, prisma, processOnce } from '@meals/platform';
import type { SQSHandler } from 'aws-lambda';
import Stripe from 'stripe';

const stripe = new Stripe(process.env.STRIPE_KEY ?? '', { timeout: 5_000, maxNetworkRetries: 2 });

export const handler: SQSHandler = (batch) =>
  eachRecord(batch, async (record) => {
    const event: MealOrderPlaced | MealOrderCancelled = JSON.parse(record.body).detail;
    if (event.type === 'MealOrderPlaced') return onMealOrderPlaced(event);
    return onMealOrderCancelled(event);
  });

async function onMealOrderPlaced(event: MealOrderPlaced): Promise<void> {
  const intent = await charge(event);
  await processOnce('billing', event, async (tx) => {
    if (intent === undefined) {
      const declined: PaymentDeclined = {
        ...causedBy(event),
        type: 'PaymentDeclined',
        orderId: event.orderId,
        reason: 'The card was declined.',
      };
      return addToOutbox(tx, declined);
    }
    await tx.charge.upsert({
      where: { orderId: event.orderId },
      create: { orderId: event.orderId, chargeId: intent, status: 'captured' },
      update: { chargeId: intent, status: 'captured' },
    });
    const captured: PaymentCaptured = {
      ...causedBy(event),
      type: 'PaymentCaptured',
      orderId: event.orderId,
      chargeId: intent,
    };
    await addToOutbox(tx, captured);
  });
}

/** Stripe knows a repeat by the key; a declined card is an answer, anything else is tried again. */
async function charge(event: MealOrderPlaced): Promise<string | undefined> {
  try {
    const intent = await stripe.paymentIntents.create(
      { amount: event.amount, currency: 'eur', customer: event.customerId, confirm: true },
      { idempotencyKey: `charge:${event.eventId}` },
    );
    return intent.id;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return undefined;
    throw error;
  }
}

async function onMealOrderCancelled(event: MealOrderCancelled): Promise<void> {
  const charged = await prisma.charge.findUnique({ where: { orderId: event.orderId } });
  if (charged?.status !== 'captured') return;
  await stripe.refunds.create({ payment_intent: charged.chargeId }, { idempotencyKey: `refund:${event.eventId}` });
  await prisma.charge.update({ where: { orderId: event.orderId }, data: { status: 'refunded' } });
}
