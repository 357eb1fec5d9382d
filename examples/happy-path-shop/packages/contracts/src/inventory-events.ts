import { z } from 'zod';

export const InventoryReservedSchema = z.object({
  reservationId: z.string(),
  orderId: z.string(),
  items: z.array(z.object({ sku: z.string(), quantity: z.number().int().positive() })),
});

export type InventoryReserved = z.infer<typeof InventoryReservedSchema>;
