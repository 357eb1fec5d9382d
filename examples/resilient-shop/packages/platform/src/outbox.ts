import type { DomainEvent } from '@resilient-shop/contracts';
import type { Queryable } from './database.js';

/** Announces an event together with the change it tells of: both are in one transaction. */
export class Outbox {
  async append(
    tx: Queryable,
    topic: string,
    event: DomainEvent & { readonly orderId: string },
  ): Promise<void> {
    await tx.query('INSERT INTO outbox (topic, message_key, payload) VALUES (?, ?, ?)', [
      topic,
      event.orderId,
      JSON.stringify(event),
    ]);
  }
}
