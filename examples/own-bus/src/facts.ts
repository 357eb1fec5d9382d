import type { ShopFact } from './bus.js';

export interface ParcelPacked extends ShopFact {
  readonly orderId: string;
  readonly weight: number;
}
