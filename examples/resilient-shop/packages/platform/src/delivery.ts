import type { Producer } from 'kafkajs';
import type { Alerts } from './alerts.js';
import type { Logger } from './logger.js';
import { retry } from './retry.js';

/** Hands a message to its handler: a few attempts with growing pauses, then the dead-letter topic. */
export class Delivery {
  constructor(
    private readonly consumer: string,
    private readonly producer: Producer,
    private readonly alerts: Alerts,
    private readonly log: Logger,
  ) {}

  /** Rejects only if the dead-letter topic can't be reached, so that the broker delivers again. */
  async run(topic: string, payload: Buffer | string | null, handle: () => Promise<void>): Promise<void> {
    try {
      await retry(handle, { attempts: 6, firstDelayMs: 200 });
    } catch (error) {
      this.log.error({ error, topic }, 'message goes to the dead-letter topic');
      await this.deadLetter(topic, payload, error);
    }
  }

  private async deadLetter(topic: string, payload: Buffer | string | null, error: unknown): Promise<void> {
    await this.producer.send({
      topic: `${topic}.dead-letter`,
      acks: -1,
      messages: [{ value: payload, headers: { consumer: this.consumer, error: String(error) } }],
    });
    await this.alerts.page(
      `dead-letter:${this.consumer}:${topic}`,
      `${this.consumer} gave up a message of ${topic}`,
    );
  }
}
