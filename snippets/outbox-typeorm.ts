// snippet: outbox-typeorm
// description: Outbox with TypeORM: the event is stored in the transaction of the change, one relay publishes it
// after: domain-event
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: amountInCents
import type { OrderPlaced } from './domain-event.ts';
// region body
import { EntitySchema, IsNull } from 'typeorm';
import type { DataSource } from 'typeorm';

interface OrderRecord {
  id: string;
  amountInCents: number;
}

interface OutboxRow {
  position: number;
  eventId: string;
  topic: string;
  payload: string;
  publishedAt: Date | null;
}

export const orderRecords = new EntitySchema<OrderRecord>({
  name: 'order_records',
  columns: { id: { type: 'text', primary: true }, amountInCents: { type: 'int' } },
});

export const outboxRows = new EntitySchema<OutboxRow>({
  name: 'outbox',
  columns: {
    position: { type: 'int', primary: true, generated: 'increment' },
    eventId: { type: 'text', unique: true },
    topic: { type: 'text' },
    payload: { type: 'text' },
    publishedAt: { type: 'timestamptz', nullable: true },
  },
});

/** Saves the change and its event in one transaction: both are kept, or neither. */
export async function saveOrderPlaced(source: DataSource, event: OrderPlaced): Promise<void> {
  await source.transaction(async (manager) => {
    const { orderId, amountInCents } = event.data;
    await manager.insert(orderRecords, { id: orderId, amountInCents });
    const row = { eventId: event.eventId, topic: 'order.placed', payload: JSON.stringify(event) };
    await manager.insert(outboxRows, row);
  });
}

/** Gives a message to the broker and waits until the broker has it. */
export type Publish = (topic: string, eventId: string, payload: string) => Promise<void>;

/**
 * Publishes what waits in the outbox, oldest first; gives how many. Another relay waits at the locked rows.
 * A crash between publish and commit publishes again, so consumers must be idempotent.
 */
export async function relayOutbox(source: DataSource, publish: Publish): Promise<number> {
  return source.transaction(async (manager) => {
    const rows = await manager.find(outboxRows, {
      where: { publishedAt: IsNull() },
      order: { position: 'ASC' },
      take: 100,
      lock: { mode: 'pessimistic_write' },
    });
    for (const { position, eventId, topic, payload } of rows) {
      await publish(topic, eventId, payload);
      await manager.update(outboxRows, { position }, { publishedAt: new Date() });
    }
    return rows.length;
  });
}
// endregion body
