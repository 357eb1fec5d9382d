import type { DomainEvent } from '@resilient-shop/contracts';
import type { Database, Queryable } from './database.js';

/** Remembers which messages a consumer has processed. */
export class Inbox {
  constructor(
    private readonly db: Database,
    private readonly consumer: string,
  ) {}

  /**
   * Runs `work` unless this message was processed before. The mark and the work share one transaction,
   * and the primary key decides between two deliveries that arrive at once.
   */
  async processOnce(event: DomainEvent, work: (tx: Queryable) => Promise<void>): Promise<void> {
    await this.db.transaction(async (tx) => {
      const marked = await tx.query(
        `INSERT INTO processed_messages (consumer, event_id, processed_at) VALUES (?, ?, ?)
         ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id`,
        [this.consumer, event.eventId, new Date().toISOString()],
      );
      if (marked.length === 0) return;
      await work(tx);
    });
  }
}
