import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OutboxRow, unsent } from './outbox';

/** Publishes what the outbox holds, oldest first; consumers recognise what a crash sends twice. */
@Injectable()
export class OutboxRelay {
  constructor(
    private readonly dataSource: DataSource,
    private readonly amqp: AmqpConnection,
  ) {}

  async flush(): Promise<void> {
    for (const row of await unsent(this.dataSource.manager)) {
      await this.amqp.publish('travel', row.routingKey, row.payload, {
        messageId: row.eventId,
        persistent: true,
      });
      await this.dataSource.manager.update(OutboxRow, { eventId: row.eventId }, { sentAt: new Date() });
    }
  }
}
