import {
  firstOf,
  type InventoryReservationFailed,
  type InventoryReserved,
  type OrderLine,
} from '@resilient-shop/contracts';
import type { Database, Outbox } from '@resilient-shop/platform';
import type { ReservationRepository } from './reservation.repository.js';

export class OutOfStock extends Error {
  constructor(readonly sku: string) {
    super(`There is not enough of ${sku}`);
  }
}

/** Answers the order service's saga; each call may be repeated. */
export class ReservationService {
  constructor(
    private readonly db: Database,
    private readonly reservations: ReservationRepository,
    private readonly outbox: Outbox,
  ) {}

  async reserve(orderId: string, lines: readonly OrderLine[], correlationId: string): Promise<void> {
    try {
      await this.holdAll(orderId, lines, correlationId);
    } catch (error) {
      if (error instanceof OutOfStock) await this.announceFailure(orderId, error, correlationId);
      throw error;
    }
  }

  async release(orderId: string): Promise<void> {
    await this.db.transaction((tx) => this.reservations.release(tx, orderId));
  }

  /** All lines or none: the exception takes the transaction back. */
  private async holdAll(orderId: string, lines: readonly OrderLine[], correlationId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const isNew = await this.reservations.hold(tx, orderId, lines);
      if (!isNew) return;
      for (const line of lines) {
        if (!(await this.reservations.take(tx, line))) throw new OutOfStock(line.sku);
      }
      const event: InventoryReserved = {
        ...firstOf(correlationId),
        type: 'InventoryReserved',
        orderId,
        items: lines.map(({ sku, quantity }) => ({ sku, quantity })),
      };
      await this.outbox.append(tx, 'inventory.reserved', event);
    });
  }

  private async announceFailure(orderId: string, error: OutOfStock, correlationId: string): Promise<void> {
    const event: InventoryReservationFailed = {
      ...firstOf(correlationId),
      type: 'InventoryReservationFailed',
      orderId,
      sku: error.sku,
      reason: error.message,
    };
    await this.db.transaction((tx) => this.outbox.append(tx, 'inventory.reservation-failed', event));
  }
}
