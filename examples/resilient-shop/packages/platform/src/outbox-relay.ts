import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import type { Alerts } from './alerts.js';
import type { Database } from './database.js';
import type { Logger } from './logger.js';

interface OutboxRow {
  readonly id: number;
  readonly topic: string;
  readonly message_key: string;
  readonly payload: string;
}

const PAUSE_MS = 500;
const FAILURES_BEFORE_ALERT = 20;

/**
 * Publishes what the outbox holds, oldest first. A crash between sending and marking sends a row twice:
 * consumers recognise it by its event id.
 */
export class OutboxRelay {
  constructor(
    private readonly db: Database,
    private readonly producer: Producer,
    private readonly alerts: Alerts,
    private readonly log: Logger,
  ) {}

  async run(stop: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stop.aborted) {
      try {
        await this.flush();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.log.error({ error, failures }, 'outbox not flushed, trying again');
        if (failures % FAILURES_BEFORE_ALERT === 0) await this.alarm();
      }
      await delay(PAUSE_MS);
    }
  }

  async flush(): Promise<void> {
    const rows = await this.db.query<OutboxRow>(
      'SELECT id, topic, message_key, payload FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 100',
    );
    for (const row of rows) {
      await this.producer.send({
        topic: row.topic,
        acks: -1,
        messages: [{ key: row.message_key, value: row.payload }],
      });
      await this.db.query('UPDATE outbox SET sent_at = ? WHERE id = ?', [new Date().toISOString(), row.id]);
    }
  }

  /** The relay must outlive a pager that can't be reached: it will alarm again. */
  private async alarm(): Promise<void> {
    try {
      await this.alerts.page('outbox-stalled', 'The outbox can not be published');
    } catch (error) {
      this.log.error({ error }, 'pager not reached');
    }
  }
}
