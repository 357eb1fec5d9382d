import { z } from 'zod';
import { eventSchema } from './event.js';

const item = z.object({ sku: z.string(), quantity: z.number().int().positive() });

export const inventoryReservedSchema = eventSchema.extend({
  type: z.literal('InventoryReserved'),
  orderId: z.string(),
  items: z.array(item),
});

export const inventoryReservationFailedSchema = eventSchema.extend({
  type: z.literal('InventoryReservationFailed'),
  orderId: z.string(),
  sku: z.string(),
  reason: z.string(),
});

export type InventoryReserved = z.infer<typeof inventoryReservedSchema>;
export type InventoryReservationFailed = z.infer<typeof inventoryReservationFailedSchema>;
