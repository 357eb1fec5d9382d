import type { Alerts } from '@resilient-shop/platform';
import type { OrderRepository } from './order.repository.js';

const DEADLINE_MS = 24 * 60 * 60 * 1_000;

/**
 * Silence is a failure too. An overdue order goes to a human and is not cancelled from here:
 * the card may be charged or the parcel packed without our having heard of it.
 */
export class OrderDeadlines {
  constructor(
    private readonly orders: OrderRepository,
    private readonly alerts: Alerts,
  ) {}

  async reportOverdue(): Promise<void> {
    for (const order of await this.orders.unfinishedSince(new Date(Date.now() - DEADLINE_MS))) {
      await this.alerts.page(`overdue:${order.id}`, `Order ${order.id} is still ${order.status} after a day`);
    }
  }
}
