import type { DomainEvent } from '@resilient-shop/contracts';
import type { Inbox } from '@resilient-shop/platform';
import type { Mail, Mailer } from './mailer.js';

export const notificationTables = `
  CREATE TABLE IF NOT EXISTS mails (
    event_id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL
  );
`;

export class NotificationService {
  constructor(
    private readonly mailer: Mailer,
    private readonly inbox: Inbox,
  ) {}

  /** One mail for an event, however often it is delivered. */
  async notify(event: DomainEvent, mail: Mail): Promise<void> {
    await this.mailer.send(mail, { idempotencyKey: event.eventId, correlationId: event.correlationId });
    await this.inbox.processOnce(event, async (tx) => {
      await tx.query(
        'INSERT INTO mails (event_id, recipient, subject) VALUES (?, ?, ?) ON CONFLICT (event_id) DO NOTHING',
        [event.eventId, mail.to, mail.subject],
      );
    });
  }
}
