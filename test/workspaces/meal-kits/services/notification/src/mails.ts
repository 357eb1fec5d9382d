import type { MealOrderCancelled, MealOrderConfirmed } from '@meals/events';
import { eachRecord, processOnce } from '@meals/platform';
import type { SQSHandler } from 'aws-lambda';
import { createTransport } from 'nodemailer';

const transport = createTransport({ host: 'smtp', connectionTimeout: 5_000, socketTimeout: 5_000 });

export const handler: SQSHandler = (batch) =>
  eachRecord(batch, async (record) => {
    const event: MealOrderConfirmed | MealOrderCancelled = JSON.parse(record.body).detail;
    await processOnce('notification', event, async () => {
      const text = event.type === 'MealOrderConfirmed' ? 'Dinner is coming.' : `No dinner: ${event.reason}`;
      await transport.sendMail({ to: event.email, subject: 'Your order', text });
    });
  });
