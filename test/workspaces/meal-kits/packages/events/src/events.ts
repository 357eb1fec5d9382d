import { z } from 'zod';
import { envelope } from './envelope';

export const mealOrderPlaced = envelope.extend({
  type: z.literal('MealOrderPlaced'),
  orderId: z.string(),
  customerId: z.string(),
  email: z.email(),
  amount: z.number(),
  meals: z.array(z.string()),
});

export const paymentCaptured = envelope.extend({
  type: z.literal('PaymentCaptured'),
  orderId: z.string(),
  chargeId: z.string(),
});

export const paymentDeclined = envelope.extend({
  type: z.literal('PaymentDeclined'),
  orderId: z.string(),
  reason: z.string(),
});

export const ingredientsReserved = envelope.extend({
  type: z.literal('IngredientsReserved'),
  orderId: z.string(),
  slot: z.string(),
});

export const ingredientsReservationFailed = envelope.extend({
  type: z.literal('IngredientsReservationFailed'),
  orderId: z.string(),
  reason: z.string(),
});

export const mealOrderConfirmed = envelope.extend({
  type: z.literal('MealOrderConfirmed'),
  orderId: z.string(),
  email: z.email(),
  meals: z.array(z.string()),
});

export const mealOrderCancelled = envelope.extend({
  type: z.literal('MealOrderCancelled'),
  orderId: z.string(),
  email: z.email(),
  reason: z.string(),
});

export type MealOrderPlaced = z.infer<typeof mealOrderPlaced>;
export type PaymentCaptured = z.infer<typeof paymentCaptured>;
export type PaymentDeclined = z.infer<typeof paymentDeclined>;
export type IngredientsReserved = z.infer<typeof ingredientsReserved>;
export type IngredientsReservationFailed = z.infer<typeof ingredientsReservationFailed>;
export type MealOrderConfirmed = z.infer<typeof mealOrderConfirmed>;
export type MealOrderCancelled = z.infer<typeof mealOrderCancelled>;

export type MealEvent =
  | MealOrderPlaced
  | PaymentCaptured
  | PaymentDeclined
  | IngredientsReserved
  | IngredientsReservationFailed
  | MealOrderConfirmed
  | MealOrderCancelled;
